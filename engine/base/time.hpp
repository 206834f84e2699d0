#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace saga::base {

// All times are UTC with milliseconds; the journal, the wire and the core know no other unit.
using Duration = std::chrono::milliseconds;
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

// What the text form can name: the years 0000 to 9999. Nothing outside is ever stored.
inline constexpr TimePoint kFirstTime{Duration{-62'167'219'200'000}};
inline constexpr TimePoint kLastTime{Duration{253'402'300'799'999}};

// RFC 3339, always `2026-11-22T08:00:00.000Z`. Requires: kFirstTime <= time <= kLastTime.
std::string format_time(TimePoint time);
// Accepts any RFC 3339 offset; rejects what is no such time. Fractions past a millisecond are cut.
Result<TimePoint> parse_time(std::string_view text);

// ISO 8601 without years and months: `PT1H30M`, `PT0.25S`, `P2DT1S`, `-PT5S`, `PT0S`.
std::string format_duration(Duration duration);
Result<Duration> parse_duration(std::string_view text);

// For people: `1h30m`, `250ms`, `2d`, `0s`.
std::string describe_duration(Duration duration);

}  // namespace saga::base
