#include "dsl/format/trivia.hpp"

#include <algorithm>
#include <array>

namespace saga::dsl::format {

namespace {

std::string_view without_blanks_behind(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// The size of the comment at the front.
std::size_t comment_size(std::string_view text) {
  if (text.starts_with("//")) return std::min(text.find('\n'), text.size());
  const std::size_t close = text.find("*/", 2);
  return close == std::string_view::npos ? text.size() : close + 2;
}

}  // namespace

bool Trivia::has_blank_line() const {
  return breaks_after > 1 ||
         std::ranges::any_of(comments, [](const Comment& each) { return each.breaks_before > 1; });
}

Trivia read_trivia(std::string_view text) {
  Trivia read;
  read.has_break = text.find('\n') != std::string_view::npos;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '/') {
      read.breaks_after += text[at] == '\n' ? 1 : 0;
      ++at;
      continue;
    }
    const std::size_t size = comment_size(text.substr(at));
    const std::string_view whole = text.substr(at, size);
    read.comments.push_back(
        {without_blanks_behind(whole), whole.starts_with("//"), read.breaks_after});
    read.breaks_after = 0;
    at += size;
  }
  return read;
}

std::vector<std::string> comments_of(const Tree& tree) {
  std::vector<std::string> found;
  for (const Token& token : tree.tokens()) {
    for (const Comment& comment : read_trivia(tree.trivia(token)).comments) {
      std::string& text = found.emplace_back(comment.text);
      std::erase(text, '\r');
    }
  }
  return found;
}

}  // namespace saga::dsl::format
