#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/tree.hpp"

namespace saga::dsl::format {

struct Comment {
  std::string_view text;          // with its `//` or `/*`, without blanks at its end
  bool is_line = false;           // `// …`: what follows stands on another line
  std::size_t breaks_before = 0;  // line breaks since the token or comment before it
};

// What stands before a token: comments, and where lines break between them.
struct Trivia {
  std::vector<Comment> comments;
  std::size_t breaks_after = 0;  // line breaks behind the last comment
  bool has_break = false;        // a line break anywhere, inside a comment too

  [[nodiscard]] bool has_blank_line() const;
};

// Requires the trivia of a file that was lexed without faults.
Trivia read_trivia(std::string_view text);

// All comments of a file in order, line ends inside them as LF.
std::vector<std::string> comments_of(const Tree& tree);

}  // namespace saga::dsl::format
