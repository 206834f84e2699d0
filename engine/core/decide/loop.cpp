#include "engine/base/limits.hpp"
#include "engine/core/decide/decide.hpp"
#include "engine/core/decide/environment.hpp"
#include "engine/core/decide/statement.hpp"

namespace saga::core::decide {

bool run_for(Turn& turn, FrameId block, NodeId id, const ForNode& node) {
  std::optional<base::Value> value = evaluate_or_park(turn, node.list, block);
  if (!value) return false;
  const base::List* items = value->list();
  if (items == nullptr || items->empty()) {
    if (node.result != kNone) turn.emit(event::Bound{block, Binding{node.result, "[]"}, true});
    turn.emit(event::Passed{block, id});
    return true;
  }
  if (items->size() > base::limits::kMaxLoopItems) {
    turn.park(block, "a loop over " + std::to_string(items->size()) + " items; at most " +
                         std::to_string(base::limits::kMaxLoopItems) + " are allowed");
    return false;
  }
  event::Entered entered;
  entered.frame = static_cast<FrameId>(turn.state.frames.size());
  entered.parent = block;
  entered.kind = FrameKind::kLoop;
  entered.node = id;
  entered.count = static_cast<std::uint32_t>(items->size());
  std::size_t bytes = 0;
  for (const base::Value& item : *items) {
    entered.items.push_back(base::to_json(item));
    bytes += entered.items.back().size();
  }
  if (bytes > base::limits::kMaxPayloadBytes) {
    turn.park(block, "a loop over a list of " + std::to_string(bytes) + " bytes; at most " +
                         std::to_string(base::limits::kMaxPayloadBytes) + " are allowed");
    return false;
  }
  turn.emit(std::move(entered));
  return false;
}

bool run_repeat(Turn& turn, FrameId block, NodeId id, const RepeatNode& node) {
  event::Entered entered;
  entered.frame = static_cast<FrameId>(turn.state.frames.size());
  entered.parent = block;
  entered.kind = FrameKind::kLoop;
  entered.node = id;
  entered.count = node.times;
  turn.emit(std::move(entered));
  return false;
}

namespace {

event::Entered round_of(const Turn& turn, FrameId loop) {
  event::Entered entered;
  entered.frame = static_cast<FrameId>(turn.state.frames.size());
  entered.parent = loop;
  entered.kind = FrameKind::kIteration;
  entered.node = turn.state.frames[loop].node;
  return entered;
}

void start_item(Turn& turn, FrameId loop, const ForNode& node) {
  const Frame& frame = turn.state.frames[loop];
  event::Entered entered = round_of(turn, loop);
  entered.index = frame.next;
  entered.bindings = {Binding{node.item, frame.items[frame.next]}};
  turn.emit(std::move(entered));
}

bool start_try(Turn& turn, FrameId loop, const RepeatNode& node) {
  event::Entered entered = round_of(turn, loop);
  entered.index = turn.state.frames[loop].next + 1;
  if (node.every != kNone) {
    base::Result<base::Duration> every = turn.evaluate_duration(node.every, loop);
    if (!every) {
      turn.park(loop, "`every`: " + every.error().message);
      return false;
    }
    entered.until = turn.after(*every);
  }
  if (node.round != kNone) {
    entered.bindings = {Binding{node.round, base::JsonText(std::to_string(entered.index))}};
  }
  turn.emit(std::move(entered));
  return true;
}

}  // namespace

bool start_round(Turn& turn, FrameId loop) {
  const Frame& frame = turn.state.frames[loop];
  if (frame.next >= frame.count || !frame.parked.empty() || turn.is_full()) return false;
  const NodeBody& body = turn.definition.nodes[frame.node].body;
  if (const auto* repeat = std::get_if<RepeatNode>(&body)) {
    return frame.active.empty() && start_try(turn, loop, *repeat);
  }
  const auto& node = std::get<ForNode>(body);
  if (frame.active.size() >= node.at_once) return false;
  start_item(turn, loop, node);
  return true;
}

void end_loop(Turn& turn, FrameId loop) {
  const NodeBody& body = turn.definition.nodes[turn.state.frames[loop].node].body;
  if (const auto* node = std::get_if<ForNode>(&body)) {
    if (node->result == kNone || bind_list(turn, loop, node->used, node->result)) {
      turn.emit(event::Left{loop});
    }
    return;
  }
  const auto& repeat = std::get<RepeatNode>(body);
  if (repeat.otherwise != kNone) {
    event::Entered entered;
    entered.frame = static_cast<FrameId>(turn.state.frames.size());
    entered.parent = loop;
    entered.kind = FrameKind::kHandler;
    entered.node = repeat.otherwise;
    return turn.emit(std::move(entered));
  }
  if (repeat.result != kNone) {
    const FrameId parent = turn.state.frames[loop].parent;
    turn.emit(event::Bound{parent, Binding{repeat.result, "null"}, true});
  }
  turn.emit(event::Left{loop});
}

bool pauses_between_rounds(Turn& turn, FrameId round) {
  const Frame& frame = turn.state.frames[round];
  if (frame.kind != FrameKind::kIteration || !frame.until || *frame.until <= turn.now) return false;
  if (frame.index >= turn.state.frames[frame.parent].count) return false;
  event::Entered entered;
  entered.frame = static_cast<FrameId>(turn.state.frames.size());
  entered.parent = round;
  entered.kind = FrameKind::kSleep;
  entered.path = path_in(turn.state, round, "every");
  entered.until = frame.until;
  turn.emit(std::move(entered));
  return true;
}

}  // namespace saga::core::decide
