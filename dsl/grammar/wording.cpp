#include "dsl/grammar/wording.hpp"

#include <algorithm>
#include <utility>

#include "dsl/grammar/item_sync.hpp"

namespace saga::dsl::grammar {

namespace {

using Words = std::vector<std::string_view>;

constexpr std::size_t kMaxListed = 6;

bool contains(const Words& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// Where a list may go on, only the list's element is worth a word: not every clause of what came
// before.
Words worth_saying(const Words& expected) {
  for (const std::string_view list : {"a statement", "a declaration"}) {
    if (contains(expected, list)) return {list};
  }
  return expected;
}

std::string join(const Words& words) {
  std::string text;
  const std::size_t shown = std::min(words.size(), kMaxListed);
  for (std::size_t i = 0; i < shown; ++i) {
    const bool is_last = i + 1 == words.size();
    text += i == 0 ? "" : is_last ? " or " : ", ";
    text += words[i];
  }
  return words.size() > shown ? text + " …" : text;
}

// Changes, a swap of neighbours counting as one.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), next(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      next[j] = std::min({last[j] + 1, next[j - 1] + 1, change});
      const bool is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (is_swap) next[j] = std::min(next[j], before[j - 2] + 1);
    }
    before = last;
    last = next;
  }
  return last[b.size()];
}

Words candidates(const Words& expected) {
  Words words;
  for (const std::string_view each : expected) {
    if (each.size() > 2 && each.front() == '`') words.push_back(each.substr(1, each.size() - 2));
  }
  if (contains(expected, "a declaration")) {
    words.insert(words.end(), kItemWords.begin(), kItemWords.end());
  }
  if (contains(expected, "a statement")) {
    for (const Keyword& each : keywords()) {
      if (is_reserved(each.kind)) words.push_back(each.text);
    }
  }
  return words;
}

std::string nearest(std::string_view found, const Words& expected) {
  constexpr std::size_t kLongestWord = 24;
  if (found.size() > kLongestWord) return {};
  std::string_view best;
  std::size_t least = std::max<std::size_t>(1, found.size() / 3) + 1;
  for (const std::string_view word : candidates(expected)) {
    const std::size_t far = distance(found, word);
    if (far < least && far < word.size()) {
      least = far;
      best = word;
    }
  }
  return std::string(best);
}

std::string found_text(const Sink& sink, std::uint32_t token) {
  constexpr std::size_t kLongest = 40;
  const TokenKind kind = sink.tokens[token].kind;
  if (kind == TokenKind::kEnd || kind == TokenKind::kQuoteOpen || sink.tokens[token].length == 0) {
    return std::string(describe(kind));
  }
  const std::string_view text = sink.text(token);
  return text.size() > kLongest ? std::string(describe(kind)) : "`" + std::string(text) + "`";
}

}  // namespace

Diagnostic describe_fault(const Sink& sink, const SyntaxFault& fault, std::uint32_t file) {
  const Token& found = sink.tokens[fault.found];
  Diagnostic made;
  made.code = "E0002";
  made.span = {file, found.offset, found.offset + found.length};
  if (!fault.message.empty()) {
    made.message = fault.message;
    if (!fault.help.empty()) made.helps.push_back(fault.help);
    return made;
  }
  const Words said = worth_saying(fault.expected);
  made.message = "expected " + join(said) + ", found " + found_text(sink, fault.found);
  const bool is_word = found.kind == TokenKind::kIdentifier || is_reserved(found.kind);
  const std::string meant = is_word ? nearest(sink.text(fault.found), fault.expected) : "";
  if (!meant.empty()) {
    made.helps.push_back("did you mean `" + meant + "`?");
    made.fix = Fix{made.span, meant};
  }
  const bool is_list = said.size() == 1 && (said[0] == "a statement" || said[0] == "a declaration");
  const bool is_missing = !is_list && meant.empty() && fault.found > 0 &&
                          (sink.begins_line(fault.found) || found.kind == TokenKind::kEnd);
  if (is_missing) {
    const Token& before = sink.tokens[fault.found - 1];
    const std::uint32_t end = before.offset + before.length;
    made.span = {file, end, end};
    made.message = "expected " + join(said) + " here";
    if (found.kind == TokenKind::kEnd) made.message += ", but the file ends";
  }
  return made;
}

}  // namespace saga::dsl::grammar
