#pragma once

#include <array>

#include "dsl/grammar/kit.hpp"

namespace saga::dsl::grammar {

// What begins a declaration, at the beginning of a line.
inline constexpr auto kItemWords = std::to_array<std::string_view>(
    {"import", "type",    "enum",   "union",   "fn",   "error",  "external",
     "event",  "service", "queue",  "cache",   "lock", "stream", "view",
     "query",  "policy",  "secret", "setting", "saga", "test"});
inline constexpr Sync kItems{{}, kItemWords, true};

inline constexpr auto kOperationWords =
    std::to_array<std::string_view>({"read", "write", "notify"});
inline constexpr Sync kOperations{{}, kOperationWords};

}  // namespace saga::dsl::grammar
