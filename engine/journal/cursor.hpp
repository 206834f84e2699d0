#pragma once

#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace saga::journal {

// Where a page of the list of sagas ends: those after it, newest first, have a smaller number. The
// number is the store's own, given in order of first appearance.
inline base::Result<std::int64_t> parse_cursor(std::string_view text) {
  std::int64_t number = std::numeric_limits<std::int64_t>::max();
  if (text.empty()) return number;  // the newest end
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec == std::errc{} && parsed.ptr == end) return number;
  return base::fail(base::ErrorCode::kInvalidArgument,
                    "the cursor isn't one that a list of sagas gave");
}

}  // namespace saga::journal
