#include <algorithm>

#include "engine/base/limits.hpp"
#include "engine/core/decide/decide.hpp"
#include "engine/core/decide/statement.hpp"

namespace saga::core::decide {
namespace {

// The handler around `block` whose step takes the value, or the round, branch or `else` of the
// construct that does; 0 if there is none.
FrameId end_of_use(const State& state, FrameId block, NodeId target) {
  for (FrameId id = block; id != 0; id = state.frames[id].parent) {
    const Frame& frame = state.frames[id];
    const Frame& parent = state.frames[frame.parent];
    if (target == kNone) {
      if (frame.kind == FrameKind::kHandler && parent.step) return id;
      continue;
    }
    const bool is_part = parent.kind == FrameKind::kLoop || frame.kind == FrameKind::kBranch;
    const NodeId node = frame.kind == FrameKind::kBranch ? frame.node : parent.node;
    if (is_part && node == target) return id;
  }
  return 0;
}

const base::JsonText* bound_in(const Frame& frame, SlotId slot) {
  const auto found = std::find_if(frame.bindings.begin(), frame.bindings.end(),
                                  [&](const Binding& binding) { return binding.slot == slot; });
  return found == frame.bindings.end() ? nullptr : &found->value;
}

// A value that a round, a branch or a step should have given; parks the construct if it didn't, or
// if the values are too large together.
const base::JsonText* value_or_park(Turn& turn, FrameId construct, const base::JsonText* value,
                                    std::size_t bytes_before) {
  const std::size_t most = base::limits::kMaxPayloadBytes;
  if (value == nullptr) {
    turn.park(construct, "a part of it gave no value");
  } else if (bytes_before + value->size() > most) {
    turn.park(construct, "its values take more than " + std::to_string(most) + " bytes together");
    return nullptr;
  }
  return value;
}

}  // namespace

bool run_use(Turn& turn, FrameId block, const UseNode& node) {
  std::optional<base::JsonText> value = payload_or_park(turn, node.value, block);
  if (!value) return false;
  const State& state = turn.state;
  const FrameId end = end_of_use(state, block, node.target);
  if (end == 0) {
    turn.park(block, "`use` stands outside of what takes its value");
    return false;
  }
  const FrameId owner = state.frames[end].parent;
  const NodeBody& body = turn.definition.nodes[state.frames[owner].node].body;
  const auto bind = [&](FrameId frame, SlotId slot) {
    if (slot != kNone) turn.emit(event::Bound{frame, Binding{slot, std::move(*value)}, true});
  };
  if (node.target == kNone) {
    bind(state.frames[owner].parent, turn.step_node(owner).slot);
  } else if (const auto* repeat = std::get_if<RepeatNode>(&body)) {
    bind(state.frames[owner].parent, repeat->result);
    const bool is_round = state.frames[end].kind == FrameKind::kIteration;
    turn.emit(event::Left{is_round ? owner : end});
    return false;
  } else if (const auto* loop = std::get_if<ForNode>(&body)) {
    bind(end, loop->used);
  } else {
    const NodeBody& branch = turn.definition.nodes[node.target].body;
    bind(end, std::get<BranchNode>(branch).used);
  }
  turn.emit(event::Left{end});
  return false;
}

bool bind_list(Turn& turn, FrameId loop, SlotId used, SlotId result) {
  const Frame& frame = turn.state.frames[loop];
  if (!frame.parked.empty()) return false;
  base::JsonText list = "[";
  for (const FrameId round : frame.children) {
    const base::JsonText* value =
        value_or_park(turn, loop, bound_in(turn.state.frames[round], used), list.size());
    if (value == nullptr) return false;
    if (list.size() > 1) list += ',';
    list += *value;
  }
  list += ']';
  turn.emit(event::Bound{frame.parent, Binding{result, std::move(list)}, true});
  return true;
}

bool bind_record(Turn& turn, FrameId parallel, SlotId result) {
  const Frame& frame = turn.state.frames[parallel];
  if (!frame.parked.empty()) return false;
  base::JsonText record;
  base::JsonWriter json(record);
  json.begin_object();
  for (const FrameId child : frame.children) {
    const Frame& part = turn.state.frames[child];
    const Node& node = turn.definition.nodes[part.node];
    const auto* branch = std::get_if<BranchNode>(&node.body);
    const SlotId slot = branch != nullptr ? branch->used : part.step->slot;
    if (slot == kNone) continue;
    const base::JsonText* value = value_or_park(
        turn, parallel, bound_in(branch != nullptr ? part : frame, slot), record.size());
    if (value == nullptr) return false;
    json.key(node.name).raw(*value);
  }
  json.end_object();
  turn.emit(event::Bound{frame.parent, Binding{result, std::move(record)}, true});
  return true;
}

void win(Turn& turn, FrameId parallel, FrameId branch, const ParallelNode& node) {
  const Frame& frame = turn.state.frames[parallel];
  if (!frame.parked.empty()) return;
  std::optional<base::JsonText> value;
  if (node.result != kNone) {
    const Frame& winner = turn.state.frames[branch];
    const SlotId used = std::get<BranchNode>(turn.definition.nodes[winner.node].body).used;
    const base::JsonText* given = value_or_park(turn, parallel, bound_in(winner, used), 0);
    if (given == nullptr) return;
    value = *given;
  }
  turn.emit(event::Won{branch});
  const FrameId parent = turn.state.frames[parallel].parent;
  if (value) turn.emit(event::Bound{parent, Binding{node.result, std::move(*value)}, true});
  turn.emit(event::Left{parallel});
}

}  // namespace saga::core::decide
