#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace saga::cli {

// The lines of a unified diff, with three lines of context, that turns `before` into `after`; empty
// if they are equal. Requires that both hold the same characters apart from spaces and line breaks,
// as a file and its formatted text do: where they meet again is found by counting, so the time is
// linear. `path` stands in both headlines.
std::vector<std::string> unified_diff(std::string_view before, std::string_view after,
                                      std::string_view path);

}  // namespace saga::cli
