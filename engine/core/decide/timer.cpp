#include "engine/core/decide/decide.hpp"

namespace saga::core::decide {
namespace {

Outcome timed_out() {
  Outcome outcome;
  outcome.kind = Outcome::Kind::kUnknown;
  outcome.error = kTimeout;
  outcome.message = "no answer in time";
  return outcome;
}

void end_attempt(Turn& turn, FrameId id, const Outcome& outcome) {
  const Exchange& exchange = turn.state.frames[id].step->exchange;
  const Phase phase = exchange.phase;
  turn.emit(event::AttemptEnded{id, phase, exchange.attempt, outcome, ""});
  switch (phase) {
    case Phase::kAction: return decide_action(turn, id, outcome);
    case Phase::kResolve: return decide_resolve(turn, id, outcome);
    case Phase::kCompensate: return decide_compensation(turn, id, outcome);
  }
}

}  // namespace

void give_up_waiting(Turn& turn, FrameId step) { end_attempt(turn, step, timed_out()); }

namespace {

void step_is_due(Turn& turn, FrameId id) {
  const Step& step = *turn.state.frames[id].step;
  const Exchange& exchange = step.exchange;
  if (!step.child_id.empty() && !is_compensating(step.status)) {
    if (exchange.within && *exchange.within <= turn.now && !step.cancel_sent) {
      turn.send(step.child_id, ChildCommandMessage{ChildCommandMessage::Command::kCancel});
    }
    return;
  }
  const bool undoes = is_compensating(step.status) || exchange.phase == Phase::kResolve;
  if (undoes && !exchange.alerted && exchange.started_at + kAlertAfter <= turn.now) {
    turn.alert(id, "`" + turn.state.frames[id].path + "` has not been " +
                       (exchange.phase == Phase::kResolve ? "resolved" : "compensated") +
                       " for an hour");
  }
  if (exchange.pending && exchange.until <= turn.now) return give_up_waiting(turn, id);
  if (exchange.due && *exchange.due <= turn.now) send_attempt(turn, id);
}

}  // namespace

void timer(Turn& turn) {
  // First, so that an engine that was away past the deadline sends nothing forward any more.
  if (pass_deadline(turn)) run(turn);
  const std::set<FrameId> timed = turn.state.timed;
  for (const FrameId id : timed) {
    if (turn.state.ended) return;
    if (turn.state.timed.count(id) == 0) continue;
    const Frame& frame = turn.state.frames[id];
    if (frame.step) {
      step_is_due(turn, id);
    } else if (frame.until && *frame.until <= turn.now && !turn.state.is_stopping(id)) {
      turn.emit(event::Left{id});
    }
  }
}

namespace {

// The same attempt again, with its key; it isn't counted. What was cut off may have been executed.
void repeat_attempt(Turn& turn, FrameId id, bool is_write) {
  const Exchange& exchange = turn.state.frames[id].step->exchange;
  const base::TimePoint until = turn.after(exchange.until - exchange.sent_at);
  if (!exchange.pending) {
    event::AttemptSent sent{id, exchange.phase, exchange.attempt, turn.now, until, "", is_write};
    turn.emit(std::move(sent));
  }
  turn.effect(make_call(turn.definition, turn.state, id, until));
}

// Whether what was cut off is a way forward that its saga no longer goes.
bool is_given_up(const Turn& turn, FrameId id) {
  const Step& step = *turn.state.frames[id].step;
  return step.exchange.phase == Phase::kAction && step.child_id.empty() &&
         gives_up_early(turn, id, true);
}

}  // namespace

void recovered(Turn& turn) {
  pass_deadline(turn);
  const std::set<FrameId> in_flight = turn.state.in_flight;
  for (const FrameId id : in_flight) {
    const Operation* operation = turn.operation_of(id);
    const bool may_repeat = operation == nullptr || operation->effect == OperationEffect::kRead ||
                            operation->idempotence != Idempotence::kNone;
    if (may_repeat && !is_given_up(turn, id)) {
      repeat_attempt(turn, id, operation != nullptr && operation->effect != OperationEffect::kRead);
      continue;
    }
    Outcome outcome;
    outcome.kind = Outcome::Kind::kUnknown;
    outcome.error = kReset;
    outcome.message = "the engine stopped while the call was on its way";
    end_attempt(turn, id, outcome);
  }
}

}  // namespace saga::core::decide
