#include "dsl/grammar/sink.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/limits.hpp"

namespace saga::dsl::grammar {

Sink::Sink(std::string_view whole, const std::vector<Token>& lexed) : source(whole), tokens(lexed) {
  begins_line_.reserve(lexed.size());
  is_in_text_.reserve(lexed.size());
  std::size_t texts = 0;
  for (const Token& at : lexed) {
    const std::string_view trivia = whole.substr(at.trivia_offset, at.offset - at.trivia_offset);
    begins_line_.push_back(trivia.find('\n') != std::string_view::npos);
    if (at.kind == TokenKind::kQuoteClose) --texts;
    is_in_text_.push_back(texts > 0);
    if (at.kind == TokenKind::kQuoteOpen) ++texts;
  }
}

void Sink::miss(std::uint32_t token, std::string_view expected) {
  if (token < furthest_) return;
  if (token > furthest_) expected_.clear();
  furthest_ = token;
  if (std::ranges::find(expected_, expected) == expected_.end()) expected_.push_back(expected);
}

void Sink::report() { add({furthest_, {}, {}, expected_}); }

void Sink::report(std::uint32_t token, std::string message, std::string help) {
  if (!panic) add({token, std::move(message), std::move(help), {}});
}

// Past the faults that are shown nothing is looked at: a file that is no workflow at all would give
// a fault for each of its words.
void Sink::add(SyntaxFault fault) {
  faults.push_back(std::move(fault));
  panic = true;
  gives_up = gives_up || faults.size() >= base::limits::kMaxDiagnostics;
}

bool Sink::may_nest(std::uint32_t token, std::uint32_t level) {
  if (level < base::limits::kMaxSourceNesting) return true;
  report(token, "this is nested too deep",
         "split it: bind parts of it by `let`, or move them into a saga or function of their own");
  gives_up = true;
  return false;
}

void Sink::rename(const Expectation& before, std::uint32_t token, std::string_view name) {
  if (furthest_ != token) return;  // something was read before the miss
  expected_.resize(before.furthest == token ? std::min(before.count, expected_.size()) : 0);
  miss(token, name);
}

}  // namespace saga::dsl::grammar
