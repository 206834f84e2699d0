#include <algorithm>

#include "engine/base/limits.hpp"
#include "engine/core/decide/decide.hpp"
#include "engine/core/declared_error.hpp"
#include "engine/core/type_codec.hpp"

namespace saga::core::decide {
namespace {

constexpr base::Duration kFirstPoll{1'000};
constexpr base::Duration kLongestPoll{60'000};

base::TimePoint next_poll(const Turn& turn, const Exchange& exchange, const Outcome& outcome) {
  if (outcome.retry_after) {
    constexpr base::Duration kLongest = base::limits::kMaxRetryAfter;
    return turn.after(std::clamp(*outcome.retry_after, base::Duration{1}, kLongest));
  }
  base::Duration wait = kFirstPoll;
  for (std::uint32_t i = 0; i < exchange.polls && wait < kLongestPoll; ++i) wait *= 2;
  return turn.after(std::min(wait, kLongestPoll));
}

void wait_for_answer(Turn& turn, FrameId id, const Exchange& exchange, const Outcome& outcome) {
  event::AttemptPending pending;
  pending.frame = id;
  pending.phase = exchange.phase;
  pending.attempt = exchange.attempt;
  pending.poll_url =
      outcome.poll_url.empty() ? exchange.poll_url : base::valid_utf8(outcome.poll_url);
  if (!pending.poll_url.empty()) pending.poll_at = next_poll(turn, exchange, outcome);
  pending.until = exchange.within.value_or(kNever);
  turn.emit(std::move(pending));
}

// A done answer in the canonical form of its type, or why it is a defect.
base::Result<base::JsonText> canonical_result(Turn& turn, FrameId id, const Outcome& outcome) {
  const Operation* operation = turn.operation_of(id);
  // What a compensation returns is read by nobody, so there may be nothing to return (404, 204).
  const bool is_gone =
      outcome.body == "null" && turn.state.frames[id].step->exchange.phase == Phase::kCompensate;
  if (is_gone || turn.definition.types[operation->result].kind == TypeKind::kNothing)
    return base::JsonText("null");
  base::Result<Decoded> decoded =
      decode(turn.definition, operation->result, outcome.body, Strictness::kOpen);
  if (decoded) return base::to_json(decoded->value);
  return base::fail(decoded.error().code,
                    "`" + operation->name +
                        "` answered what its contract doesn't allow: " + decoded.error().message);
}

void late_answer(Turn& turn, FrameId id, const AnswerInput& input) {
  const Step& step = *turn.state.frames[id].step;
  if (input.outcome.kind != Outcome::Kind::kDone || input.phase != Phase::kAction) return;
  // Participants send again until they are answered: told once, however often it comes.
  if (step.verdict == Verdict::kDone || step.late_told) return;
  const std::string text = "`" + turn.state.frames[id].path + "` was done after all, answered late";
  // What counts as not executed is never compensated; what is unknown is, while the saga runs.
  const bool counts_as_undone =
      step.verdict == Verdict::kRejected || step.verdict == Verdict::kUnavailable;
  const bool contradicts = turn.state.ended && step.status != StepStatus::kCompensated;
  turn.emit(event::Noted{id, text, false});
  if (counts_as_undone || contradicts) {
    turn.alert(id, text + ": nothing in its saga takes it back");
  }
}

void settle_done(Turn& turn, FrameId id, const AnswerInput& input, const base::JsonText& result) {
  event::AttemptEnded ended{id, input.phase, input.attempt, input.outcome, ""};
  ended.outcome.body.clear();  // the verdict holds it
  turn.emit(std::move(ended));
  switch (input.phase) {
    case Phase::kAction: return turn.emit(event::StepSettled{id, Verdict::kDone, result, "", ""});
    case Phase::kCompensate: return turn.emit(event::CompensationEnded{id, false, ""});
    case Phase::kResolve: {
      Outcome outcome = input.outcome;
      outcome.body = result;
      return decide_resolve(turn, id, outcome);
    }
  }
}

// What the state keeps of an answer must be what a replay reads: JSON in its compact form, UTF-8.
// And an error that the contract calls transient is one, however it came.
Outcome canonical(const Turn& turn, const Operation* operation, Outcome outcome) {
  if (outcome.kind == Outcome::Kind::kRejected && operation != nullptr) {
    const Type* declared = declared_error(turn.definition, *operation, outcome.error);
    if (declared != nullptr && declared->is_transient) outcome.kind = Outcome::Kind::kTransient;
  }
  if (!outcome.body.empty()) {
    const base::Result<base::Json> body = base::parse_json(
        outcome.body, {base::limits::kMaxPayloadBytes, base::limits::kMaxJsonDepth});
    outcome.body = body ? base::to_text(*body) : "";
  }
  outcome.error = base::valid_utf8(outcome.error);
  outcome.message = base::valid_utf8(outcome.message);
  return outcome;
}

void settle_otherwise(Turn& turn, FrameId id, const AnswerInput& input, const std::string& defect) {
  Outcome outcome = canonical(turn, turn.operation_of(id), input.outcome);
  turn.emit(event::AttemptEnded{id, input.phase, input.attempt, outcome, defect});
  if (is_parked(turn.state.frames[id].step->status)) return;  // a late answer; a person decides
  if (!defect.empty()) {
    outcome.kind = Outcome::Kind::kDefect;
    outcome.message = defect;
  }
  if (outcome.kind == Outcome::Kind::kDefect) {
    return turn.park(id,
                     outcome.message.empty() ? "its answer breaks the contract" : outcome.message);
  }
  switch (input.phase) {
    case Phase::kAction: return decide_action(turn, id, outcome);
    case Phase::kResolve: return decide_resolve(turn, id, outcome);
    case Phase::kCompensate: return decide_compensation(turn, id, outcome);
  }
}

// Whether the answer is about the conversation that is open: its current attempt, or, if it tells
// that the action was done, any of its attempts.
bool is_open_for(const Frame& frame, const AnswerInput& input) {
  const Step& step = *frame.step;
  const bool is_abandoned = frame.status == FrameStatus::kUndone;
  const Exchange& exchange = step.exchange;
  const bool done = input.outcome.kind == Outcome::Kind::kDone;
  if (input.phase == Phase::kCompensate) {
    return is_compensating(step.status) && exchange.phase == Phase::kCompensate &&
           exchange.attempt > 0 &&
           (done || (exchange.in_flight && exchange.attempt == input.attempt));
  }
  if (is_settled(step.status) || is_abandoned) return false;
  if (input.phase == Phase::kAction && done) return true;
  if (is_parked(step.status)) return false;
  const bool waits = exchange.in_flight || exchange.pending;
  return exchange.phase == input.phase && waits && exchange.attempt == input.attempt;
}

}  // namespace

void answer(Turn& turn, const AnswerInput& input) {
  const State& state = turn.state;
  if (input.frame >= state.frames.size() || !state.frames[input.frame].step) return;
  const Step& step = *state.frames[input.frame].step;
  if (!step.child_id.empty() && input.phase == Phase::kAction) return;
  if (state.ended || !is_open_for(state.frames[input.frame], input))
    return late_answer(turn, input.frame, input);
  const Exchange& exchange = step.exchange;
  const Operation* operation = turn.operation_of(input.frame);
  if (input.outcome.kind == Outcome::Kind::kPending) {
    const bool may_wait = operation != nullptr && operation->is_async &&
                          input.phase != Phase::kResolve && !is_parked(step.status);
    if (may_wait) {
      return wait_for_answer(turn, input.frame, exchange, input.outcome);
    }
    AnswerInput defect = input;
    defect.outcome.kind = Outcome::Kind::kDefect;
    return settle_otherwise(turn, input.frame, defect,
                            "answered 202, but its contract doesn't say `async`");
  }
  const bool asked = exchange.pending && !exchange.poll_url.empty() && !input.is_callback;
  const bool failed_to_ask = input.outcome.kind == Outcome::Kind::kTransient ||
                             input.outcome.kind == Outcome::Kind::kUnknown;
  if (asked && failed_to_ask) return wait_for_answer(turn, input.frame, exchange, input.outcome);
  if (input.outcome.kind != Outcome::Kind::kDone) {
    return settle_otherwise(turn, input.frame, input, "");
  }
  if (exchange.phase != input.phase) {
    // The action's own late answer while its outcome is being asked for.
    const TypeId type =
        turn.definition.operations[turn.step_node(input.frame).action.operation].result;
    base::Result<Decoded> decoded =
        decode(turn.definition, type, input.outcome.body, Strictness::kOpen);
    if (!decoded) return late_answer(turn, input.frame, input);
    return settle_done(turn, input.frame, input, base::to_json(decoded->value));
  }
  base::Result<base::JsonText> result = canonical_result(turn, input.frame, input.outcome);
  if (result) return settle_done(turn, input.frame, input, *result);
  settle_otherwise(turn, input.frame, input, result.error().message);
}

}  // namespace saga::core::decide
