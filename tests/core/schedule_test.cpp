#include "engine/core/schedule.hpp"

#include <doctest/doctest.h>

#include <string>

namespace saga::core {
namespace {

// NOLINTBEGIN(misc-unused-using-decls): clang-tidy 14 doesn't see the use of a literal.
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
// NOLINTEND(misc-unused-using-decls)

// The first delays, `-` where there is none.
std::string delays(const Schedule& schedule, std::uint32_t count) {
  std::string all;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::optional<base::Duration> delay = delay_before(schedule, i);
    all += (i == 0 ? "" : " ") + (delay ? base::describe_duration(*delay) : "-");
  }
  return all;
}

Schedule list(std::vector<base::Duration> all, bool repeats) {
  Schedule schedule;
  schedule.kind = Schedule::Kind::kList;
  schedule.delays = std::move(all);
  schedule.repeats_last = repeats;
  return schedule;
}

}  // namespace

TEST_CASE("never has no delay") {
  CHECK(delays(Schedule{}, 2) == "- -");
  CHECK_FALSE(is_endless(Schedule{}));
}

TEST_CASE("a list ends, or repeats its last delay") {
  CHECK(delays(list({1s, 10s}, false), 4) == "1s 10s - -");
  CHECK_FALSE(is_endless(list({1s, 10s}, false)));
  CHECK(delays(list({1s, 10s}, true), 4) == "1s 10s 10s 10s");
  CHECK(is_endless(list({1s, 10s}, true)));
  CHECK(delay_before(list({1s, 10s}, true), UINT32_MAX) == 10s);
}

TEST_CASE("exponential grows by its factor up to its cap") {
  Schedule schedule;
  schedule.kind = Schedule::Kind::kExponential;
  schedule.from = 100ms;
  CHECK(delays(schedule, 4) == "100ms 200ms 400ms 800ms");
  schedule.factor_per_mille = 1'500;
  CHECK(delays(schedule, 4) == "100ms 150ms 225ms 337ms");
  schedule.max = 200ms;
  CHECK(delays(schedule, 4) == "100ms 150ms 200ms 200ms");
  CHECK(is_endless(schedule));
}

TEST_CASE("exponential saturates and doesn't loop for ever") {
  Schedule schedule;
  schedule.kind = Schedule::Kind::kExponential;
  schedule.from = 1s;
  const std::optional<base::Duration> far = delay_before(schedule, UINT32_MAX);
  CHECK(far == delay_before(schedule, 1'000));
  CHECK(*far > base::Duration(24h) * 365 * 50);
  schedule.factor_per_mille = 1'000;
  CHECK(delay_before(schedule, UINT32_MAX) == 1s);
  schedule.from = 0ms;
  CHECK(delay_before(schedule, UINT32_MAX) == 0ms);
}

TEST_CASE("linear grows by its step up to its cap") {
  Schedule schedule;
  schedule.kind = Schedule::Kind::kLinear;
  schedule.from = 1s;
  schedule.step = 2s;
  CHECK(delays(schedule, 3) == "1s 3s 5s");
  schedule.max = 4s;
  CHECK(delays(schedule, 3) == "1s 3s 4s");
  schedule.max = 0s;
  schedule.step = base::Duration(24h) * 36'500;
  CHECK(*delay_before(schedule, UINT32_MAX) > *delay_before(schedule, 1));
}

TEST_CASE("fixed stays, and a compensation is tried for ever") {
  Schedule schedule;
  schedule.kind = Schedule::Kind::kFixed;
  schedule.from = 5s;
  CHECK(delays(schedule, 3) == "5s 5s 5s");
  CHECK(delays(compensation_schedule(), 6) == "1s 10s 1m 5m 5m 5m");
  CHECK(is_endless(compensation_schedule()));
}

TEST_CASE("a sequence gives the delays one by one as they are each on its own") {
  std::vector<Schedule> schedules = {Schedule{}, list({1s, 10s}, false), list({1s, 10s}, true)};
  for (const Schedule::Kind kind :
       {Schedule::Kind::kExponential, Schedule::Kind::kLinear, Schedule::Kind::kFixed}) {
    for (const std::int32_t factor : {0, 500, 1'000, 1'001, 2'000, 1'000'000}) {
      for (const base::Duration max :
           {base::Duration(0), base::Duration(5ms), base::Duration(1h)}) {
        Schedule schedule;
        schedule.kind = kind;
        schedule.from = 10ms;
        schedule.step = 7ms;
        schedule.max = max;
        schedule.factor_per_mille = factor;
        schedules.push_back(schedule);
      }
    }
  }
  for (const Schedule& schedule : schedules) {
    DelaySequence sequence(schedule);
    for (std::uint32_t i = 0; i < 200; ++i) CHECK(sequence.next() == delay_before(schedule, i));
  }
}

}  // namespace saga::core
