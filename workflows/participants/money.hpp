#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace saga::demo {

// An amount in whole cents: never a double.
struct Money {
  std::int64_t cents = 0;
  std::string currency;
};

// "12.50" is 1250. Nothing if it is no decimal, has a fraction of a cent, or over 15 digits.
std::optional<std::int64_t> cents_of(std::string_view decimal);

// 1250 is "12.50".
std::string decimal_of(std::int64_t cents);

}  // namespace saga::demo
