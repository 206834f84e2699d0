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
      paths += (paths.empty() ? "`" : ", `") + state.frames[id].path + "`";
    }
    return base::fail(ErrorCode::kConflict, "several steps are parked: name one of " + paths);
  }
  for (const FrameId id : state.parked) {
    if (state.frames[id].path == step) return id;
  }
  return base::fail(ErrorCode::kNotFound, "no parked step is called `" + step + "`");
}

base::Result<void> check_cancel(const State& state) {
  if (state.pivot_passed) {
    return base::fail(ErrorCode::kConflict, "its pivot has been passed: it only goes forward");
  }
  if (state.cancel_requested)
    return base::fail(ErrorCode::kConflict, "it is being canceled already");
  if (state.frames[0].status != FrameStatus::kActive) {
    return base::fail(ErrorCode::kConflict, "it is being compensated already");
  }
  return {};
}

base::Result<void> check_skip(const State& state, FrameId id) {
  const Frame& frame = state.frames[id];
  if (frame.kind == FrameKind::kOnFailed) return {};
  if (frame.step && frame.step->status == StepStatus::kCompensationParked) return {};
  return base::fail(ErrorCode::kConflict,
                    "only a compensation can be skipped; settle the step as done or not done");
}

base::Result<void> check_settle(const Definition& definition, const State& state, FrameId id,
                                const OperatorInput& input) {
  const Frame& frame = state.frames[id];
  if (!frame.step) return base::fail(ErrorCode::kConflict, "what is parked is no step: retry it");
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
  if (state.ended) {
    return base::fail(ErrorCode::kConflict,
                      "it has ended as `" + std::string(name_of(*state.ended)) + "`");
  }
  if (input.verb == OperatorVerb::kTerminate) return {};
  if (input.verb == OperatorVerb::kCancel) return check_cancel(state);
  base::Result<FrameId> frame = parked_frame(state, input.step);
  if (!frame) return base::fail(frame.error());
  if (input.verb == OperatorVerb::kSkip) return check_skip(state, *frame);
  if (input.verb == OperatorVerb::kSettle) return check_settle(definition, state, *frame, input);
  return {};
}

namespace decide {
namespace {

void terminate(Turn& turn, const OperatorInput& input) {
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
  end(turn, Status::kTerminated, "", error_json("Terminated", input.reason));
}

void settle(Turn& turn, FrameId id, const OperatorInput& input) {
  if (is_compensating(turn.state.frames[id].step->status)) {
    return turn.emit(event::CompensationEnded{id, !input.outcome_done, "operator"});
  }
  if (!input.outcome_done) {
    // After the pivot there is no way but forward: what was not done is sent again.
    if (turn.state.pivot_passed) return turn.emit(event::Resumed{id, turn.now});
    const base::JsonText error = error_json(kUnavailable, "not done, says " + input.actor);
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

void skip(Turn& turn, FrameId id) {
  if (turn.state.frames[id].kind == FrameKind::kOnFailed) return turn.emit(event::Left{id});
  turn.emit(event::CompensationEnded{id, true, "operator"});
}

}  // namespace

void operate(Turn& turn, const OperatorInput& input) {
  if (!check_operator(turn.definition, turn.state, input)) return;
  if (input.verb == OperatorVerb::kCancel) {
    return turn.emit(event::CancelRequested{input.actor, input.reason});
  }
  const base::Result<FrameId> parked = parked_frame(turn.state, input.step);
  const FrameId id = parked ? *parked : 0;
  turn.emit(event::OperatorActed{input.verb, input.actor, input.reason, id});
  switch (input.verb) {
    case OperatorVerb::kTerminate: return terminate(turn, input);
    case OperatorVerb::kSkip: return skip(turn, id);
    case OperatorVerb::kSettle: return settle(turn, id, input);
    case OperatorVerb::kCancel: return;
    case OperatorVerb::kRetry: {
      turn.emit(event::Resumed{id, turn.now});
      const Frame& frame = turn.state.frames[id];
      const bool is_block =
          frame.step && is_compensating(frame.step->status) && frame.step->undo_is_block;
      if (is_block) return enter_compensation(turn, id);
      const bool has_call =
          frame.step && frame.step->child_id.empty() && turn.call_of(id) != nullptr;
      if (has_call) send_attempt(turn, id);
      return;
    }
  }
}

}  // namespace decide
}  // namespace saga::core
