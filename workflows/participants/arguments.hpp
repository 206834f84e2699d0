#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "workflows/participants/money.hpp"

namespace saga::demo {

struct Item {
  std::string sku;
  std::int64_t quantity = 0;
  Money price;
};

// The arguments of a call, read by name. The first one that is missing or of the wrong type sticks
// in fault(), and what was read instead is empty: check fault() before writing anything.
class Arguments {
 public:
  explicit Arguments(const nlohmann::json& object, std::string path = "")
      : object_(object), path_(std::move(path)) {}

  std::string text(const char* name);
  Money money(const char* name);
  std::vector<Item> items(const char* name);
  // Requires: the result isn't used longer than this object. Its fault is its own: see adopt().
  Arguments object(const char* name);
  // Takes over the fault of what object() gave.
  void adopt(const Arguments& part);

  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  const nlohmann::json& member(const char* name);
  void blame(const char* name, std::string_view expected);
  std::int64_t whole(const char* name);

  const nlohmann::json& object_;
  std::string path_;
  std::string fault_;
};

nlohmann::json json_of(const Money& money);

}  // namespace saga::demo
