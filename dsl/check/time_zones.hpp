#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace saga::dsl {

// Whether the IANA time zone database has this name: `Asia/Shanghai`, `UTC`. The names are part of
// the program, so that a file means the same on every machine.
bool is_time_zone(std::string_view name);

// All names.
std::vector<std::string> time_zones();

}  // namespace saga::dsl
