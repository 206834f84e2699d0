#pragma once

#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace saga::journal {

// Where a page of the list of sagas ends: rows before it, newest first, are (started_at, number)
// less than this. The number is the store's own, given in order of first appearance.
struct Cursor {
  std::int64_t started_at = std::numeric_limits<std::int64_t>::max();  // milliseconds
  std::int64_t number = std::numeric_limits<std::int64_t>::max();

  auto operator<=>(const Cursor&) const = default;
};

inline std::string to_text(const Cursor& cursor) {
  return std::to_string(cursor.started_at) + "." + std::to_string(cursor.number);
}

// Empty text is the newest end. kInvalidArgument for what to_text didn't make.
inline base::Result<Cursor> parse_cursor(std::string_view text) {
  Cursor cursor;
  if (text.empty()) return cursor;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, cursor.started_at);
  if (first.ec == std::errc{} && first.ptr != end && *first.ptr == '.') {
    const auto second = std::from_chars(first.ptr + 1, end, cursor.number);
    if (second.ec == std::errc{} && second.ptr == end) return cursor;
  }
  return base::fail(base::ErrorCode::kInvalidArgument,
                    "the cursor isn't one that a list of sagas gave");
}

}  // namespace saga::journal
