#pragma once

#include <string>
#include <string_view>

namespace saga::dsl::grammar {

// Why a name may not hold the code point at the front of `text`; empty if it may. A name is made of
// letters, digits and marks of any script, not of what nobody sees or takes for something else.
// Requires: valid UTF-8 that isn't ASCII.
std::string_view refused_in_name(std::string_view text);

// The name with each letter that looks like an ASCII letter replaced by that one. Names that differ
// but look alike have equal skeletons.
std::string skeleton_of(std::string_view name);

// `U+00A0`, of the code point at the front. Requires: valid UTF-8.
std::string code_point_name(std::string_view text);

// Bytes of the code point at the front. Requires: valid UTF-8.
std::size_t code_point_size(std::string_view text);

}  // namespace saga::dsl::grammar
