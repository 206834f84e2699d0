#include "dsl/check/budget.hpp"

#include <algorithm>
#include <limits>

#include "dsl/check/constants.hpp"

namespace saga::dsl {

using base::Duration;
using core::Retry;

namespace {

constexpr std::size_t kMostListed = 1'000;
constexpr Duration kLongest{std::numeric_limits<std::int64_t>::max()};

Duration times(Duration each, std::uint64_t count) {
  std::int64_t product = 0;
  const bool fits =
      count <= static_cast<std::uint64_t>(kLongest.count()) &&
      !__builtin_mul_overflow(each.count(), static_cast<std::int64_t>(count), &product);
  return fits ? Duration(product) : kLongest;
}

Duration sum_of(const std::vector<Duration>& delays) {
  Duration sum{0};
  for (const Duration delay : delays) sum = add(sum, delay);
  return sum;
}

// The delays of an endless ladder that begin inside `within`.
Delays inside(Delays delays, Duration within) {
  Duration sum{0};
  std::size_t kept = 0;
  for (; kept < delays.listed.size() && sum < within; ++kept) sum = add(sum, delays.listed[kept]);
  delays.listed.resize(kept);
  delays.is_endless = false;
  return delays;
}

class BudgetMaker {
 public:
  BudgetMaker(const Program& program, const core::Call& call)
      : program_(program), within_(constant_duration(program, call.within)) {
    made_.timeout = constant_duration(program, call.timeout).value_or(kDefaultTimeout);
    made_.total = made_.timeout;
    for (const Retry& retry : call.retries) add_ladder(retry);
    if (within_ && *within_ < made_.total) {
      made_.total = *within_;
      made_.is_bounded = true;
    }
  }

  Budget take() { return std::move(made_); }

 private:
  void add_ladder(const Retry& retry) {
    const auto own = constant_duration(program_, retry.within);
    const auto bound = own && (!within_ || *own < *within_) ? own : within_;
    Delays delays = delays_of(program_, retry);
    if (delays.is_endless && !bound) {
      made_.is_endless = true;
      return;
    }
    if (delays.is_endless) delays = inside(std::move(delays), *bound);
    const Duration waiting = delays.sum();
    const Duration jitter{
        times(waiting, static_cast<std::uint64_t>(retry.jitter_per_mille)).count() / 1000};
    Duration longest = add(add(waiting, jitter), times(made_.timeout, delays.count()));
    if (own && add(*own, made_.timeout) < longest) {
      longest = add(*own, made_.timeout);  // the last attempt may begin at its end
      made_.is_bounded = true;
    }
    made_.total = add(made_.total, longest);
    made_.jitter = add(made_.jitter, jitter);
    made_.attempts += delays.count();
    made_.delays.insert(made_.delays.end(), delays.listed.begin(), delays.listed.end());
  }

  const Program& program_;
  std::optional<Duration> within_;
  Budget made_;
};

}  // namespace

Duration add(Duration left, Duration right) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(left.count(), right.count(), &sum) ? kLongest : Duration(sum);
}

Duration Delays::sum() const {
  return listed.empty() ? Duration(0) : add(sum_of(listed), times(listed.back(), unlisted));
}

Delays delays_of(const Program& program, const Retry& retry) {
  Delays delays;
  const auto after = constant_duration(program, retry.after);
  const bool is_endless = retry.after != core::kNone || core::is_endless(retry.schedule);
  delays.is_endless = is_endless && retry.max_times == 0;
  core::DelaySequence sequence(retry.schedule);
  std::uint32_t next = 0;
  for (; next < kMostListed && (retry.max_times == 0 || next < retry.max_times); ++next) {
    const auto delay =
        retry.after == core::kNone ? sequence.next() : std::optional(after.value_or(Duration(0)));
    if (!delay) return delays;
    delays.listed.push_back(*delay);
  }
  if (delays.is_endless) return delays;
  if (is_endless) {
    delays.unlisted = retry.max_times - next;
  } else if (retry.schedule.delays.size() > next) {
    const std::uint64_t rest = retry.schedule.delays.size() - next;
    delays.unlisted =
        retry.max_times == 0 ? rest : std::min<std::uint64_t>(rest, retry.max_times - next);
  }
  return delays;
}

std::string Budget::sum_text() const {
  std::string text = std::to_string(attempts) + " × " + base::describe_duration(timeout);
  if (!delays.empty()) text += " + " + join_durations(delays);
  if (jitter.count() != 0) text += " + " + base::describe_duration(jitter) + " jitter";
  if (is_bounded) text += ", within";
  return text;
}

Budget budget_of(const Program& program, const core::Call& call) {
  return BudgetMaker(program, call).take();
}

std::string join_durations(const std::vector<Duration>& delays) {
  constexpr std::size_t kShown = 8;
  std::string text;
  for (std::size_t i = 0; i < delays.size(); ++i) {
    if (delays.size() > kShown && i == kShown - 2) {
      text += "+…";
      i = delays.size() - 1;
    }
    text += (text.empty() ? "" : "+") + base::describe_duration(delays[i]);
  }
  return text;
}

}  // namespace saga::dsl
