#include "engine/core/decide/decide.hpp"
#include "engine/core/type_codec.hpp"

namespace saga::core::decide {
namespace {

void child_done(Turn& turn, FrameId id, const base::JsonText& output) {
  const SlotId slot = turn.step_node(id).slot;
  base::JsonText result = "null";
  if (slot != kNone) {
    base::Result<Decoded> decoded =
        decode(turn.definition, turn.definition.slots[slot].type, output, Strictness::kOpen);
    if (!decoded) return turn.park(id, "the called saga's result: " + decoded.error().message);
    result = base::to_json(decoded->value);
  }
  turn.emit(event::StepSettled{id, Verdict::kDone, result, "", ""});
}

void child_ended(Turn& turn, const ChildEndedMessage& message) {
  const State& state = turn.state;
  if (state.ended || message.frame >= state.frames.size() || !state.frames[message.frame].step)
    return;
  const FrameId id = message.frame;
  const Step& step = *state.frames[id].step;
  if (message.phase == Phase::kCompensate || is_compensating(step.status)) {
    if (!is_compensating(step.status)) return;
    if (message.status == Status::kCompensated) {
      return turn.emit(event::CompensationEnded{id, false, ""});
    }
    return turn.park(id, "the called saga could not be compensated");
  }
  if (is_settled(step.status)) return;
  if (message.status == Status::kCompleted) return child_done(turn, id, message.output);
  if (message.status == Status::kTerminated) return turn.park(id, "the called saga was terminated");
  const Verdict verdict = step.cancel_sent ? Verdict::kUnavailable : Verdict::kRejected;
  if (must_go_forward(turn, id) && !is_handled(turn, id, verdict, error_name(message.error))) {
    return turn.park(id, "the called saga failed after the pivot: " + error_text(message.error));
  }
  turn.emit(event::StepSettled{id, verdict, "", message.error, ""});
}

void compensate_this(Turn& turn) {
  const State& state = turn.state;
  if (!state.ended) {
    if (!state.cancel_requested) turn.emit(event::CancelRequested{"", "compensated by its caller"});
    return;
  }
  if (*state.ended == Status::kCompleted && !state.pivot_passed) {
    return turn.emit(
        event::Reopened{error_json("Compensated", "compensated after its ending by its caller")});
  }
  const Status status =
      *state.ended == Status::kCompensated ? Status::kCompensated : Status::kTerminated;
  turn.send(state.parent->saga_id,
            ChildEndedMessage{state.parent->frame, Phase::kCompensate, status, "", state.error});
}

void command(Turn& turn, const ChildCommandMessage& message) {
  const State& state = turn.state;
  switch (message.command) {
    case ChildCommandMessage::Command::kCancel:
      if (!state.ended && !state.cancel_requested) {
        turn.emit(event::CancelRequested{"", "canceled by its caller"});
      }
      return;
    case ChildCommandMessage::Command::kCompensate: return compensate_this(turn);
    case ChildCommandMessage::Command::kTerminate:
      if (!state.ended) terminate(turn, "terminated by its caller");
      return;
  }
}

}  // namespace

void message(Turn& turn, const MessageInput& input) {
  const auto known = turn.state.received.find(input.from);
  if (known != turn.state.received.end() && known->second >= input.number) return;
  if (const auto* child = std::get_if<ChildStartMessage>(&input.body)) start(turn, child->start);
  if (!turn.state.exists()) return;
  turn.emit(event::MessageReceived{input.from, input.number});
  if (const auto* ended = std::get_if<ChildEndedMessage>(&input.body)) child_ended(turn, *ended);
  if (const auto* told = std::get_if<ChildCommandMessage>(&input.body)) command(turn, *told);
}

}  // namespace saga::core::decide
