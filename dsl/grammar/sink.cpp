#include "dsl/grammar/sink.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/limits.hpp"

namespace saga::dsl::grammar {

bool Sink::begins_line(std::uint32_t token) const {
  const Token& at = tokens[token];
  return source.substr(at.trivia_offset, at.offset - at.trivia_offset).find('\n') !=
         std::string_view::npos;
}

void Sink::miss(std::uint32_t token, std::string_view expected) {
  if (token < furthest_) return;
  if (token > furthest_) expected_.clear();
  furthest_ = token;
  if (std::ranges::find(expected_, expected) == expected_.end()) expected_.push_back(expected);
}

void Sink::report() {
  faults.push_back({furthest_, {}, {}, expected_});
  panic = true;
}

void Sink::report(std::uint32_t token, std::string message, std::string help) {
  if (panic) return;
  faults.push_back({token, std::move(message), std::move(help), {}});
  panic = true;
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
