#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dsl/check/type_table.hpp"

namespace saga::dsl {

// What the arms of a match have taken so far, each value as it is written in a pattern.
class Taken {
 public:
  Taken(const TypeTable& types, core::TypeId subject);

  // The place that took it before, if there is one.
  std::optional<core::Span> take(const std::string& value, const core::Span& span);
  // Such a place, without taking it: of an arm that asks a condition, too.
  [[nodiscard]] std::optional<core::Span> taken_by(const std::string& value) const;
  [[nodiscard]] bool is_complete() const { return by_all_ || (is_countable_ && is_all_taken()); }
  // Those of a type that has few values.
  [[nodiscard]] std::vector<std::string> left_out() const;

 private:
  [[nodiscard]] bool is_all_taken() const { return left_out().empty(); }

  bool is_countable_ = false;  // `all_` are all values there are
  std::vector<std::string> all_;
  std::map<std::string, core::Span> taken_;
  std::optional<core::Span> by_all_;  // `_`
  core::Span last_;
};

}  // namespace saga::dsl
