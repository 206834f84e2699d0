#include "engine/core/decide/statement.hpp"

#include <algorithm>

#include "engine/base/limits.hpp"
#include "engine/core/decide/decide.hpp"
#include "engine/core/decide/environment.hpp"

namespace saga::core::decide {

// Evaluates for a statement of `block`; a defect parks the block.
std::optional<base::Value> evaluate_or_park(Turn& turn, ExpressionId expression, FrameId block) {
  base::Result<base::Value> value = turn.evaluate(expression, block);
  if (value) return std::move(*value);
  turn.park(block, value.error().message);
  return std::nullopt;
}

// The same as JSON that fits a payload.
std::optional<base::JsonText> payload_or_park(Turn& turn, ExpressionId expression, FrameId block) {
  base::Result<base::JsonText> json = turn.evaluate_payload(expression, block);
  if (json) return std::move(*json);
  turn.park(block, json.error().message);
  return std::nullopt;
}

namespace {

void enter_block(Turn& turn, FrameId parent, NodeId block) {
  event::Entered entered;
  entered.frame = static_cast<FrameId>(turn.state.frames.size());
  entered.parent = parent;
  entered.kind = FrameKind::kBlock;
  entered.node = block;
  turn.emit(std::move(entered));
}

bool run(Turn& turn, FrameId block, NodeId id, const ForNode& node) {
  return run_for(turn, block, id, node);
}
bool run(Turn& turn, FrameId block, NodeId id, const RepeatNode& node) {
  return run_repeat(turn, block, id, node);
}
bool run(Turn& turn, FrameId block, NodeId, const UseNode& node) {
  return run_use(turn, block, node);
}
bool run(Turn& turn, FrameId block, NodeId, const NoteNode& node) {
  return run_note(turn, block, node);
}
bool run(Turn& turn, FrameId block, NodeId, const AlertNode& node) {
  return run_alert(turn, block, node);
}
bool run(Turn& turn, FrameId block, NodeId id, const EscalateNode& node) {
  return run_escalate(turn, block, id, node);
}
bool run(Turn& turn, FrameId block, NodeId, const ReplyNode& node) {
  return run_reply(turn, block, node);
}
bool run(Turn& turn, FrameId block, NodeId, const RollbackNode& node) {
  return run_rollback(turn, block, node);
}

bool run(Turn& turn, FrameId block, NodeId, const LetNode& node) {
  std::optional<base::JsonText> value = payload_or_park(turn, node.value, block);
  if (!value) return false;
  turn.emit(event::Bound{block, Binding{node.slot, std::move(*value)}, false});
  return true;
}

bool run(Turn& turn, FrameId block, NodeId id, const StepNode&) {
  return start_step(turn, block, id) && turn.state.frames[block].active.empty();
}

bool run(Turn& turn, FrameId block, NodeId id, const ScopeNode&) {
  event::Entered entered;
  entered.frame = static_cast<FrameId>(turn.state.frames.size());
  entered.parent = block;
  entered.kind = FrameKind::kScope;
  entered.node = id;
  entered.path = path_in(turn.state, block, turn.definition.nodes[id].name);
  turn.emit(std::move(entered));
  return false;
}

bool run(Turn& turn, FrameId block, NodeId id, const ParallelNode& node) {
  event::Entered entered;
  entered.frame = static_cast<FrameId>(turn.state.frames.size());
  entered.parent = block;
  entered.kind = FrameKind::kParallel;
  entered.node = id;
  entered.count = static_cast<std::uint32_t>(node.branches.size());
  turn.emit(std::move(entered));
  return false;
}

bool run(Turn& turn, FrameId block, NodeId id, const IfNode& node) {
  std::optional<base::Value> value = evaluate_or_park(turn, node.condition, block);
  if (!value) return false;
  const bool* holds = value->as<bool>();
  const NodeId taken = holds != nullptr && *holds ? node.then_block : node.else_block;
  if (taken == kNone) {
    turn.emit(event::Passed{block, id});
    return true;
  }
  enter_block(turn, block, taken);
  return false;
}

bool run(Turn& turn, FrameId block, NodeId id, const RequireNode& node) {
  std::optional<base::Value> value = evaluate_or_park(turn, node.condition, block);
  if (!value) return false;
  const bool* holds = value->as<bool>();
  if (holds != nullptr && *holds) {
    turn.emit(event::Passed{block, id});
    return true;
  }
  enter_block(turn, block, node.otherwise);
  return false;
}

bool run(Turn& turn, FrameId block, NodeId, const FailNode& node) {
  const std::optional<base::JsonText> error = payload_or_park(turn, node.error, block);
  if (error) fail_at(turn, block, *error, block);
  return false;
}

bool run(Turn& turn, FrameId block, NodeId, const ReturnNode& node) {
  if (turn.state.undoes_beside() || turn.state.on_stuck) return false;  // the ending waits for them
  base::JsonText output = turn.state.output.empty() ? "null" : turn.state.output;
  if (node.value != kNone) {
    std::optional<base::JsonText> value = payload_or_park(turn, node.value, block);
    if (!value) return false;
    output = std::move(*value);
  }
  complete(turn, output);
  return false;
}

bool run(Turn& turn, FrameId block, NodeId, const SleepNode& node) {
  base::TimePoint until;
  std::optional<base::Value> value =
      evaluate_or_park(turn, node.until != kNone ? node.until : node.duration, block);
  if (!value) return false;
  if (const auto* time = value->as<base::TimePoint>()) until = *time;
  if (const auto* duration = value->as<base::Duration>()) until = turn.after(*duration);
  event::Entered entered;
  entered.frame = static_cast<FrameId>(turn.state.frames.size());
  entered.parent = block;
  entered.kind = FrameKind::kSleep;
  entered.path = path_in(turn.state, block, "sleep");
  entered.until = until;
  turn.emit(std::move(entered));
  if (until > turn.now) return false;
  turn.emit(event::Left{static_cast<FrameId>(turn.state.frames.size() - 1)});
  return true;
}

// Blocks and branches stand inside other nodes; they are no statements by themselves.
bool run(Turn& turn, FrameId block, NodeId id, const BlockNode&) {
  enter_block(turn, block, id);
  return false;
}
bool run(Turn& turn, FrameId block, NodeId, const BranchNode&) {
  turn.park(block, "a branch stands outside of a parallel");
  return false;
}

const BlockNode& block_of(const Turn& turn, FrameId id) {
  const Definition& definition = turn.definition;
  const Frame& frame = turn.state.frames[id];
  NodeId block = id == 0 ? definition.root : frame.node;
  const NodeBody& body = definition.nodes[block].body;
  if (const auto* scope = std::get_if<ScopeNode>(&body)) block = scope->block;
  if (const auto* branch = std::get_if<BranchNode>(&body)) block = branch->block;
  if (const auto* loop = std::get_if<ForNode>(&body)) block = loop->block;
  if (const auto* loop = std::get_if<RepeatNode>(&body)) block = loop->block;
  return std::get<BlockNode>(definition.nodes[block].body);
}

void leave(Turn& turn, FrameId id) {
  if (id != 0) return turn.emit(event::Left{id});
  if (turn.state.undoes_beside() || turn.state.on_stuck) return;  // the ending waits for them
  complete(turn, turn.state.output.empty() ? "null" : turn.state.output);
}

}  // namespace

bool run_statement(Turn& turn, FrameId id) {
  if (!turn.state.frames[id].parked.empty() || turn.is_full()) return false;
  const BlockNode& block = block_of(turn, id);
  const std::uint32_t next = turn.state.frames[id].next;
  if (next >= block.statements.size()) {
    if (next > block.statements.size() || !pauses_between_rounds(turn, id)) leave(turn, id);
    return false;
  }
  const NodeId statement = block.statements[next];
  return std::visit([&](const auto& node) { return run(turn, id, statement, node); },
                    turn.definition.nodes[statement].body);
}

bool start_branch(Turn& turn, FrameId parallel, NodeId branch) {
  if (std::holds_alternative<StepNode>(turn.definition.nodes[branch].body)) {
    return start_step(turn, parallel, branch);
  }
  event::Entered entered;
  entered.frame = static_cast<FrameId>(turn.state.frames.size());
  entered.parent = parallel;
  entered.kind = FrameKind::kBranch;
  entered.node = branch;
  const std::string& name = turn.definition.nodes[branch].name;
  if (!name.empty()) entered.path = path_in(turn.state, parallel, name);
  turn.emit(std::move(entered));
  return true;
}

namespace {

bool call_writes(const Definition& definition, const Call& call) {
  const bool body_writes =
      (call.fallback != kNone && writes(definition, call.fallback)) ||
      std::any_of(call.handlers.begin(), call.handlers.end(),
                  [&](const Handler& handler) { return writes(definition, handler.body); });
  if (body_writes || call.operation == kNone) return true;
  return definition.operations[call.operation].effect != OperationEffect::kRead;
}

}  // namespace

bool writes(const Definition& definition, NodeId id) {
  const auto any = [&](const std::vector<NodeId>& ids) {
    return std::any_of(ids.begin(), ids.end(),
                       [&](NodeId inner) { return writes(definition, inner); });
  };
  const auto maybe = [&](NodeId inner) { return inner != kNone && writes(definition, inner); };
  const NodeBody& body = definition.nodes[id].body;
  if (const auto* block = std::get_if<BlockNode>(&body)) return any(block->statements);
  if (const auto* step = std::get_if<StepNode>(&body)) return call_writes(definition, step->action);
  if (const auto* scope = std::get_if<ScopeNode>(&body)) return maybe(scope->block);
  if (const auto* parallel = std::get_if<ParallelNode>(&body)) return any(parallel->branches);
  if (const auto* branch = std::get_if<BranchNode>(&body)) return maybe(branch->block);
  if (const auto* loop = std::get_if<ForNode>(&body)) return maybe(loop->block);
  if (const auto* test = std::get_if<IfNode>(&body)) {
    return maybe(test->then_block) || maybe(test->else_block);
  }
  if (const auto* loop = std::get_if<RepeatNode>(&body)) {
    return maybe(loop->block) || maybe(loop->otherwise);
  }
  if (const auto* require = std::get_if<RequireNode>(&body)) return maybe(require->otherwise);
  return false;
}

}  // namespace saga::core::decide
