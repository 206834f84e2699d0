#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/definition.hpp"

namespace saga::mock {

using Definitions = std::vector<std::shared_ptr<const core::Definition>>;

// What one operation of a service promises, and where it is.
struct Route {
  std::shared_ptr<const core::Definition> definition;
  const core::Operation* operation = nullptr;
  std::string name;    // `Payment.charge`
  std::string method;  // `POST`
  std::string path;    // `/Payment/charge`, `/Orders/orders/{id}`
};

// Whether a request's path fits a route's: `{name}` stands for one or more characters that are no
// `/`. The queries of both are left out.
bool fits(std::string_view form, std::string_view path);

// The operations of all services that the definitions know, each service under a path of its own.
// Immutable.
class Contract {
 public:
  explicit Contract(const Definitions& definitions);

  // Null if there is none. Of several that fit the one with the fewest `{}` is meant.
  [[nodiscard]] const Route* find(std::string_view method, std::string_view target) const;
  // By its name; null if there is none.
  [[nodiscard]] const Route* find(std::string_view name) const;
  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }
  // The bare names, sorted. The path of each is `/` and the name.
  [[nodiscard]] std::vector<std::string> services() const;

 private:
  std::vector<Route> routes_;
};

}  // namespace saga::mock
