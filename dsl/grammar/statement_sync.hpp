#pragma once

#include <array>

#include "dsl/grammar/kit.hpp"

namespace saga::dsl::grammar {

// What begins a statement.
inline constexpr auto kStatementKinds = std::to_array<TokenKind>(
    {TokenKind::kLet,      TokenKind::kStep,   TokenKind::kPivot,   TokenKind::kScope,
     TokenKind::kParallel, TokenKind::kBranch, TokenKind::kFor,     TokenKind::kRepeat,
     TokenKind::kIf,       TokenKind::kMatch,  TokenKind::kSelect,  TokenKind::kWait,
     TokenKind::kSleep,    TokenKind::kEmit,   TokenKind::kSend,    TokenKind::kCache,
     TokenKind::kEvict,    TokenKind::kStart,  TokenKind::kFail,    TokenKind::kReturn,
     TokenKind::kReply,    TokenKind::kUse,    TokenKind::kRequire, TokenKind::kLock,
     TokenKind::kEscalate, TokenKind::kNote});
inline constexpr auto kStatementWords =
    std::to_array<std::string_view>({"append", "alert", "rollback"});
inline constexpr Sync kStatements{kStatementKinds, kStatementWords};

// What begins a clause of a step.
inline constexpr auto kClauseKinds = std::to_array<TokenKind>(
    {TokenKind::kUsing, TokenKind::kTimeout, TokenKind::kWithin, TokenKind::kRetry, TokenKind::kOn,
     TokenKind::kElse, TokenKind::kCompensate});

}  // namespace saga::dsl::grammar
