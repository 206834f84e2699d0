#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace saga::dsl {

// Kinds of tokens. A reserved word is a kind of its own; a contextual word (`key`, `deadline`) is
// an identifier that the grammar knows by its text.
enum class TokenKind : std::uint8_t {
  kEnd,
  kError,
  kIdentifier,
  kNumber,
  // A text is kQuoteOpen, then kText and kInsertOpen … kInsertClose in any order, then kQuoteClose.
  // A text that isn't closed ends in empty tokens.
  kQuoteOpen,
  kText,
  kInsertOpen,
  kInsertClose,
  kQuoteClose,
  kBraceOpen,
  kBraceClose,
  kParenOpen,
  kParenClose,
  kBracketOpen,
  kBracketClose,
  kComma,
  kColon,
  kDot,
  kEllipsis,
  kQuestion,
  kQuestionDot,
  kCoalesce,
  kOr,
  kAnd,
  kEqualEqual,
  kNotEqual,
  kLess,
  kGreater,
  kLessEqual,
  kGreaterEqual,
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kPercent,
  kNot,
  kEqual,
  kArrow,
  kFatArrow,
  // Reserved words, in the order of keywords().
  kAfter,
  kAs,
  kBranch,
  kCache,
  kCompensate,
  kElse,
  kEmit,
  kEscalate,
  kEvict,
  kFail,
  kFalse,
  kFor,
  kIf,
  kIn,
  kLet,
  kLock,
  kMatch,
  kNote,
  kNull,
  kOn,
  kParallel,
  kPivot,
  kRepeat,
  kReply,
  kRequire,
  kRetry,
  kReturn,
  kScope,
  kSelect,
  kSend,
  kSleep,
  kStart,
  kStep,
  kThen,
  kTimeout,
  kTrue,
  kUse,
  kUsing,
  kWait,
  kWhen,
  kWithin,
};

// [trivia_offset, offset) are the spaces and comments before the token.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  std::uint32_t trivia_offset = 0;
};

struct Keyword {
  std::string_view text;
  TokenKind kind;        // kIdentifier for a contextual word
  std::string_view use;  // where it stands, for the documentation
};

// Every word of the language, reserved ones first, each group sorted: the one source for the lexer,
// "did you mean", the editor's grammar and the documentation.
std::span<const Keyword> keywords();

// kIdentifier if the word isn't reserved.
TokenKind reserved_kind(std::string_view word);
inline bool is_reserved(TokenKind kind) { return kind >= TokenKind::kAfter; }

// As shown to people: "`step`", "a number", "the end of the file".
std::string_view describe(TokenKind kind);

}  // namespace saga::dsl
