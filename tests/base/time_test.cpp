#include "engine/base/time.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

namespace saga::base {
namespace {

// NOLINTBEGIN(misc-unused-using-decls): clang-tidy 14 doesn't see the use of a literal.
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
// NOLINTEND(misc-unused-using-decls)

std::string normal(const char* text) {
  const Result<TimePoint> time = parse_time(text);
  return time ? format_time(*time) : "refused";
}

Duration duration(const char* text) {
  const Result<Duration> parsed = parse_duration(text);
  REQUIRE_MESSAGE(parsed.has_value(), text);
  return *parsed;
}

}  // namespace

TEST_CASE("times are written in UTC with milliseconds") {
  CHECK(format_time(TimePoint{}) == "1970-01-01T00:00:00.000Z");
  CHECK(format_time(TimePoint{1'800'000'000'123ms}) == "2027-01-15T08:00:00.123Z");
  CHECK(format_time(TimePoint{-1ms}) == "1969-12-31T23:59:59.999Z");
  CHECK(format_time(kFirstTime) == "0000-01-01T00:00:00.000Z");
  CHECK(format_time(kLastTime) == "9999-12-31T23:59:59.999Z");
}

TEST_CASE("any RFC 3339 offset is read") {
  CHECK(normal("2026-11-22T08:00:00Z") == "2026-11-22T08:00:00.000Z");
  CHECK(normal("2026-11-22t08:00:00.5z") == "2026-11-22T08:00:00.500Z");
  CHECK(normal("2026-11-22T08:00:00+08:00") == "2026-11-22T00:00:00.000Z");
  CHECK(normal("2026-12-31T20:30:00-05:45") == "2027-01-01T02:15:00.000Z");
  CHECK(normal("2024-02-29T00:00:00Z") == "2024-02-29T00:00:00.000Z");
}

TEST_CASE("fractions past a millisecond are cut") {
  CHECK(normal("2026-11-22T08:00:00.1239Z") == "2026-11-22T08:00:00.123Z");
}

TEST_CASE("what is no time is refused") {
  for (const char* bad :
       {"", "2026-11-22", "2026-11-22 08:00:00Z", "2026-11-22T08:00:00", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T08:60:00Z",
        "2026-11-22T08:00:00.Z", "2026-11-22T08:00:00+8:00", "2026-11-22T08:00:00+24:00",
        "2026-11-22T08:00:00Zx", "20260-1-22T08:00:00Z", "0000-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01"}) {
    CAPTURE(std::string(bad));
    CHECK(normal(bad) == "refused");
  }
}

TEST_CASE("durations are written and read back") {
  CHECK(format_duration(Duration(90min)) == "PT1H30M");
  CHECK(format_duration(250ms) == "PT0.25S");
  CHECK(format_duration(Duration(48h) + 1s) == "P2DT1S");
  CHECK(format_duration(Duration(48h)) == "P2D");
  CHECK(format_duration(-5s) == "-PT5S");
  CHECK(format_duration(0ms) == "PT0S");
  for (const std::int64_t count :
       {std::int64_t{1}, std::int64_t{999}, std::int64_t{86'399'999}, std::int64_t{-1'234'567'890},
        std::numeric_limits<std::int64_t>::max(), -std::numeric_limits<std::int64_t>::max()}) {
    CAPTURE(count);
    CHECK(duration(format_duration(Duration(count)).c_str()).count() == count);
  }
}

TEST_CASE("weeks and every unit in order are read") {
  CHECK(duration("P1W") == Duration(168h));
  CHECK(duration("P1W2DT3H4M5.006S") == Duration(168h + 48h + 3h + 4min + 5s) + 6ms);
  CHECK(duration("PT1.5S") == 1500ms);
}

TEST_CASE("what is no duration is refused") {
  for (const char* bad :
       {"", "P", "PT", "1H", "PT1", "P1H", "PT1D", "PT1M1H", "PT1H1H", "P1Y", "P1M", "PT1.5H",
        "PT-1S", "PT1S ", "--PT1S", "P99999999999999W", "P1DT"}) {
    CAPTURE(std::string(bad));
    CHECK_FALSE(parse_duration(bad).has_value());
  }
}

TEST_CASE("durations for people") {
  CHECK(describe_duration(Duration(90min)) == "1h30m");
  CHECK(describe_duration(250ms) == "250ms");
  CHECK(describe_duration(Duration(48h)) == "2d");
  CHECK(describe_duration(0ms) == "0s");
  CHECK(describe_duration(-1500ms) == "-1s500ms");
}

}  // namespace saga::base
