#include "engine/core/machine.hpp"

#include <algorithm>

#include "engine/core/decide/decide.hpp"

namespace saga::core {

namespace {

bool holds_calls(const Input& input) {
  return std::visit(
      [](const auto& each) {
        if constexpr (requires { each.holds_calls; }) {
          return each.holds_calls;
        } else {
          return false;
        }
      },
      input);
}

}  // namespace

Transition advance(const Definition& definition, State& state, const Input& input,
                   const Context& context) {
  decide::Turn turn(definition, state, context, holds_calls(input));
  if (const auto* start = std::get_if<StartInput>(&input)) {
    decide::start(turn, *start);
  } else if (const auto* message = std::get_if<MessageInput>(&input)) {
    decide::message(turn, *message);
  } else if (state.exists()) {
    if (const auto* answer = std::get_if<AnswerInput>(&input)) decide::answer(turn, *answer);
    if (std::holds_alternative<TimerInput>(input)) decide::timer(turn);
    if (std::holds_alternative<RecoveredInput>(input)) decide::recovered(turn);
    if (const auto* operated = std::get_if<OperatorInput>(&input)) decide::operate(turn, *operated);
  }
  decide::run(turn);
  return turn.take();
}

std::vector<Effect> pending_effects(const Definition& definition, const State& state,
                                    base::TimePoint now) {
  std::vector<Effect> effects;
  for (const FrameId id : state.in_flight) {
    const Exchange& exchange = state.frames[id].step->exchange;
    effects.emplace_back(
        decide::make_call(definition, state, id, now + (exchange.until - exchange.sent_at)));
  }
  return effects;
}

namespace {

void earlier(std::optional<base::TimePoint>& due, const std::optional<base::TimePoint>& candidate) {
  if (candidate && *candidate < decide::kNever && (!due || *candidate < *due)) due = candidate;
}

std::optional<base::TimePoint> step_due(const Step& step) {
  const Exchange& exchange = step.exchange;
  std::optional<base::TimePoint> due = exchange.due;
  if (exchange.pending) earlier(due, exchange.until);
  if (!step.child_id.empty() && !is_compensating(step.status)) {
    if (!step.cancel_sent) earlier(due, exchange.within);
    return due;
  }
  const bool undoes = is_compensating(step.status) || exchange.phase == Phase::kResolve;
  if (undoes && !exchange.alerted) earlier(due, exchange.started_at + decide::kAlertAfter);
  return due;
}

}  // namespace

std::optional<base::TimePoint> next_due(const State& state) {
  std::optional<base::TimePoint> due;
  if (state.ended) return due;
  for (const FrameId id : state.timed) {
    const Frame& frame = state.frames[id];
    if (frame.step) {
      earlier(due, step_due(*frame.step));
    } else if (!state.is_stopping(id)) {
      earlier(due, frame.until);
    }
  }
  earlier(due, state.deadline);
  return due;
}

bool is_hot(const State& state) { return !state.in_flight.empty(); }

bool goes_on_alone(const State& state) {
  if (state.ended) return false;
  const auto is_timed = [&](FrameId id) {
    const Frame& frame = state.frames[id];
    if (!frame.step) return frame.until.has_value() && !state.is_stopping(id);
    const Exchange& exchange = frame.step->exchange;
    return exchange.due.has_value() || (exchange.pending && exchange.until < decide::kNever);
  };
  return is_hot(state) || std::any_of(state.timed.begin(), state.timed.end(), is_timed);
}

std::vector<std::string> current_steps(const State& state) {
  std::vector<std::string> paths;
  if (state.ended) return paths;
  for (FrameId id = 0; id < state.frames.size(); ++id) {
    const Frame& frame = state.frames[id];
    const bool open = frame.step
                          ? !is_settled(frame.step->status) || is_compensating(frame.step->status)
                          : state.parked.count(id) > 0 || state.timed.count(id) > 0;
    const std::string& path = state.path_of(id);
    if (open && !path.empty()) paths.push_back(path);
  }
  return paths;
}

namespace {

// What compensated, or should have compensated, the done scope around a frame; null if nothing did.
const Frame* undone_by_scope(const State& state, FrameId id) {
  for (; id != 0; id = state.frames[id].parent) {
    if (state.frames[id].kind != FrameKind::kScope) continue;
    for (const FrameId child : state.frames[id].children) {
      const Frame& frame = state.frames[child];
      const bool is_over = frame.status == FrameStatus::kFinished;
      if (frame.kind == FrameKind::kCompensation && is_over) return &frame;
    }
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> left_over(const Definition& definition, const State& state) {
  std::vector<std::string> paths;
  if (!state.ended) return paths;
  for (FrameId id = 0; id < state.frames.size(); ++id) {
    const Frame& frame = state.frames[id];
    if (!frame.step || state.is_shielded(id)) continue;
    const StepStatus status = frame.step->status;
    const auto& node = std::get<StepNode>(definition.nodes[frame.node].body);
    const bool reads =
        node.action.operation != kNone &&
        definition.operations[node.action.operation].effect == OperationEffect::kRead;
    const bool never_sent = status == StepStatus::kBackingOff && !frame.step->exchange.any_unknown;
    const bool undone = never_sent || status == StepStatus::kCompensated ||
                        status == StepStatus::kRejected || status == StepStatus::kUnavailable ||
                        status == StepStatus::kPlanned;
    const bool stands = state.ended == Status::kTerminated && !reads && !undone;
    const Frame* by_scope = stands ? undone_by_scope(state, id) : nullptr;
    if (by_scope != nullptr && !by_scope->handled) continue;
    if (stands || status == StepStatus::kLeftOver) paths.push_back(frame.path);
  }
  return paths;
}

}  // namespace saga::core
