#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/house/source.hpp"

// Words that have no place in some folder. A rule looks either at code, with comments and literals
// blanked out, or at the whole text.
namespace saga::house {

enum class Where { kCode, kText };

struct Rule {
  std::string_view folder;  // the beginning of a path; empty = everywhere
  Where where;
  std::string_view pattern;  // RE2
  std::string_view why;
  std::vector<std::string_view> except = {};  // beginnings of paths
  std::string_view unless = "";               // RE2: a line where it is found, too, is fine
};
const std::vector<Rule>& rules();

// All breaches of one file, each `path:line: why`.
std::vector<std::string> word_breaches(const Source& source);

}  // namespace saga::house
