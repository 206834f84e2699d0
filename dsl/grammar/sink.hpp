#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/token.hpp"
#include "dsl/tree.hpp"

namespace saga::dsl::grammar {

// A fault between tokens: `found` is the token that doesn't fit.
struct SyntaxFault {
  std::uint32_t found = 0;  // index of a token
  std::string message;      // empty: made from `expected`
  std::string help;
  std::vector<std::string_view> expected;  // each as shown to people
};

// What one run of the grammar writes to: the tree as events, and faults. Backtracking cuts the
// events, for their number rides in the iterator; faults stay, for only `must` reports and never
// fails.
class Sink {
 public:
  Sink(std::string_view whole, const std::vector<Token>& lexed);

  std::string_view source;
  const std::vector<Token>& tokens;
  std::vector<TreeEvent> events;
  std::vector<SyntaxFault> faults;
  // Set by a reported fault until `resync`: terminals fail, `must` succeeds, nothing more is
  // reported.
  bool panic = false;
  bool gives_up = false;    // panic never ends, and the rest of the file is skipped
  std::uint32_t depth = 0;  // of open statements, expressions and types

  [[nodiscard]] std::string_view text(std::uint32_t token) const {
    return source.substr(tokens[token].offset, tokens[token].length);
  }
  // Whether a line break stands before the token.
  [[nodiscard]] bool begins_line(std::uint32_t token) const { return begins_line_[token]; }
  // Whether the token stands between the quotes of a text.
  [[nodiscard]] bool is_in_text(std::uint32_t token) const { return is_in_text_[token]; }

  // Remembers what was expected at the furthest token that was reached.
  void miss(std::uint32_t token, std::string_view expected);
  // The furthest miss as a fault.
  void report();
  void report(std::uint32_t token, std::string message, std::string help = {});

  // Whether one more level fits; if not, reports it and gives up.
  bool may_nest(std::uint32_t token, std::uint32_t level);

  // For `named`: what is expected at a token, to be replaced by one name for all of it.
  struct Expectation {
    std::uint32_t furthest;
    std::size_t count;
  };
  [[nodiscard]] Expectation expectation() const { return {furthest_, expected_.size()}; }
  void rename(const Expectation& before, std::uint32_t token, std::string_view name);

 private:
  void add(SyntaxFault fault);

  std::vector<bool> begins_line_;
  std::vector<bool> is_in_text_;
  std::uint32_t furthest_ = 0;
  std::vector<std::string_view> expected_;
};

}  // namespace saga::dsl::grammar
