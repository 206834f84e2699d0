#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dsl/diagnostic.hpp"
#include "dsl/tree.hpp"

namespace saga::dsl {

struct ParsedFile {
  std::unique_ptr<const Tree> tree;     // never null; stays where it is when a ParsedFile moves
  std::vector<Diagnostic> diagnostics;  // E00; empty means that the file follows the grammar
};

// Parses one file into a tree and all its syntax errors. Total: any bytes give a tree whose text is
// the input. A file that is too large, no UTF-8, or holds characters that hide what it says (NUL, a
// byte order mark, bidirectional controls) is one error token. `file` is the number that the
// diagnostics' spans carry. Thread-safe. Linear in the file's size, but for bounded look-ahead.
ParsedFile parse(const SourceFile& source, std::uint32_t file = 0);

}  // namespace saga::dsl
