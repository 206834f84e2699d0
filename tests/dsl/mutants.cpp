#include "tests/dsl/mutants.hpp"

#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>

#include "dsl/parse.hpp"

namespace saga::dsl::test {

namespace {

constexpr std::string_view kPieces[] = {"{",           "}",        "(",      ")",
                                        "[",           "]",        "\"",     "\"{",
                                        "\\",          "=>",       "...",    ",",
                                        ":",           ".",        "?.",     "-",
                                        "=",           "step ",    "else ",  "on ",
                                        "compensate ", "retry ",   "match ", "if ",
                                        "saga ",       "test ",    "/*",     "//",
                                        "\n",          "\r\n",     "\t",     "1h30m",
                                        "10%",         "\xC3\xA9", "\xFF",   "\xE2\x80\xAE",
                                        "@",           "forever",  "5"};

// `#` becomes a number, so that comments differ. The first ones break no line.
constexpr std::string_view kSpaces[] = {" ",
                                        "   ",
                                        "\t",
                                        " /* c# */ ",
                                        "/**//* c# */",
                                        "\n",
                                        "\n\n\n",
                                        "\r\n",
                                        "/* c# */\n",
                                        "\n/* c# */",
                                        " // c#\n",
                                        "\n// c# \n",
                                        "\n\n// c#\n\n",
                                        "/* c#\n  x */",
                                        " // c#\n // c#\r\n"};
constexpr std::size_t kSpacesInLine = 5;

// A place in [0, end].
std::size_t place(base::SeededRandom& random, std::size_t end) {
  return static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(end)));
}

// Requires: not empty.
template <class Item>
const Item& any_of(const std::vector<Item>& items, base::SeededRandom& random) {
  return items[place(random, items.size() - 1)];
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::size_t next = end == std::string::npos ? text.size() : end + 1;
    lines.push_back(text.substr(at, next - at));
    at = next;
  }
  return lines;
}

}  // namespace

std::string mutate_bytes(std::string text, base::SeededRandom& random) {
  const auto edits = random.between(1, 4);
  for (std::int64_t i = 0; i < edits; ++i) {
    const std::size_t at = place(random, text.size());
    const std::size_t size = place(random, 40);
    switch (random.between(0, 2)) {
      case 0: text.erase(at, size); break;
      case 1: text.insert(place(random, text.size()), text.substr(at, size)); break;
      default: text.insert(at, kPieces[place(random, std::size(kPieces) - 1)]); break;
    }
  }
  return text;
}

std::string mutate_spaces(const Tree& tree, base::SeededRandom& random) {
  const std::int64_t one_in = random.between(0, 3) == 0 ? 3 : random.between(5, 200);
  std::string changed;
  std::size_t texts = 0;
  for (const Token& token : tree.tokens()) {
    const std::string_view before = tree.trivia(token);
    const bool is_bracket =
        token.kind == TokenKind::kParenOpen || token.kind == TokenKind::kBracketOpen;
    if (texts > 0 || random.between(1, one_in) != 1) {
      changed += before;
    } else {
      const bool keeps = before.find('/') != std::string_view::npos || random.between(0, 1) == 0;
      if (keeps) changed += before;
      const std::size_t choice = is_bracket ? kSpacesInLine : std::size(kSpaces);
      for (const char c : kSpaces[place(random, choice - 1)]) {
        changed += c == '#' ? std::to_string(token.offset) : std::string(1, c);
      }
    }
    changed += tree.text(token);
    if (token.kind == TokenKind::kQuoteOpen) ++texts;
    if (token.kind == TokenKind::kQuoteClose && texts > 0) --texts;
  }
  return changed;
}

WordMutator::WordMutator(const std::map<std::string, std::string>& by_path) {
  words_.resize(static_cast<std::size_t>(TokenKind::kWithin) + 1);
  for (const auto& [path, text] : by_path) {
    const ParsedFile parsed = parse(SourceFile("corpus.saga", text));
    for (const Token& token : parsed.tree->tokens()) {
      words_[static_cast<std::size_t>(token.kind)].emplace_back(parsed.tree->text(token));
    }
    for (std::string& line : lines_of(text)) lines_.push_back(std::move(line));
  }
}

std::string WordMutator::mutate(std::string text, base::SeededRandom& random) const {
  const auto edits = random.between(1, 3);
  for (std::int64_t i = 0; i < edits; ++i) {
    text = random.between(0, 2) == 0 ? edit_line(text, random) : replace_word(text, random);
  }
  return text;
}

// A word by another of its kind; seldom by any word at all.
std::string WordMutator::replace_word(const std::string& text, base::SeededRandom& random) const {
  const ParsedFile parsed = parse(SourceFile("mutant.saga", text));
  const auto tokens = parsed.tree->tokens();
  const Token& token = tokens[place(random, tokens.size() - 1)];
  auto kind = static_cast<std::size_t>(token.kind);
  if (random.between(0, 9) == 0) kind = place(random, words_.size() - 1);
  if (words_[kind].empty()) return text;
  std::string changed = text;
  return changed.replace(token.offset, token.length, any_of(words_[kind], random));
}

std::string WordMutator::edit_line(const std::string& text, base::SeededRandom& random) const {
  std::vector<std::string> lines = lines_of(text);
  if (lines.empty()) return text;
  const std::size_t from = place(random, lines.size() - 1);
  const std::size_t to = place(random, lines.size() - 1);
  const auto at = [&](std::size_t line) {
    return lines.begin() + static_cast<std::ptrdiff_t>(line);
  };
  switch (random.between(0, 3)) {
    case 0: lines.erase(at(from)); break;
    case 1: lines.insert(at(to), std::string(lines[from])); break;
    case 2: std::swap(lines[from], lines[to]); break;
    default: lines.insert(at(to), std::string(any_of(lines_.empty() ? lines : lines_, random)));
  }
  std::string changed;
  for (const std::string& line : lines) changed += line;
  return changed;
}

}  // namespace saga::dsl::test
