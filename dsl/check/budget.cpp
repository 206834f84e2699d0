#include "dsl/check/budget.hpp"

#include <algorithm>
#include <limits>

#include "dsl/check/constants.hpp"

namespace saga::dsl {

using base::Duration;
using core::Retry;

namespace {

constexpr std::uint32_t kMostRetriesCounted = 10'000;

Duration add(Duration left, Duration right) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(left.count(), right.count(), &sum)) {
    return Duration(std::numeric_limits<std::int64_t>::max());
  }
  return Duration(sum);
}

Duration times(Duration each, std::int64_t count) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(each.count(), count, &product)) {
    return Duration(std::numeric_limits<std::int64_t>::max());
  }
  return Duration(product);
}

std::uint32_t retry_count(const core::Definition& tables, const Retry& retry) {
  const auto delays = delays_of(tables, retry);
  return delays ? static_cast<std::uint32_t>(delays->size())
                : std::numeric_limits<std::uint32_t>::max();
}

// As many delays of an endless ladder as start inside `within`.
std::vector<Duration> delays_inside(const Retry& retry, Duration within) {
  std::vector<Duration> delays;
  Duration sum{0};
  for (std::uint32_t i = 0; i < kMostRetriesCounted && sum < within; ++i) {
    const Duration next = core::delay_before(retry.schedule, i).value_or(within);
    if (next.count() == 0) break;
    delays.push_back(next);
    sum = add(sum, next);
  }
  return delays;
}

void take_ladder(const core::Definition& tables, const Retry& retry, Budget& budget) {
  budget.jitter_per_mille = retry.jitter_per_mille;
  const auto ladder_within = constant_duration(tables, retry.within);
  auto bound = budget.within;
  if (ladder_within && (!bound || *ladder_within < *bound)) bound = ladder_within;
  if (const auto delays = delays_of(tables, retry)) {
    budget.delays = *delays;
  } else if (bound) {
    budget.delays = delays_inside(retry, *bound);
  } else {
    budget.is_endless = true;
  }
  budget.attempts = static_cast<std::uint32_t>(budget.delays.size()) + 1;
  if (ladder_within && !budget.within) {
    budget.within = add(*ladder_within, budget.timeout);  // the last attempt may start at its end
  }
}

}  // namespace

std::optional<std::vector<Duration>> delays_of(const core::Definition& tables, const Retry& retry) {
  std::vector<Duration> delays;
  const auto after = constant_duration(tables, retry.after);
  const bool is_endless = retry.after != core::kNone || core::is_endless(retry.schedule);
  if (is_endless && retry.max_times == 0) return std::nullopt;
  for (std::uint32_t i = 0; i < kMostRetriesCounted; ++i) {
    if (retry.max_times != 0 && i >= retry.max_times) break;
    const auto next = retry.after == core::kNone ? core::delay_before(retry.schedule, i)
                                                 : std::optional(after.value_or(Duration(0)));
    if (!next) break;
    delays.push_back(*next);
  }
  return delays;
}

Duration Budget::delay_sum() const {
  Duration sum{0};
  for (const Duration delay : delays) sum = add(sum, delay);
  return add(sum, Duration(times(sum, jitter_per_mille).count() / 1000));
}

Duration Budget::total() const {
  const Duration sum = add(times(timeout, attempts), delay_sum());
  return within && *within < sum ? *within : sum;
}

std::string Budget::sum_text() const {
  std::string text = std::to_string(attempts) + " × " + base::describe_duration(timeout);
  if (!delays.empty()) text += " + " + join_durations(delays);
  if (jitter_per_mille != 0 && !delays.empty()) {
    text += " + " +
            base::describe_duration(Duration(
                delay_sum() - Budget{attempts, timeout, delays, 0, within, false}.delay_sum())) +
            " jitter";
  }
  if (within && *within < add(times(timeout, attempts), delay_sum())) text += ", within";
  return text;
}

Budget budget_of(const core::Definition& tables, const core::Call& call) {
  Budget budget;
  budget.timeout = constant_duration(tables, call.timeout).value_or(kDefaultTimeout);
  budget.within = constant_duration(tables, call.within);
  const auto longest = std::ranges::max_element(
      call.retries, {}, [&](const Retry& retry) { return retry_count(tables, retry); });
  if (longest != call.retries.end()) take_ladder(tables, *longest, budget);
  return budget;
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
