#include <algorithm>

#include "engine/core/decide/decide.hpp"
#include "engine/core/type_codec.hpp"

namespace saga::core {

namespace {

using base::ErrorCode;

// The parked frame that an operator means: by path, or the only one.
base::Result<FrameId> parked_frame(const State& state, const std::string& step) {
  if (state.parked.empty())
    return base::fail(ErrorCode::kConflict, "nothing in this saga is parked");
  if (step.empty()) {
    if (state.parked.size() == 1) return *state.parked.begin();
    std::string paths;
    for (const FrameId id : state.parked) {
      paths += (paths.empty() ? "`" : ", `") + state.path_of(id) + "`";
    }
    return base::fail(ErrorCode::kConflict, "several steps are parked: name one of " + paths);
  }
  for (const FrameId id : state.parked) {
    if (state.path_of(id) == step) return id;
  }
  return base::fail(ErrorCode::kNotFound, "no parked step is called `" + step + "`");
}

base::Result<void> check_cancel(const State& state) {
  if (state.returned) {
    return base::fail(ErrorCode::kConflict, "its work is done: only `on completed` still runs");
  }
  if (state.pivot_passed) {
    return base::fail(ErrorCode::kConflict, "its pivot has been passed: it only goes forward");
  }
  if (state.cancel_requested)
    return base::fail(ErrorCode::kConflict, "it is being canceled already");
  // What is parked ahead of the pivot keeps a saga that fails from being compensated.
  const bool is_held_up = std::any_of(state.parked.begin(), state.parked.end(), [&](FrameId id) {
    return state.frames[id].step && !is_compensating(state.frames[id].step->status) &&
           !state.is_shielded(id);
  });
  if (state.frames[0].status != FrameStatus::kActive && !is_held_up) {
    return base::fail(ErrorCode::kConflict, "it is being compensated already");
  }
  return {};
}

bool is_ending(const Frame& frame) {
  return frame.kind == FrameKind::kOnFailed || frame.kind == FrameKind::kOnCompleted ||
         frame.kind == FrameKind::kOnStuck;
}

// What a skip of a parked frame leaves out: the compensation that it is or stands in, or what runs
// on an ending.
std::optional<FrameId> skipped_by(const State& state, FrameId id) {
  for (; id != 0; id = state.frames[id].parent) {
    const Frame& frame = state.frames[id];
    if (is_ending(frame)) return id;
    if (frame.step && is_compensating(frame.step->status)) return id;
    const bool is_undone_scope =
        frame.kind == FrameKind::kScope && frame.status == FrameStatus::kFinished;
    if (is_undone_scope) return id;  // what compensates it failed
  }
  return std::nullopt;
}

base::Result<void> check_skip(const State& state, FrameId id) {
  if (skipped_by(state, id)) return {};
  return base::fail(ErrorCode::kConflict,
                    "only a compensation can be skipped; settle the step as done or not done");
}

bool waits_for_child(const Frame& frame) {
  return frame.step && !frame.step->child_id.empty() && !is_compensating(frame.step->status);
}

base::Result<void> check_retry(const State& state, FrameId id) {
  if (state.frames[id].kind == FrameKind::kEscalation) {
    return base::fail(ErrorCode::kConflict,
                      "it waits for a person's decision: settle it as done or not done");
  }
  if (!waits_for_child(state.frames[id])) return {};
  return base::fail(ErrorCode::kConflict, "the called saga has ended and can't be retried: settle");
}

base::Result<void> check_settle(const Definition& definition, const State& state, FrameId id,
                                const OperatorInput& input) {
  const Frame& frame = state.frames[id];
  if (frame.kind == FrameKind::kEscalation) {
    if (input.outcome_done || !state.pivot_passed || state.is_shielded(id)) return {};
    return base::fail(ErrorCode::kConflict,
                      "the pivot has been passed: there is no way but forward, settle it as done");
  }
  if (!frame.step) return base::fail(ErrorCode::kConflict, "what is parked is no step: retry it");
  if (!input.outcome_done && state.pivot_passed && waits_for_child(frame)) {
    return base::fail(ErrorCode::kConflict,
                      "the pivot has been passed: the called saga's work must be done");
  }
  if (!input.outcome_done || is_compensating(frame.step->status)) return {};
  const SlotId slot = frame.step->slot;
  if (slot == kNone) return {};
  if (input.result.empty()) {
    return base::fail(ErrorCode::kTypeMismatch,
                      "a step that is done needs its result: " +
                          describe_type(definition, definition.slots[slot].type));
  }
  base::Result<Decoded> decoded =
      decode(definition, definition.slots[slot].type, input.result, Strictness::kClosed);
  if (!decoded) return base::fail(decoded.error());
  return {};
}

}  // namespace

base::Result<void> check_operator(const Definition& definition, const State& state,
                                  const OperatorInput& input) {
  if (!state.exists()) return base::fail(ErrorCode::kNotFound, "it hasn't started");
  if (state.ended) {
    return base::fail(ErrorCode::kConflict,
                      "it has ended as `" + std::string(name_of(*state.ended)) + "`");
  }
  if (input.verb == OperatorVerb::kTerminate) return {};
  if (input.verb == OperatorVerb::kCancel) return check_cancel(state);
  base::Result<FrameId> frame = parked_frame(state, input.step);
  if (!frame) return base::fail(frame.error());
  if (input.verb == OperatorVerb::kSkip) return check_skip(state, *frame);
  if (input.verb == OperatorVerb::kRetry) return check_retry(state, *frame);
  if (input.verb == OperatorVerb::kSettle) return check_settle(definition, state, *frame, input);
  return {};
}

namespace decide {

void terminate(Turn& turn, const std::string& reason) {
  std::vector<std::string> children;
  for (const Frame& frame : turn.state.frames) {
    const bool runs =
        frame.step && !frame.step->child_id.empty() &&
        (frame.step->status == StepStatus::kSent || is_compensating(frame.step->status));
    if (runs) children.push_back(frame.step->child_id);
  }
  for (const std::string& child : children) {
    turn.send(child, ChildCommandMessage{ChildCommandMessage::Command::kTerminate});
  }
  end(turn, Status::kTerminated, "", error_json("Terminated", reason));
}

namespace {

void settle_escalation(Turn& turn, FrameId id, const OperatorInput& input) {
  if (input.outcome_done) return turn.emit(event::Left{id});
  const FrameId parent = turn.state.frames[id].parent;
  turn.emit(event::Left{id});
  fail_at(turn, parent, error_json("Escalated", base::valid_utf8(input.reason)), id);
}

void settle(Turn& turn, FrameId id, const OperatorInput& input) {
  if (turn.state.frames[id].kind == FrameKind::kEscalation)
    return settle_escalation(turn, id, input);
  if (is_compensating(turn.state.frames[id].step->status)) {
    return turn.emit(event::CompensationEnded{id, !input.outcome_done, "operator"});
  }
  if (!input.outcome_done) {
    // After the pivot there is no way but forward: what was not done is sent again.
    if (turn.state.pivot_passed) return turn.emit(event::Resumed{id, turn.now});
    const std::string why = input.reason.empty() ? "" : ": " + base::valid_utf8(input.reason);
    const base::JsonText error = error_json(kUnavailable, "not done, says " + input.actor + why);
    return turn.emit(event::StepSettled{id, Verdict::kUnavailable, "", error, "operator"});
  }
  base::JsonText result = "null";
  const SlotId slot = turn.state.frames[id].step->slot;
  if (slot != kNone) {
    base::Result<Decoded> decoded = decode(turn.definition, turn.definition.slots[slot].type,
                                           input.result, Strictness::kClosed);
    if (decoded) result = base::to_json(decoded->value);
  }
  turn.emit(event::StepSettled{id, Verdict::kDone, result, "", "operator"});
}

void retry(Turn& turn, FrameId id) {
  turn.emit(event::Resumed{id, turn.now});
  if (!turn.state.frames[id].step) return;
  const Step& step = *turn.state.frames[id].step;
  if (is_compensating(step.status) && step.undo_is_block) return enter_compensation(turn, id);
  if (turn.call_of(id) != nullptr) return send_attempt(turn, id);
  turn.send(step.child_id, ChildCommandMessage{ChildCommandMessage::Command::kCompensate});
}

void skip(Turn& turn, FrameId parked) {
  const FrameId id = skipped_by(turn.state, parked).value_or(parked);
  if (is_ending(turn.state.frames[id])) return turn.emit(event::Left{id});
  turn.emit(event::CompensationEnded{id, true, "operator"});
}

}  // namespace

void operate(Turn& turn, const OperatorInput& input) {
  if (!check_operator(turn.definition, turn.state, input)) return;
  if (input.verb == OperatorVerb::kCancel) {
    return turn.emit(
        event::CancelRequested{base::valid_utf8(input.actor), base::valid_utf8(input.reason)});
  }
  const base::Result<FrameId> parked = parked_frame(turn.state, input.step);
  const FrameId id = parked ? *parked : 0;
  turn.emit(event::OperatorActed{input.verb, input.actor, input.reason, id});
  switch (input.verb) {
    case OperatorVerb::kTerminate: return terminate(turn, input.reason);
    case OperatorVerb::kSkip: return skip(turn, id);
    case OperatorVerb::kSettle: return settle(turn, id, input);
    case OperatorVerb::kCancel: return;
    case OperatorVerb::kRetry: return retry(turn, id);
  }
}

}  // namespace decide
}  // namespace saga::core
