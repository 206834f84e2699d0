#pragma once

#include <string>
#include <string_view>

namespace saga::base {

// `Payment` of `shop.orders.Payment`.
inline std::string bare_name(std::string_view full_name) {
  return std::string(full_name.substr(full_name.rfind('.') + 1));  // npos + 1 = 0
}

}  // namespace saga::base
