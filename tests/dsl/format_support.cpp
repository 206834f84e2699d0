#include "tests/dsl/format_support.hpp"

#include <algorithm>
#include <vector>

#include "dsl/format/format.hpp"
#include "dsl/parse.hpp"

namespace saga::dsl::test {

namespace {

// Tokens and comments as one list, by a reader of comments that is not the formatter's own.
std::vector<std::string> pieces_of(const Tree& tree) {
  std::vector<std::string> pieces;
  for (const Token& token : tree.tokens()) {
    std::string_view rest = tree.trivia(token);
    while (true) {
      const std::size_t begin = rest.find('/');
      if (begin == std::string_view::npos) break;
      rest.remove_prefix(begin);
      const bool is_line = rest.starts_with("//");
      const std::size_t end =
          is_line ? std::min(rest.find('\n'), rest.size()) : rest.find("*/", 2) + 2;
      std::string& piece = pieces.emplace_back(rest.substr(0, end));
      std::erase(piece, '\r');
      while (is_line && (piece.back() == ' ' || piece.back() == '\t')) piece.pop_back();
      rest.remove_prefix(end);
    }
    pieces.emplace_back(tree.text(token));
  }
  return pieces;
}

std::string fault_of_lines(const std::string& text) {
  if (!text.empty() && !text.ends_with('\n')) return "no line break at the end";
  if (text.ends_with("\n\n")) return "a blank line at the end";
  if (text.starts_with('\n')) return "a blank line at the beginning";
  if (text.find("\n\n\n") != std::string::npos && text.find("/*") == std::string::npos) {
    return "two blank lines";
  }
  if (text.find(" \n") != std::string::npos && text.find("/*") == std::string::npos) {
    return "a space at the end of a line";
  }
  return {};
}

}  // namespace

std::string formatted(std::string_view source) {
  base::Result<Formatted> result = format_file(SourceFile("test.saga", std::string(source)));
  if (!result) return result.error().message;
  if (!result->diagnostics.empty()) return result->diagnostics.front().message;
  return std::move(result->text);
}

std::string broken_promise(const Tree& tree) {
  const std::string text = layout_of(tree);
  const ParsedFile after = parse(SourceFile("after.saga", text));
  if (!after.diagnostics.empty()) return "it doesn't parse any more\n" + text;
  if (pieces_of(tree) != pieces_of(*after.tree)) return "tokens or comments differ\n" + text;
  const std::string twice = layout_of(*after.tree);
  if (twice != text) return "it isn't stable\n" + text + "\n=====\n" + twice;
  return fault_of_lines(text);
}

}  // namespace saga::dsl::test
