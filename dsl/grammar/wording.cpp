#include "dsl/grammar/wording.hpp"

#include <algorithm>
#include <utility>

#include "dsl/grammar/foreign.hpp"
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
    if (far > 0 && far < least && far < word.size()) {
      least = far;
      best = word;
    }
  }
  return std::string(best);
}

// The last brace before a token that nothing closes; the token itself if there is none.
std::uint32_t open_brace(const Sink& sink, std::uint32_t before) {
  std::size_t closed = 0;
  for (std::uint32_t token = before; token > 0; --token) {
    const TokenKind kind = sink.tokens[token - 1].kind;
    if (kind == TokenKind::kBraceClose) ++closed;
    if (kind != TokenKind::kBraceOpen) continue;
    if (closed == 0) return token - 1;
    --closed;
  }
  return before;
}

// How to go on where one thing is missing and every reader would ask for its shape.
std::string shape_of_missing(const Sink& sink, const SyntaxFault& fault, const Words& said) {
  const auto is_behind = [&](TokenKind kind) {
    return fault.found > 0 && sink.tokens[fault.found - 1].kind == kind;
  };
  if (contains(said, "a block, `use`, `fail` or `return`")) {
    return "put statements in braces: `{ … }`";
  }
  if (contains(said, "a delay or a policy")) {
    return "say when: `retry 1s, 3s`, `retry forever every 5s` or `retry never`";
  }
  if (contains(said, "a call, a block or `none`")) {
    return "say what takes it back: `compensate Service.operation(…)`, or `compensate none "
           "\"why\"`";
  }
  if (contains(said, "`else`")) return "say what happens if it isn't so: `else fail …`";
  if (contains(said, "`:`") && contains(said, "`=`")) {
    return "give it a value: `… = …`";
  }
  const bool is_delay = sink.tokens[fault.found].kind == TokenKind::kNumber;
  if (is_delay && is_behind(TokenKind::kNumber)) return "between delays stands a comma";
  if (contains(said, "a name") && is_behind(TokenKind::kBraceOpen)) {
    return "it needs one name at least";
  }
  return {};
}

// Whether a reserved word stands where a name or value is wanted, and not as the word it is.
bool is_taken_word(const Sink& sink, const SyntaxFault& fault) {
  if (!is_reserved(sink.tokens[fault.found].kind) || sink.begins_line(fault.found)) return false;
  if (contains(fault.expected, "a name")) return true;
  if (!contains(fault.expected, "an expression")) return false;
  switch (sink.tokens[fault.found + 1].kind) {
    case TokenKind::kParenClose:
    case TokenKind::kBracketClose:
    case TokenKind::kInsertClose:
    case TokenKind::kComma:
    case TokenKind::kDot: return true;
    default: return false;
  }
}

void describe_taken_word(const Sink& sink, const SyntaxFault& fault, Diagnostic& made) {
  made.code = "E0112";
  made.message = "`" + std::string(sink.text(fault.found)) +
                 "` is a word of the language, and can't be a name here";
  made.helps.push_back("choose another name");
}

void describe_open_brace(const Sink& sink, std::uint32_t found, Diagnostic& made) {
  const core::Span end = made.span;
  const Token& brace = sink.tokens[open_brace(sink, found)];
  made.span.begin = brace.offset;
  made.span.end = brace.offset + brace.length;
  made.message = "this `{` isn't closed";
  const bool is_end = sink.tokens[found].kind == TokenKind::kEnd;
  made.labels.push_back({end, is_end ? "the file ends here" : "this begins a declaration"});
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
  if (is_taken_word(sink, fault)) {
    describe_taken_word(sink, fault, made);
    return made;
  }
  const bool is_outside = found.kind == TokenKind::kEnd || begins_item(sink, fault.found);
  if (is_outside && contains(fault.expected, "`}`")) {
    describe_open_brace(sink, fault.found, made);
    return made;
  }
  const Words said = worth_saying(fault.expected);
  made.message = "expected " + join(said) + ", found " + found_text(sink, fault.found);
  const std::string mistake = foreign_help(sink, fault);
  const bool is_word = found.kind == TokenKind::kIdentifier || is_reserved(found.kind);
  const std::string meant =
      is_word && mistake.empty() ? nearest(sink.text(fault.found), fault.expected) : "";
  const std::string shape =
      mistake.empty() && meant.empty() ? shape_of_missing(sink, fault, said) : "";
  if (!mistake.empty()) made.helps.push_back(mistake);
  if (!shape.empty()) made.helps.push_back(shape);
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
