#include <algorithm>

#include "engine/core/decide/decide.hpp"

namespace saga::core::decide {
namespace {

// The last activation of this kind that wasn't given up to be begun anew; 0 if there is none.
FrameId last_of(const State& state, FrameKind kind) {
  const std::vector<FrameId>& children = state.frames[0].children;
  for (auto child = children.rbegin(); child != children.rend(); ++child) {
    const Frame& frame = state.frames[*child];
    if (frame.kind == kind && frame.status != FrameStatus::kUndone) return *child;
  }
  return 0;
}

void enter(Turn& turn, FrameKind kind, NodeId body, std::string path, SlotId slot,
           const base::JsonText& value) {
  event::Entered entered;
  entered.frame = static_cast<FrameId>(turn.state.frames.size());
  entered.kind = kind;
  entered.node = body;
  entered.path = std::move(path);
  if (slot != kNone) entered.bindings = {Binding{slot, value}};
  turn.emit(std::move(entered));
}

}  // namespace

void complete(Turn& turn, const base::JsonText& output) {
  if (turn.definition.on_completed == kNone) return end(turn, Status::kCompleted, output, {});
  turn.emit(event::Returned{output});
}

void drive_completed(Turn& turn) {
  const Definition& definition = turn.definition;
  const State& state = turn.state;
  const base::JsonText output = state.output;
  const FrameId running = last_of(state, FrameKind::kOnCompleted);
  if (running == 0) {
    return enter(turn, FrameKind::kOnCompleted, definition.on_completed, "on_completed",
                 definition.on_completed_slot, output);
  }
  if (state.frames[running].status != FrameStatus::kFinished || state.on_stuck) return;
  end(turn, Status::kCompleted, output, {});
}

void after_all_undone(Turn& turn) {
  const Definition& definition = turn.definition;
  const State& state = turn.state;
  const base::JsonText error = state.frames[0].error;
  if (state.on_stuck) return;  // the ending waits for it
  if (state.left_over) return end(turn, Status::kTerminated, "", error);
  if (definition.on_failed == kNone || last_of(state, FrameKind::kOnFailed) != 0) {
    return end(turn, Status::kCompensated, "", error);
  }
  enter(turn, FrameKind::kOnFailed, definition.on_failed, "on_failed", definition.on_failed_slot,
        error);
}

void tell_stuck(Turn& turn) {
  const State& state = turn.state;
  if (turn.definition.on_stuck == kNone || state.on_stuck || state.stuck_told || state.ended)
    return;
  if (state.parked.empty()) return;
  // A saga whose input was no good has no values that it could be told by.
  if (state.frames[0].bindings.size() < turn.definition.parameters.size()) return;
  const auto before =
      std::count_if(state.frames[0].children.begin(), state.frames[0].children.end(),
                    [&](FrameId child) { return state.frames[child].kind == FrameKind::kOnStuck; });
  std::string path = "on_stuck";
  if (before > 0) path += "#" + std::to_string(before + 1);
  const base::JsonText why = error_json("Stuck", state.frames[*state.parked.begin()].parked);
  enter(turn, FrameKind::kOnStuck, turn.definition.on_stuck, std::move(path),
        turn.definition.on_stuck_slot, why);
}

bool fail_ending(Turn& turn, FrameId id, const base::JsonText& error) {
  const auto park = [&](const char* what) {
    if (turn.state.frames[id].parked.empty())
      turn.park(id, what + (" failed: " + error_text(error)));
    return true;
  };
  switch (turn.state.frames[id].kind) {
    case FrameKind::kOnFailed: return park("`on failed`");
    case FrameKind::kOnCompleted: return park("`on completed`");
    case FrameKind::kOnStuck:  // a person is needed already, and told
      turn.alert(id, "`on stuck` failed: " + error);
      turn.emit(event::Left{id});
      return true;
    default: return false;
  }
}

}  // namespace saga::core::decide
