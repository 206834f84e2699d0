#pragma once

#include <span>
#include <string_view>

namespace saga::dsl {

// What `saga explain` prints of one code. A code never changes its meaning.
struct CodeInfo {
  std::string_view code;         // `E0301`
  std::string_view title;        // one line, lower case
  std::string_view explanation;  // why it matters and what to do, wrapped at 80 columns
};

// All codes of the checker, sorted.
std::span<const CodeInfo> all_codes();

// The row of a code, any case; null if there is none.
const CodeInfo* find_code(std::string_view code);

}  // namespace saga::dsl
