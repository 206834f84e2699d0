#include "engine/core/decide/decide.hpp"
#include "engine/core/decide/environment.hpp"

namespace saga::core::decide {
namespace {

bool undo_step(Turn& turn, FrameId id) {
  // What a handler of the step did came later, so it goes first.
  const std::vector<FrameId> children = turn.state.frames[id].children;
  for (auto child = children.rbegin(); child != children.rend(); ++child) {
    if (turn.state.frames[*child].kind == FrameKind::kHandler && !undo(turn, *child)) return false;
  }
  if (needs_compensation(turn, id)) start_compensation(turn, id);
  if (is_compensating(turn.state.frames[id].step->status)) drive_compensation(turn, id);
  return !is_compensating(turn.state.frames[id].step->status);
}

// What compensates a scope that came to its end, instead of its steps' own compensations; kNone if
// they are what undoes it.
NodeId compensation_of_scope(const Turn& turn, FrameId id) {
  const Frame& frame = turn.state.frames[id];
  if (frame.kind != FrameKind::kScope || frame.status != FrameStatus::kFinished || frame.handled)
    return kNone;
  return std::get<ScopeNode>(turn.definition.nodes[frame.node].body).compensation;
}

bool undo_scope(Turn& turn, FrameId id, NodeId compensation) {
  const auto find = [&]() -> FrameId {
    for (const FrameId child : turn.state.frames[id].children) {
      const Frame& frame = turn.state.frames[child];
      const bool counts = frame.status != FrameStatus::kUndone;  // not given up to be begun anew
      if (frame.kind == FrameKind::kCompensation && counts) return child;
    }
    return 0;
  };
  if (!turn.state.frames[id].parked.empty()) return false;
  if (find() == 0) {
    event::Entered entered;
    entered.frame = static_cast<FrameId>(turn.state.frames.size());
    entered.parent = id;
    entered.kind = FrameKind::kCompensation;
    entered.node = compensation;
    entered.path = turn.state.frames[id].path + "/compensate";
    turn.emit(std::move(entered));
  }
  drive_compensation(turn, id);
  return turn.state.frames[find()].status == FrameStatus::kFinished;
}

bool undo_child(Turn& turn, FrameId id) {
  const NodeId compensation = compensation_of_scope(turn, id);
  if (compensation != kNone) return undo_scope(turn, id, compensation);
  const Frame& frame = turn.state.frames[id];
  switch (frame.kind) {
    case FrameKind::kStep: return undo_step(turn, id);
    case FrameKind::kSleep:
    case FrameKind::kEscalation:
    case FrameKind::kOnFailed:
    case FrameKind::kOnCompleted:
    case FrameKind::kOnStuck: return true;
    default: return undo(turn, id);
  }
}

// The saga that a step called is compensated by compensating it.
bool is_child_without_compensation(const StepNode& node, const Step& step) {
  return !step.child_id.empty() && node.compensation.kind == Compensation::Kind::kAbsent;
}

bool uses_twin(const StepNode& node, const Step& step) {
  return step.verdict == Verdict::kUnknown &&
         node.compensation_unknown.kind != Compensation::Kind::kAbsent;
}

}  // namespace

bool undo(Turn& turn, FrameId id) {
  const std::vector<FrameId> children = turn.state.frames[id].children;
  const bool side_by_side = turn.state.frames[id].kind == FrameKind::kParallel;
  bool all = true;
  for (auto child = children.rbegin(); child != children.rend(); ++child) {
    if (turn.is_full()) return false;
    if (undo_child(turn, *child)) continue;
    if (!side_by_side) return false;
    all = false;
  }
  return all;
}

bool needs_compensation(const Turn& turn, FrameId id) {
  const Step& step = *turn.state.frames[id].step;
  if (step.status != StepStatus::kDone && step.status != StepStatus::kUnknown) return false;
  const StepNode& node = turn.step_node(id);
  if (is_child_without_compensation(node, step)) return true;
  const Compensation::Kind kind = compensation_of(node, uses_twin(node, step)).kind;
  return kind == Compensation::Kind::kCall || kind == Compensation::Kind::kBlock;
}

void start_compensation(Turn& turn, FrameId id) {
  const StepNode& node = turn.step_node(id);
  const Step& step = *turn.state.frames[id].step;
  const bool twin = uses_twin(node, step);
  const Compensation& compensation = compensation_of(node, twin);
  const std::string path = turn.state.frames[id].path + "/compensate";
  event::CompensationStarted started{id, turn.now, key_for(turn.state, path), "", false, twin};
  if (is_child_without_compensation(node, step)) {
    const std::string child = step.child_id;
    turn.emit(std::move(started));
    return turn.send(child, ChildCommandMessage{ChildCommandMessage::Command::kCompensate});
  }
  if (compensation.kind == Compensation::Kind::kBlock) {
    started.is_block = true;
    turn.emit(std::move(started));
    return enter_compensation(turn, id);
  }
  base::Result<PreparedCall> call = prepare_call(turn, compensation.call, id, path);
  if (!call) {
    turn.emit(std::move(started));
    return turn.park(id, "its compensation: " + call.error().message);
  }
  started.key = std::move(call->key);
  started.arguments = std::move(call->arguments);
  turn.emit(std::move(started));
  send_attempt(turn, id);
}

void enter_compensation(Turn& turn, FrameId id) {
  const Step& step = *turn.state.frames[id].step;
  event::Entered entered;
  entered.frame = static_cast<FrameId>(turn.state.frames.size());
  entered.parent = id;
  entered.kind = FrameKind::kCompensation;
  entered.node = compensation_of(turn.step_node(id), step.undo_is_twin).block;
  entered.path = turn.state.frames[id].path + "/compensate";
  turn.emit(std::move(entered));
}

}  // namespace saga::core::decide
