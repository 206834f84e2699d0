#include "engine/core/schedule.hpp"

#include <algorithm>
#include <limits>

namespace saga::core {
namespace {

using base::Duration;

constexpr std::int64_t kLongest = std::numeric_limits<std::int64_t>::max() / 4'000;

std::int64_t saturating_times(std::int64_t value, std::int64_t factor) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(value, factor, &product)) return kLongest;
  return std::min(product, kLongest);
}

Duration capped(const Schedule& schedule, std::int64_t delay) {
  if (schedule.max > Duration{0}) delay = std::min<std::int64_t>(delay, schedule.max.count());
  return Duration{delay};
}

// Makes a delay the next one; false where all that follow are the same.
bool grow(const Schedule& schedule, std::int64_t& delay) {
  if (delay >= kLongest) return false;
  const std::int64_t grown = saturating_times(delay, schedule.factor_per_mille) / 1000;
  if (grown == delay) return false;  // a factor of 1, or nothing to grow
  delay = grown;
  return schedule.max <= Duration{0} || delay < schedule.max.count();
}

Duration exponential(const Schedule& schedule, std::uint32_t retry) {
  std::int64_t delay = schedule.from.count();
  for (std::uint32_t i = 0; i < retry && grow(schedule, delay); ++i) {
  }
  return capped(schedule, delay);
}

}  // namespace

std::optional<Duration> delay_before(const Schedule& schedule, std::uint32_t retry) {
  switch (schedule.kind) {
    case Schedule::Kind::kNever: return std::nullopt;
    case Schedule::Kind::kList:
      if (retry < schedule.delays.size()) return schedule.delays[retry];
      if (schedule.repeats_last && !schedule.delays.empty()) return schedule.delays.back();
      return std::nullopt;
    case Schedule::Kind::kExponential: return exponential(schedule, retry);
    case Schedule::Kind::kLinear: {
      const std::int64_t steps = saturating_times(schedule.step.count(), retry);
      return capped(schedule, std::min(schedule.from.count() + steps, kLongest));
    }
    case Schedule::Kind::kFixed: return schedule.from;
  }
  return std::nullopt;
}

std::optional<Duration> DelaySequence::next() {
  if (schedule_.kind != Schedule::Kind::kExponential) return delay_before(schedule_, retry_++);
  const Duration now = capped(schedule_, delay_);
  has_settled_ = has_settled_ || !grow(schedule_, delay_);
  return now;
}

bool is_endless(const Schedule& schedule) {
  switch (schedule.kind) {
    case Schedule::Kind::kNever: return false;
    case Schedule::Kind::kList: return schedule.repeats_last;
    default: return true;
  }
}

Schedule compensation_schedule() {
  using std::chrono::minutes;
  using std::chrono::seconds;
  Schedule schedule;
  schedule.kind = Schedule::Kind::kList;
  schedule.delays = {seconds(1), seconds(10), minutes(1), minutes(5)};
  schedule.repeats_last = true;
  return schedule;
}

}  // namespace saga::core
