#pragma once

#include <string>
#include <vector>

#include "dsl/diagnostic.hpp"
#include "dsl/source.hpp"
#include "dsl/tree.hpp"
#include "engine/base/result.hpp"

namespace saga::dsl {

struct Formatted {
  std::string text;                     // as it was, if there are diagnostics
  std::vector<Diagnostic> diagnostics;  // E00: why the file isn't formatted
};

// The file in the one layout of the language: 100 columns, two spaces an indent, LF. The tokens and
// comments stay what they are, in their order, and so does the tree that they make; formatting
// again changes nothing. All of this but the last is checked on each result: kInternal means that
// it isn't so, and that there is no result; kInvalidArgument, that it would be past the limit of a
// file's size. Total, thread-safe, linear in the file's size.
base::Result<Formatted> format_file(const SourceFile& source);

// The same of a tree without syntax faults, and nothing is checked.
std::string layout_of(const Tree& tree);

}  // namespace saga::dsl
