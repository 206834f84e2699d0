#include <algorithm>

#include "engine/core/decide/decide.hpp"
#include "engine/core/decide/environment.hpp"

namespace saga::core::decide {
namespace {

// When a scope whose failure is undone runs anew; nullopt if it doesn't.
base::Result<std::optional<base::TimePoint>> next_run(Turn& turn, const Retry& again,
                                                      const Frame& frame) {
  const std::optional<base::TimePoint> none;
  const std::uint32_t reruns = std::max<std::uint32_t>(frame.index, 1) - 1;
  if (again.max_times > 0 && reruns >= again.max_times) return none;
  const std::optional<base::Duration> delay = delay_before(again.schedule, reruns);
  if (!delay) return none;
  const base::TimePoint due = turn.after(with_jitter(turn, again, *delay));
  if (again.within == kNone) return std::optional(due);
  base::Result<base::Duration> within = turn.evaluate_duration(again.within, frame.parent);
  if (!within) return base::fail(within.error());
  if (due - frame.since.value_or(turn.now) > *within) return none;
  return std::optional(due);
}

void begin_run(Turn& turn, FrameId before, base::TimePoint since) {
  const Frame& frame = turn.state.frames[before];
  event::Entered entered;
  entered.frame = static_cast<FrameId>(turn.state.frames.size());
  entered.parent = frame.parent;
  entered.kind = FrameKind::kScope;
  entered.node = frame.node;
  entered.index = std::max<std::uint32_t>(frame.index, 1) + 1;
  entered.path = path_in(turn.state, frame.parent, turn.definition.nodes[frame.node].name) + "#" +
                 std::to_string(entered.index);
  entered.since = since;
  turn.emit(std::move(entered));
}

void wait_for_run(Turn& turn, FrameId before, base::TimePoint since, base::TimePoint due) {
  event::Entered entered;
  entered.frame = static_cast<FrameId>(turn.state.frames.size());
  entered.parent = before;
  entered.kind = FrameKind::kSleep;
  entered.node = turn.state.frames[before].node;  // no `sleep` of the scope's own
  entered.path = turn.state.frames[before].path + "/again";
  entered.until = due;
  entered.since = since;
  turn.emit(std::move(entered));
}

}  // namespace

bool run_again(Turn& turn, FrameId id) {
  const Frame& frame = turn.state.frames[id];
  if (frame.kind != FrameKind::kScope || must_go_forward(turn, id)) return false;
  const auto& scope = std::get<ScopeNode>(turn.definition.nodes[frame.node].body);
  if (scope.again.empty()) return false;
  if (!frame.parked.empty()) return true;
  const Frame* last = frame.children.empty() ? nullptr : &turn.state.frames[frame.children.back()];
  if (last != nullptr && last->kind == FrameKind::kSleep && last->node == frame.node) {
    begin_run(turn, id, last->since.value_or(turn.now));
    return true;
  }
  const Retry& again = scope.again.front();
  const std::string error = error_name(frame.error);
  const bool is_meant = again.when.empty() ||
                        std::find(again.when.begin(), again.when.end(), error) != again.when.end();
  if (!is_meant) return false;
  const base::Result<std::optional<base::TimePoint>> due = next_run(turn, again, frame);
  if (!due) {
    turn.park(id, "its `again`: " + due.error().message);
    return true;
  }
  if (!*due) return false;
  const base::TimePoint since = frame.since.value_or(turn.now);
  if (**due > turn.now) {
    wait_for_run(turn, id, since, **due);
  } else {
    begin_run(turn, id, since);
  }
  return true;
}

bool is_rival(const Turn& turn, FrameId id) {
  const Frame& frame = turn.state.frames[id];
  if (frame.kind != FrameKind::kBranch) return false;
  const NodeBody& body = turn.definition.nodes[turn.state.frames[frame.parent].node].body;
  return std::get<ParallelNode>(body).is_any;
}

}  // namespace saga::core::decide
