#include "engine/base/time.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>

namespace saga::base {
namespace {

using std::chrono::days;
using std::chrono::year_month_day;

void append_padded(std::string& out, std::int64_t number, int width) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  for (auto length = end - digits.data(); length < width; ++length) out += '0';
  out.append(digits.data(), end);
}

// Reads exactly `width` digits, or nullopt.
std::optional<int> read_digits(std::string_view text, std::size_t at, std::size_t width) {
  if (at + width > text.size()) return std::nullopt;
  int number = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

bool has(std::string_view text, std::size_t at, char wanted) {
  return at < text.size() && text[at] == wanted;
}

// Milliseconds of `.123456`; moves `at` past it.
std::optional<int> read_fraction(std::string_view text, std::size_t& at) {
  if (!has(text, at, '.')) return 0;
  ++at;
  int milliseconds = 0;
  int digits = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++digits) {
    if (digits < 3) milliseconds = milliseconds * 10 + (text[at] - '0');
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 3; ++digits) milliseconds *= 10;
  return milliseconds;
}

// Minutes east of UTC, from `Z` or `+08:00` to the end of the text.
std::optional<int> read_offset(std::string_view text, std::size_t at) {
  if ((has(text, at, 'Z') || has(text, at, 'z')) && at + 1 == text.size()) return 0;
  if ((!has(text, at, '+') && !has(text, at, '-')) || at + 6 != text.size()) return std::nullopt;
  const std::optional<int> hours = read_digits(text, at + 1, 2);
  const std::optional<int> minutes = read_digits(text, at + 4, 2);
  if (!hours || !minutes || text[at + 3] != ':' || *hours > 23 || *minutes > 59)
    return std::nullopt;
  const int offset = *hours * 60 + *minutes;
  return text[at] == '-' ? -offset : offset;
}

Unexpected no_time(std::string_view text) {
  return fail(
      ErrorCode::kInvalidArgument,
      "`" + std::string(text.substr(0, 40)) + "` is no RFC 3339 time such as 2026-11-22T08:00:00Z");
}

Unexpected no_duration(std::string_view text) {
  return fail(ErrorCode::kInvalidArgument,
              "`" + std::string(text.substr(0, 40)) + "` is no ISO 8601 duration such as PT1H30M");
}

constexpr std::int64_t kSecond = 1'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

}  // namespace

std::string format_time(TimePoint time) {
  const auto day = std::chrono::floor<days>(time);
  const year_month_day date{day};
  const std::int64_t of_day = (time - day).count();
  std::string out;
  out.reserve(24);
  append_padded(out, static_cast<int>(date.year()), 4);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_padded(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_padded(out, of_day / kHour, 2);
  out += ':';
  append_padded(out, of_day / kMinute % 60, 2);
  out += ':';
  append_padded(out, of_day / kSecond % 60, 2);
  out += '.';
  append_padded(out, of_day % kSecond, 3);
  out += 'Z';
  return out;
}

Result<TimePoint> parse_time(std::string_view text) {
  const std::optional<int> year = read_digits(text, 0, 4);
  const std::optional<int> month = read_digits(text, 5, 2);
  const std::optional<int> day = read_digits(text, 8, 2);
  const std::optional<int> hour = read_digits(text, 11, 2);
  const std::optional<int> minute = read_digits(text, 14, 2);
  const std::optional<int> second = read_digits(text, 17, 2);
  const bool shaped = has(text, 4, '-') && has(text, 7, '-') &&
                      (has(text, 10, 'T') || has(text, 10, 't')) && has(text, 13, ':') &&
                      has(text, 16, ':');
  if (!shaped || !year || !month || !day || !hour || !minute || !second) return no_time(text);
  std::size_t at = 19;
  const std::optional<int> milliseconds = read_fraction(text, at);
  const std::optional<int> offset = read_offset(text, at);
  const year_month_day date{std::chrono::year(*year),
                            std::chrono::month(static_cast<unsigned>(*month)),
                            std::chrono::day(static_cast<unsigned>(*day))};
  if (!milliseconds || !offset || !date.ok() || *hour > 23 || *minute > 59 || *second > 60) {
    return no_time(text);
  }
  const Duration of_day{*hour * kHour + (*minute - *offset) * kMinute + *second * kSecond +
                        *milliseconds};
  const TimePoint time = TimePoint(std::chrono::sys_days(date)) + of_day;
  if (time < kFirstTime || time > kLastTime) return no_time(text);  // by its offset
  return time;
}

std::string format_duration(Duration duration) {
  std::int64_t left = duration.count();
  if (left == 0) return "PT0S";
  std::string out = left < 0 ? "-P" : "P";
  // Negative remainders keep the smallest value exact.
  const auto part = [&](std::int64_t unit) {
    const std::int64_t count = left / unit;
    left %= unit;
    return count < 0 ? -count : count;
  };
  const std::int64_t day_count = part(kDay);
  const std::int64_t hours = part(kHour);
  const std::int64_t minutes = part(kMinute);
  const std::int64_t seconds = part(kSecond);
  const std::int64_t milliseconds = part(1);
  if (day_count != 0) out += std::to_string(day_count) + "D";
  if (hours == 0 && minutes == 0 && seconds == 0 && milliseconds == 0) return out;
  out += 'T';
  if (hours != 0) out += std::to_string(hours) + "H";
  if (minutes != 0) out += std::to_string(minutes) + "M";
  if (seconds == 0 && milliseconds == 0) return out;
  out += std::to_string(seconds);
  if (milliseconds != 0) {
    out += '.';
    append_padded(out, milliseconds, 3);
    while (out.back() == '0') out.pop_back();
  }
  return out + "S";
}

Result<Duration> parse_duration(std::string_view text) {
  std::size_t at = 0;
  const bool negative = has(text, 0, '-');
  if (negative) ++at;
  if (!has(text, at, 'P')) return no_duration(text);
  ++at;
  std::int64_t total = 0;
  bool in_time = false;
  bool any = false;
  static constexpr std::string_view kDateUnits = "WD";
  static constexpr std::string_view kTimeUnits = "HMS";
  std::size_t next_unit = 0;  // units come in this order, each once
  while (at < text.size()) {
    if (!in_time && text[at] == 'T') {
      in_time = true;
      next_unit = 0;
      ++at;
      if (at == text.size()) return no_duration(text);
      continue;
    }
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), number);
    if (error != std::errc{} || number < 0) return no_duration(text);
    at = static_cast<std::size_t>(end - text.data());
    const bool fraction = has(text, at, '.');
    const std::optional<int> milliseconds = read_fraction(text, at);
    if (!milliseconds || at >= text.size()) return no_duration(text);
    const std::string_view units = in_time ? kTimeUnits : kDateUnits;
    const std::size_t unit = units.find(text[at], next_unit);
    if (unit == std::string_view::npos || (fraction && text[at] != 'S')) return no_duration(text);
    static constexpr std::int64_t kLengths[2][3] = {{7 * kDay, kDay, 0}, {kHour, kMinute, kSecond}};
    std::int64_t length = 0;
    if (__builtin_mul_overflow(number, kLengths[in_time ? 1 : 0][unit], &length) ||
        __builtin_add_overflow(total, length, &total) ||
        __builtin_add_overflow(total, fraction ? *milliseconds : 0, &total)) {
      return no_duration(text);
    }
    next_unit = unit + 1;
    any = true;
    ++at;
  }
  if (!any) return no_duration(text);
  return Duration(negative ? -total : total);
}

std::string describe_duration(Duration duration) {
  std::int64_t left = duration.count();
  if (left == 0) return "0s";
  std::string out = left < 0 ? "-" : "";
  static constexpr std::pair<std::int64_t, std::string_view> kUnits[] = {
      {kDay, "d"}, {kHour, "h"}, {kMinute, "m"}, {kSecond, "s"}, {1, "ms"}};
  for (const auto& [length, name] : kUnits) {
    const std::int64_t count = left / length;
    left %= length;
    if (count != 0) out.append(std::to_string(count < 0 ? -count : count)).append(name);
  }
  return out;
}

}  // namespace saga::base
