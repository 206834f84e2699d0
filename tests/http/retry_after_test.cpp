#include "adapters/http/retry_after.hpp"

#include <doctest/doctest.h>

#include "tests/http/contract.hpp"

namespace saga::http::test {

using std::chrono::hours;
using std::chrono::seconds;

namespace {

std::optional<base::Duration> parse(std::string_view text) {
  return parse_retry_after(text, test_now());  // Sunday, 2026-11-22 08:00:00
}

}  // namespace

TEST_CASE("seconds are seconds") {
  CHECK(parse("0") == seconds(0));
  CHECK(parse("120") == seconds(120));
  CHECK(parse("007") == seconds(7));
}

TEST_CASE("seconds beyond measure are a year") {
  CHECK(parse("99999999999") == hours(24 * 365));
  CHECK(parse("99999999999999999999999999") == hours(24 * 365));
}

TEST_CASE("each of the three forms of an HTTP date counts from now") {
  CHECK(parse("Sun, 22 Nov 2026 08:01:30 GMT") == seconds(90));
  CHECK(parse("Sunday, 22-Nov-26 08:01:30 GMT") == seconds(90));
  CHECK(parse("Sun Nov 22 08:01:30 2026") == seconds(90));
  CHECK(parse("Tue Dec  1 08:00:00 2026") == hours(9 * 24));
  CHECK(parse("Mon, 22 Nov 2027 08:00:00 GMT") == hours(24 * 365));
}

TEST_CASE("a date that has passed is now") {
  CHECK(parse("Sun, 22 Nov 2026 07:59:59 GMT") == seconds(0));
  CHECK(parse("Sunday, 06-Nov-94 08:49:37 GMT") == seconds(0));
  CHECK(parse("Thu, 01 Jan 1970 00:00:00 GMT") == seconds(0));
}

TEST_CASE("anything else is nothing") {
  for (const char* text : {"",
                           " ",
                           "-1",
                           "+1",
                           "1.5",
                           "1s",
                           "soon",
                           "0x10",
                           "Sun, 22 Nov 2026 08:01:30",
                           "Sun, 22 Nov 2026 08:01:30 CET",
                           "Sun, 22 Nov 2026 08:01:30 GMT ",
                           "Sun, 31 Feb 2026 08:01:30 GMT",
                           "Sun, 22 Nov 2026 24:00:00 GMT",
                           "Sun, 22 Nov 2026 08:60:00 GMT",
                           "Sun, 22 Nox 2026 08:01:30 GMT",
                           "Sun, -2 Nov 2026 08:01:30 GMT",
                           "Sun, 22 Nov -026 08:01:30 GMT",
                           ", 22 Nov 2026",
                           "2026-11-22T08:01:30Z",
                           "Sun"}) {
    CAPTURE(text);
    CHECK_FALSE(parse(text));
  }
}

}  // namespace saga::http::test
