#include <algorithm>

#include "engine/base/limits.hpp"
#include "engine/core/decide/decide.hpp"
#include "engine/core/decide/fault_environment.hpp"

namespace saga::core::decide {
namespace {

constexpr base::Duration kLeastDelay = base::limits::kLeastComputedDelay;

bool names(const std::vector<std::string>& when, const std::string& fault) {
  return std::find(when.begin(), when.end(), fault) != when.end();
}

// Which faults a clause takes: those it names, else every one that isn't a final rejection.
bool takes(const Retry& retry, const Outcome& outcome, const Operation* operation) {
  if (outcome.kind == Outcome::Kind::kRejected) {
    const bool is_read = operation != nullptr && operation->effect == OperationEffect::kRead;
    return is_read && names(retry.when, outcome.error);
  }
  return retry.when.empty() || names(retry.when, outcome.error);
}

base::Result<std::optional<base::Duration>> delay_of(Turn& turn, FrameId step, const Retry& retry,
                                                     std::uint32_t uses, const Outcome& outcome) {
  if (retry.max_times > 0 && uses >= retry.max_times) return std::optional<base::Duration>{};
  if (retry.after == kNone) return delay_before(retry.schedule, uses);
  FaultEnvironment environment(turn, step, retry.slot, outcome);
  base::Result<base::Value> value = evaluate(turn.definition, retry.after, environment);
  if (!value) return base::fail(value.error());
  const auto* delay = value->as<base::Duration>();
  if (delay == nullptr)
    return base::fail(base::ErrorCode::kDefect, "`retry after` wants a duration");
  // A participant can name no time at all: without end that would be a call as fast as it answers.
  const base::Duration least = retry.max_times > 0 ? base::Duration{0} : kLeastDelay;
  return std::optional(std::max(*delay, least));
}

base::Result<bool> ladder_is_over(Turn& turn, FrameId step, const Retry& retry,
                                  const Exchange::Ladder* ladder, base::TimePoint due) {
  if (retry.within == kNone) return false;
  base::Result<base::Duration> within = turn.evaluate_duration(retry.within, step);
  if (!within) return base::fail(within.error());
  const base::TimePoint began = ladder != nullptr ? ladder->began : turn.now;
  return due - began > *within;
}

const std::vector<Retry>& default_compensation_retries() {
  static const std::vector<Retry> retries = [] {
    Retry retry;
    retry.schedule = compensation_schedule();
    return std::vector<Retry>{retry};
  }();
  return retries;
}

const std::vector<Retry>& retries_of(Turn& turn, FrameId step) {
  const Phase phase = turn.state.frames[step].step->exchange.phase;
  const Call* call = turn.call_of(step);
  if (phase == Phase::kResolve) return default_compensation_retries();
  if (phase == Phase::kCompensate && (call == nullptr || call->retries.empty())) {
    return default_compensation_retries();
  }
  if (!call->retries.empty()) return call->retries;
  // What stands in a compensation's block is a compensation, too.
  for (FrameId id = turn.state.frames[step].parent; id != 0; id = turn.state.frames[id].parent) {
    if (turn.state.frames[id].kind == FrameKind::kCompensation)
      return default_compensation_retries();
  }
  return call->retries;
}

}  // namespace

base::Duration with_jitter(Turn& turn, const Retry& retry, base::Duration delay) {
  if (retry.jitter_per_mille <= 0) return delay;
  base::SeededRandom random(turn.draw());
  const std::int64_t factor =
      1000 + random.between(-retry.jitter_per_mille, retry.jitter_per_mille);
  return base::Duration(delay.count() / 1000 * factor + delay.count() % 1000 * factor / 1000);
}

base::Result<std::optional<RetryPlan>> plan_retry(Turn& turn, FrameId step,
                                                  const Outcome& outcome) {
  const Exchange& exchange = turn.state.frames[step].step->exchange;
  const std::vector<Retry>& retries = retries_of(turn, step);
  const Operation* operation = turn.operation_of(step);
  const std::optional<RetryPlan> none;
  for (std::uint32_t i = 0; i < retries.size(); ++i) {
    if (!takes(retries[i], outcome, operation)) continue;
    const auto found = exchange.ladders.find(i);
    const Exchange::Ladder* ladder = found != exchange.ladders.end() ? &found->second : nullptr;
    const std::uint32_t uses = ladder != nullptr ? ladder->uses : 0;
    base::Result<std::optional<base::Duration>> delay =
        delay_of(turn, step, retries[i], uses, outcome);
    if (!delay) return base::fail(delay.error());
    if (!*delay) return none;
    base::Duration wait = with_jitter(turn, retries[i], **delay);
    if (outcome.retry_after) {
      const base::Duration cap = base::limits::kMaxRetryAfter;
      wait = std::max(wait, std::min(*outcome.retry_after, cap));
    }
    const RetryPlan plan{turn.after(wait), i};
    if (exchange.within && plan.due >= *exchange.within) return none;
    base::Result<bool> over = ladder_is_over(turn, step, retries[i], ladder, plan.due);
    if (!over) return base::fail(over.error());
    if (*over) return none;
    return std::optional(plan);
  }
  return none;
}

}  // namespace saga::core::decide
