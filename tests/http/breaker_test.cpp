#include "adapters/http/breaker.hpp"

#include <doctest/doctest.h>

namespace saga::http::test {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Permit = Breaker::Permit;

namespace {

constexpr Breaker::TimePoint kStart{seconds(1'000)};
constexpr BreakerSettings kSettings{.failures = 3, .open_for = seconds(5)};

Breaker opened() {
  Breaker breaker(kSettings);
  for (int i = 0; i < 3; ++i) breaker.failed(breaker.ask(kStart), kStart, false);
  return breaker;
}

}  // namespace

TEST_CASE("a breaker opens after so many failures in a row") {
  Breaker breaker(kSettings);
  for (int i = 0; i < 2; ++i) breaker.failed(breaker.ask(kStart), kStart, false);
  CHECK(breaker.ask(kStart) == Permit::kYes);
  breaker.failed(Permit::kYes, kStart, false);
  CHECK(breaker.ask(kStart) == Permit::kNo);
  CHECK(breaker.wait(kStart) == seconds(5));
  CHECK(breaker.wait(kStart + seconds(4)) == seconds(1));
}

TEST_CASE("a success between failures starts the count anew") {
  Breaker breaker(kSettings);
  for (int i = 0; i < 2; ++i) breaker.failed(Permit::kYes, kStart, false);
  breaker.succeeded();
  for (int i = 0; i < 2; ++i) breaker.failed(Permit::kYes, kStart, false);
  CHECK(breaker.ask(kStart) == Permit::kYes);
}

TEST_CASE("a misconfigured participant opens it at once") {
  Breaker breaker(kSettings);
  breaker.failed(breaker.ask(kStart), kStart, true);
  CHECK(breaker.ask(kStart) == Permit::kNo);
}

TEST_CASE("when its time is over one probe goes through, and only one") {
  Breaker breaker = opened();
  CHECK(breaker.ask(kStart + milliseconds(4'999)) == Permit::kNo);
  CHECK(breaker.ask(kStart + seconds(5)) == Permit::kProbe);
  CHECK(breaker.ask(kStart + seconds(5)) == Permit::kNo);
  CHECK(breaker.wait(kStart + seconds(5)) > milliseconds(0));
}

TEST_CASE("a probe that succeeds closes it") {
  Breaker breaker = opened();
  CHECK(breaker.ask(kStart + seconds(5)) == Permit::kProbe);
  breaker.succeeded();
  CHECK(breaker.ask(kStart + seconds(5)) == Permit::kYes);
}

TEST_CASE("a probe that fails opens it for as long again, and then comes the next") {
  Breaker breaker = opened();
  CHECK(breaker.ask(kStart + seconds(5)) == Permit::kProbe);
  breaker.failed(Permit::kProbe, kStart + seconds(7), false);
  CHECK(breaker.ask(kStart + seconds(11)) == Permit::kNo);
  CHECK(breaker.wait(kStart + seconds(11)) == seconds(1));
  CHECK(breaker.ask(kStart + seconds(12)) == Permit::kProbe);
}

TEST_CASE("a probe that was never sent leaves room for another") {
  Breaker breaker = opened();
  CHECK(breaker.ask(kStart + seconds(5)) == Permit::kProbe);
  breaker.withdrawn(Permit::kProbe);
  CHECK(breaker.ask(kStart + seconds(5)) == Permit::kProbe);
}

TEST_CASE("an attempt from before it opened doesn't prolong it when it fails") {
  Breaker breaker = opened();
  breaker.failed(Permit::kYes, kStart + seconds(4), false);
  CHECK(breaker.ask(kStart + seconds(5)) == Permit::kProbe);
  breaker.failed(Permit::kYes, kStart + seconds(5), false);
  CHECK(breaker.ask(kStart + seconds(5)) == Permit::kNo);  // the probe is still under way
}

TEST_CASE("an attempt from before it opened closes it when it succeeds") {
  Breaker breaker = opened();
  breaker.succeeded();
  CHECK(breaker.ask(kStart) == Permit::kYes);
}

}  // namespace saga::http::test
