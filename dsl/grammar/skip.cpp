#include <algorithm>

#include "dsl/grammar/item_sync.hpp"
#include "dsl/grammar/kit.hpp"

namespace saga::dsl::grammar {

namespace {

bool opens(TokenKind kind) {
  return kind == TokenKind::kBraceOpen || kind == TokenKind::kParenOpen ||
         kind == TokenKind::kBracketOpen;
}
bool closes(TokenKind kind) {
  return kind == TokenKind::kBraceClose || kind == TokenKind::kParenClose ||
         kind == TokenKind::kBracketClose;
}

// Where a statement or declaration begins, brackets that weren't closed have been forgotten.
bool restarts(const TokenIterator& at, const Sync& sync) {
  return at.sink().begins_line(at.token()) && is_sync(at, sync);
}

}  // namespace

bool begins_item(const Sink& sink, std::uint32_t token) {
  const Token& at = sink.tokens[token];
  if (at.kind != TokenKind::kIdentifier || !sink.begins_line(token)) return false;
  const TokenKind next = sink.tokens[token + 1].kind;  // there is an end behind each identifier
  if (next != TokenKind::kIdentifier && next != TokenKind::kQuoteOpen) return false;
  return std::ranges::find(kItemWords, sink.text(token)) != kItemWords.end();
}

bool ends_list(const TokenIterator& at, const Sync& sync) {
  if (at->kind == TokenKind::kEnd) return true;
  if (sync.is_top) return false;
  return at->kind == TokenKind::kBraceClose || begins_item(at.sink(), at.token());
}

bool is_sync(const TokenIterator& at, const Sync& sync) {
  if (at.sink().is_in_text(at.token())) return false;
  if (std::ranges::find(sync.kinds, at->kind) != sync.kinds.end()) return true;
  if (!at.sink().begins_line(at.token())) return false;
  if (sync.at_lines) return true;
  return std::ranges::find(sync.words, at.text()) != sync.words.end();
}

void skip_to(TokenIterator& at, const Sync& sync) {
  std::size_t braces = 0, others = 0;
  at.open(NodeKind::kError);
  do {
    const TokenKind kind = at->kind;
    if (opens(kind)) ++(kind == TokenKind::kBraceOpen ? braces : others);
    if (closes(kind)) {
      std::size_t& open = kind == TokenKind::kBraceClose ? braces : others;
      if (open > 0) --open;
      if (kind == TokenKind::kBraceClose) others = 0;
    }
    at.bump();
    if (at->kind == TokenKind::kEnd) break;
    if (at.sink().gives_up) continue;
    if (!sync.is_top && begins_item(at.sink(), at.token())) break;
    if (braces == 0 && ends_list(at, sync)) break;
    if (braces == 0 && (others == 0 ? is_sync(at, sync) : restarts(at, sync))) break;
    if (sync.is_top && restarts(at, sync)) break;
  } while (true);
  at.close();
}

}  // namespace saga::dsl::grammar
