#pragma once

#include <span>
#include <string>
#include <string_view>

namespace saga::dsl {

// The candidate that a person most likely meant by `name`, or "" if none is near enough: at most a
// third of the letters differ, a swap of neighbours counting as one. The first wins among equals.
std::string nearest_name(std::string_view name, std::span<const std::string> candidates);

}  // namespace saga::dsl
