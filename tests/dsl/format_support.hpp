#pragma once

#include <string>
#include <string_view>

#include "dsl/tree.hpp"

namespace saga::dsl::test {

// Which of the formatter's promises doesn't hold for a file without faults; empty if all do: the
// same tokens and comments in the same order, no second change, and lines that end as lines end.
std::string broken_promise(const Tree& tree);

// The formatted text. Requires that the source follows the grammar.
std::string formatted(std::string_view source);

}  // namespace saga::dsl::test
