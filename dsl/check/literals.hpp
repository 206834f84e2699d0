#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/decimal.hpp"
#include "engine/base/time.hpp"

namespace saga::dsl {

// What a number token says: `12`, `12.50`, `10%` (the decimal 0.1), `1h30m`.
struct NumberLiteral {
  enum class Kind : std::uint8_t { kInt, kDecimal, kDuration };
  Kind kind = Kind::kInt;
  std::int64_t integer = 0;
  base::Decimal decimal;
  base::Duration duration{0};
};

// Units: ms s m h d w, largest first, each at most once, and % alone. kInvalidArgument, with words
// for people, for an unknown unit, a number past 64 bits or 34 digits, a duration finer than 1ms.
base::Result<NumberLiteral> parse_number(std::string_view text);

}  // namespace saga::dsl
