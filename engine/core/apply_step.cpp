#include "engine/core/apply_step.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"

namespace saga::core::detail {
namespace {

// Moves a step along the table. False, and the state marked, where the table has no such row.
bool change(State& state, FrameId id, StepChange what) {
  Step& step = *state.frames[id].step;
  const std::optional<StepStatus> to = next_status(step.status, what);
  if (!to) {
    mark_inconsistent(state, "step `" + state.frames[id].path + "` can't be " +
                                 std::string(name_of(what)) + " while " +
                                 std::string(name_of(step.status)));
    return false;
  }
  step.status = *to;
  return true;
}

// Which sets the step belongs to follows from its exchange alone.
void file(State& state, FrameId id) {
  const Step& step = *state.frames[id].step;
  const Exchange& exchange = step.exchange;
  const bool flying = exchange.in_flight && !exchange.pending && step.child_id.empty();
  if (flying) {
    state.in_flight.insert(id);
  } else {
    state.in_flight.erase(id);
  }
  const bool waits =
      exchange.pending || exchange.due.has_value() ||
      (exchange.in_flight && !step.child_id.empty() && exchange.within.has_value()) ||
      is_compensating(step.status) || step.status == StepStatus::kResolving ||
      step.status == StepStatus::kResolveBackingOff;
  if (waits && !is_parked(step.status)) {
    state.timed.insert(id);
  } else {
    state.timed.erase(id);
  }
}

void begin_exchange(Step& step, Phase phase, const std::string& key,
                    const base::JsonText& arguments) {
  step.exchange = Exchange{};
  step.exchange.phase = phase;
  step.exchange.key = key;
  step.exchange.arguments = arguments;
}

}  // namespace

void apply_step(State& state, const event::StepStarted& event) {
  if (event.frame != state.frames.size() || event.parent >= state.frames.size()) {
    return mark_inconsistent(state, "a step begins under a frame that isn't there");
  }
  Frame frame;
  frame.kind = FrameKind::kStep;
  frame.parent = event.parent;
  frame.node = event.node;
  frame.path = event.path;
  Step step;
  step.key = event.key;
  step.slot = event.slot;
  step.is_pivot = event.is_pivot;
  step.child_id = event.child_id;
  begin_exchange(step, Phase::kAction, event.key, event.arguments);
  step.exchange.within = event.within;
  frame.step = std::move(step);
  state.frames.push_back(std::move(frame));
  state.frames[event.parent].children.push_back(event.frame);
  state.frames[event.parent].active.push_back(event.frame);
  if (event.is_pivot) state.open_pivot = event.frame;
}

void apply_step(State& state, const event::AttemptSent& event) {
  if (!change(state, event.frame, StepChange::kAttemptSent)) return;
  Exchange& exchange = state.frames[event.frame].step->exchange;
  exchange.in_flight = true;
  exchange.due.reset();
  exchange.asked = !event.poll_url.empty();
  if (event.poll_url.empty()) {
    exchange.attempt = event.attempt;
    if (exchange.started_at == base::TimePoint{}) exchange.started_at = event.at;
    exchange.sent_at = event.at;
    exchange.until = event.until;
    exchange.pending = false;
    exchange.polls = 0;
    exchange.poll_url.clear();
    if (event.repeats) exchange.any_unknown = true;
  } else {
    ++exchange.polls;
    exchange.due = event.until;  // asked again if this question is lost
  }
  file(state, event.frame);
}

void apply_step(State& state, const event::AttemptEnded& event) {
  if (!change(state, event.frame, StepChange::kAttemptEnded)) return;
  Exchange& exchange = state.frames[event.frame].step->exchange;
  if (event.attempt == exchange.attempt && event.phase == exchange.phase) {
    exchange.in_flight = false;
    exchange.pending = false;
    exchange.asked = false;
    exchange.poll_url.clear();
    exchange.due.reset();
  }
  exchange.fault = event.outcome.error;
  const bool is_error = event.defect.empty() && event.outcome.kind != Outcome::Kind::kDone &&
                        event.outcome.kind != Outcome::Kind::kDefect;
  exchange.error = is_error ? event.outcome.body : "";
  // A 2xx that breaks the contract was very likely executed.
  if (event.outcome.kind == Outcome::Kind::kUnknown || !event.defect.empty() ||
      event.outcome.kind == Outcome::Kind::kDefect) {
    exchange.any_unknown = true;
  }
  file(state, event.frame);
}

void apply_step(State& state, const event::AttemptPending& event) {
  if (!change(state, event.frame, StepChange::kAttemptPending)) return;
  Exchange& exchange = state.frames[event.frame].step->exchange;
  exchange.pending = true;
  exchange.asked = false;
  exchange.until = event.until;
  exchange.poll_url = event.poll_url;
  exchange.due = event.poll_at;
  file(state, event.frame);
}

void apply_step(State& state, const event::BackingOff& event) {
  Step& step = *state.frames[event.frame].step;
  if (!change(state, event.frame, event.resend ? StepChange::kResend : StepChange::kBackingOff))
    return;
  if (event.resend) {
    const std::uint32_t attempt = event.attempt;
    begin_exchange(step, Phase::kAction, step.key, event.arguments);
    step.exchange.attempt = attempt;
    step.exchange.any_unknown = true;
  }
  Exchange& exchange = step.exchange;
  exchange.due = event.due;
  Exchange::Ladder& ladder = exchange.ladders[event.ladder];
  if (ladder.uses == 0) ladder.began = event.began;
  ++ladder.uses;
  file(state, event.frame);
}

void apply_step(State& state, const event::StepSettled& event) {
  Step& step = *state.frames[event.frame].step;
  static constexpr StepChange kChanges[] = {
      StepChange::kSettledDone, StepChange::kSettledDone, StepChange::kSettledRejected,
      StepChange::kSettledUnavailable, StepChange::kSettledUnknown};
  if (!change(state, event.frame, kChanges[static_cast<std::size_t>(event.verdict)])) return;
  state.parked.erase(event.frame);
  state.frames[event.frame].parked.clear();
  step.verdict = event.verdict;
  step.error = event.error;
  step.exchange.in_flight = false;
  step.exchange.pending = false;
  step.exchange.due.reset();
  file(state, event.frame);
  if (step.is_pivot) state.open_pivot.reset();
  if (event.verdict != Verdict::kDone) return;
  if (step.is_pivot) state.pivot_passed = true;
  if (step.slot != kNone) {
    bind(state.frames[state.frames[event.frame].parent], Binding{step.slot, event.result});
  }
  finish(state, event.frame);
}

void apply_step(State& state, const event::ResolveStarted& event) {
  if (!change(state, event.frame, StepChange::kResolveStarted)) return;
  Step& step = *state.frames[event.frame].step;
  const std::uint32_t attempts = step.exchange.attempt;
  step.action_attempts = attempts;
  step.action_arguments = step.exchange.arguments;
  begin_exchange(step, Phase::kResolve, event.key, event.arguments);
  step.exchange.started_at = event.at;
  file(state, event.frame);
}

void apply_step(State& state, const event::CompensationStarted& event) {
  if (!change(state, event.frame, StepChange::kCompensationStarted)) return;
  Step& step = *state.frames[event.frame].step;
  step.undo_is_block = event.is_block;
  step.undo_is_twin = event.is_unknown_twin;
  step.undo_from = static_cast<std::uint32_t>(state.frames[event.frame].children.size());
  begin_exchange(step, Phase::kCompensate, event.key, event.arguments);
  step.exchange.started_at = event.at;
  if (!state.is_stopping(event.frame)) state.background.insert(event.frame);
  file(state, event.frame);
}

void apply_step(State& state, const event::CompensationEnded& event) {
  if (!change(state, event.frame,
              event.skipped ? StepChange::kLeftOver : StepChange::kCompensated)) {
    return;
  }
  abandon(state, event.frame);
  Frame& frame = state.frames[event.frame];
  frame.step->exchange.in_flight = false;
  frame.step->exchange.pending = false;
  frame.step->exchange.due.reset();
  frame.parked.clear();
  state.parked.erase(event.frame);
  state.background.erase(event.frame);
  for (std::vector<FrameId>& steps : state.rollbacks) std::erase(steps, event.frame);
  std::erase_if(state.rollbacks, [](const std::vector<FrameId>& steps) { return steps.empty(); });
  if (event.skipped) state.left_over = true;
  file(state, event.frame);
}

void park_step(State& state, FrameId id, const std::string& reason) {
  if (!change(state, id, StepChange::kParked)) return;
  Frame& frame = state.frames[id];
  frame.parked = reason;
  frame.step->exchange.in_flight = false;
  frame.step->exchange.pending = false;
  frame.step->exchange.due.reset();
  state.parked.insert(id);
  file(state, id);
}

void resume_step(State& state, FrameId id, base::TimePoint now) {
  if (!change(state, id, StepChange::kResumed)) return;
  Frame& frame = state.frames[id];
  frame.parked.clear();
  Step& step = *frame.step;
  step.exchange.ladders.clear();
  // A person's retry has as much time as the step had at first.
  if (step.exchange.within && step.exchange.started_at != base::TimePoint{}) {
    *step.exchange.within += now - step.exchange.started_at;
    step.exchange.within = std::min(*step.exchange.within, base::kLastTime);
  }
  step.exchange.started_at = now;
  step.exchange.alerted = false;
  if (is_compensating(step.status)) abandon(state, id);  // what failed there is begun anew
  const bool is_call = !is_compensating(step.status) || !step.undo_is_block;
  if (is_call && step.child_id.empty()) step.exchange.due = now;
  state.parked.erase(id);
  file(state, id);
}

void abandon(State& state, FrameId id) {
  const bool is_step = state.frames[id].step.has_value();
  const std::vector<FrameId> active = state.frames[id].active;
  for (const FrameId child : active) {
    Frame& frame = state.frames[child];
    if (is_step && frame.kind == FrameKind::kHandler)
      continue;  // of the action, not of its undoing
    abandon(state, child);
    state.timed.erase(child);
    state.parked.erase(child);
    state.in_flight.erase(child);
    frame.status = FrameStatus::kUndone;
    frame.parked.clear();
    if (frame.step) {
      frame.step->exchange.in_flight = false;
      frame.step->exchange.pending = false;
      frame.step->exchange.due.reset();
    }
    std::vector<FrameId>& left = state.frames[id].active;
    left.erase(std::remove(left.begin(), left.end(), child), left.end());
  }
}

void finish(State& state, FrameId id) {
  Frame& frame = state.frames[id];
  frame.status = FrameStatus::kFinished;
  if (id == 0) return;
  Frame& parent = state.frames[frame.parent];
  parent.active.erase(std::remove(parent.active.begin(), parent.active.end(), id),
                      parent.active.end());
  switch (parent.kind) {
    case FrameKind::kParallel:
    case FrameKind::kLoop: ++parent.finished; break;
    case FrameKind::kStep: break;  // a compensation block, or a handler: apply(Left) looks after it
    default: ++parent.next; break;
  }
}

void bind(Frame& frame, const Binding& binding) {
  for (Binding& known : frame.bindings) {
    if (known.slot == binding.slot) {
      known.value = binding.value;
      return;
    }
  }
  frame.bindings.push_back(binding);
}

void mark_inconsistent(State& state, const std::string& what) {
  if (state.inconsistency.empty()) {
    state.inconsistency = "event #" + std::to_string(state.last_seq) + ": " + what;
  }
}

}  // namespace saga::core::detail
