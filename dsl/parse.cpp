#include "dsl/parse.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "dsl/grammar/lexer.hpp"
#include "dsl/grammar/parser.hpp"
#include "dsl/grammar/wording.hpp"
#include "engine/base/limits.hpp"

namespace saga::dsl {

namespace {

namespace limits = base::limits;

struct TextFault {
  Span span;
  std::string message;
  std::string help;
};

// The size in bytes of the UTF-8 sequence at the front; 0 if it is none.
std::size_t sequence_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t size = lead >= 0xF5   ? 0
                           : lead >= 0xF0 ? 4
                           : lead >= 0xE0 ? 3
                           : lead >= 0xC2 ? 2
                                          : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  }
  const bool is_overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool is_surrogate = lead == 0xED && byte(1) >= 0xA0;
  const bool is_too_large = lead == 0xF4 && byte(1) >= 0x90;
  return is_overlong || is_surrogate || is_too_large ? 0 : size;
}

// U+202A … U+202E and U+2066 … U+2069, which show text in another order than it has.
bool is_bidi_control(std::string_view sequence) {
  if (sequence.size() != 3 || sequence[0] != '\xE2') return false;
  const auto last = static_cast<unsigned char>(sequence[2]);
  return (sequence[1] == '\x80' && last >= 0xAA && last <= 0xAE) ||
         (sequence[1] == '\x81' && last >= 0xA6 && last <= 0xA9);
}

std::optional<TextFault> find_text_fault(std::string_view text) {
  if (text.size() > limits::kMaxSourceBytes) {
    return TextFault{{0, 0},
                     "the file has " + std::to_string(text.size()) + " bytes, more than " +
                         std::to_string(limits::kMaxSourceBytes),
                     "split it: several files can make one module"};
  }
  if (text.starts_with("\xEF\xBB\xBF")) {
    return TextFault{
        {0, 3}, "the file begins with a byte order mark", "save it as UTF-8 without one"};
  }
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = sequence_size(text.substr(at));
    const auto begin = static_cast<std::uint32_t>(at);
    const auto end = static_cast<std::uint32_t>(at + std::max<std::size_t>(size, 1));
    if (size == 0) {
      return TextFault{
          {begin, end}, "byte " + std::to_string(at) + " is no UTF-8", "save the file as UTF-8"};
    }
    if (text[at] == '\0')
      return TextFault{{begin, end}, "a NUL character in the file", "remove it"};
    if (text[at] == '\r' && (at + 1 == text.size() || text[at + 1] != '\n')) {
      return TextFault{
          {begin, end},
          "a carriage return without a line feed, which looks like a new line here and "
          "isn't one",
          "save the file with LF or CRLF line ends"};
    }
    if (is_bidi_control(text.substr(at, size))) {
      return TextFault{{begin, end},
                       "an invisible character that changes the direction of text",
                       "remove it: what people read must be what runs"};
    }
    at += size;
  }
  return std::nullopt;
}

Diagnostic make(const char* code, core::Span span, std::string message, const std::string& help) {
  Diagnostic made;
  made.code = code;
  made.span = span;
  made.message = std::move(message);
  if (!help.empty()) made.helps.push_back(help);
  return made;
}

// A file that isn't looked into: one node with one token.
std::unique_ptr<const Tree> opaque_tree(std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  std::vector<Token> tokens{{TokenKind::kError, 0, size, 0}, {TokenKind::kEnd, size, 0, size}};
  using enum TreeEvent::Kind;
  const std::vector<TreeEvent> events{{kOpen, NodeKind::kFile, 0},  {kOpen, NodeKind::kError, 0},
                                      {kToken, NodeKind::kFile, 0}, {kClose, NodeKind::kFile, 0},
                                      {kToken, NodeKind::kFile, 1}, {kClose, NodeKind::kFile, 0}};
  return std::make_unique<const Tree>(std::string(text), std::move(tokens), events);
}

bool is_too_deep(const std::vector<TreeEvent>& events) {
  constexpr std::size_t kNodesALevel = 10;
  std::size_t depth = 0, deepest = 0;
  for (const TreeEvent& event : events) {
    if (event.kind == TreeEvent::Kind::kOpen) deepest = std::max(deepest, ++depth);
    if (event.kind == TreeEvent::Kind::kClose) --depth;
  }
  return deepest > kNodesALevel * limits::kMaxSourceNesting;
}

void add_syntax_faults(const grammar::Sink& sink, const std::vector<grammar::LexicalFault>& lexical,
                       bool is_cut, std::uint32_t file, std::vector<Diagnostic>& diagnostics) {
  // What the grammar says of a text or character that is no good is said already.
  const auto is_lexical = [&](const Diagnostic& made) {
    return std::ranges::any_of(lexical, [&](const grammar::LexicalFault& each) {
      return each.span.begin <= made.span.begin && made.span.begin <= each.span.end;
    });
  };
  for (const grammar::SyntaxFault& fault : sink.faults) {
    Diagnostic made = grammar::describe_fault(sink, fault, file);
    const bool is_at_end = sink.tokens[fault.found].kind == TokenKind::kEnd;
    if (!is_lexical(made) && !(is_cut && is_at_end)) diagnostics.push_back(std::move(made));
    if (diagnostics.size() >= limits::kMaxDiagnostics) break;
  }
}

}  // namespace

ParsedFile parse(const SourceFile& source, std::uint32_t file) {
  ParsedFile parsed;
  if (const auto fault = find_text_fault(source.text())) {
    parsed.tree = opaque_tree(source.text());
    parsed.diagnostics.push_back(
        make("E0003", {file, fault->span.begin, fault->span.end}, fault->message, fault->help));
    return parsed;
  }
  grammar::Lexed lexed = grammar::lex(source.text());
  for (const grammar::LexicalFault& each : lexed.faults) {
    if (parsed.diagnostics.size() >= limits::kMaxDiagnostics) break;
    parsed.diagnostics.push_back(
        make("E0002", {file, each.span.begin, each.span.end}, each.message, each.help));
  }
  grammar::Sink sink(source.text(), lexed.tokens);
  grammar::parse_tokens(sink);
  add_syntax_faults(sink, lexed.faults, lexed.is_cut, file, parsed.diagnostics);
  if (is_too_deep(sink.events)) {
    parsed.tree = opaque_tree(source.text());
    parsed.diagnostics.push_back(make("E0002", {file, 0, 0},
                                      "expressions and blocks are nested too deep in this file",
                                      "split them: bind parts by `let`"));
    return parsed;
  }
  std::ranges::stable_sort(parsed.diagnostics, {},
                           [](const Diagnostic& each) { return each.span.begin; });
  parsed.tree = std::make_unique<const Tree>(std::string(source.text()), std::move(lexed.tokens),
                                             sink.events);
  return parsed;
}

}  // namespace saga::dsl
