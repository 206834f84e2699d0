#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dsl/source.hpp"
#include "dsl/token.hpp"

namespace saga::dsl::grammar {

struct LexicalFault {
  Span span;
  std::string message;
  std::string help;  // may be empty
};

struct Lexed {
  std::vector<Token>
      tokens;  // never empty, the last is kEnd; together with their trivia, every byte
  std::vector<LexicalFault> faults;
  bool is_cut = false;  // a comment that isn't closed hides the rest of the file
};

// Requires valid UTF-8. Total: what is no token becomes a kError token and a fault.
Lexed lex(std::string_view source);

}  // namespace saga::dsl::grammar
