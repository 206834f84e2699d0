#pragma once

#include <optional>
#include <string_view>

#include "engine/base/time.hpp"

namespace saga::http {

// Retry-After: seconds, or an HTTP date as seen from `now` (RFC 9110's three forms; one that has
// passed is zero). nullopt for anything else. Never negative; the core caps it.
std::optional<base::Duration> parse_retry_after(std::string_view text, base::TimePoint now);

}  // namespace saga::http
