#include "dsl/check/control.hpp"

#include <algorithm>

#include "dsl/check/type_table.hpp"

namespace saga::dsl {

using core::BlockNode;
using core::BranchNode;
using core::Call;
using core::FailNode;
using core::ForNode;
using core::Handler;
using core::IfNode;
using core::kNone;
using core::Node;
using core::NodeId;
using core::ParallelNode;
using core::RequireNode;
using core::ReturnNode;
using core::ScopeNode;
using core::StepNode;
using core::UseNode;

namespace {

bool any_completes(const core::Definition& tables, const std::vector<Handler>& handlers,
                   NodeId fallback) {
  if (fallback != kNone && completes(tables, fallback)) return true;
  return std::ranges::any_of(handlers,
                             [&](const Handler& each) { return completes(tables, each.body); });
}

// What is left of `inside` after handlers and a fallback, and what they let out themselves.
Escapes caught(const Program& program, Escapes inside, const std::vector<Handler>& handlers,
               NodeId fallback) {
  for (const Handler& handler : handlers) {
    for (const std::string& name : handler.errors) inside.errors.erase(name);
  }
  if (fallback != kNone) inside = {};
  for (const Handler& handler : handlers) merge(inside, escapes_of(program, handler.body));
  if (fallback != kNone) merge(inside, escapes_of(program, fallback));
  return inside;
}

Escapes escapes_of_fail(const Program& program, const FailNode& fail) {
  Escapes escapes;
  const core::TypeId type = program.tables.expressions[fail.error].type;
  if (type != kNone && program.tables.types[type].kind == core::TypeKind::kError) {
    escapes.errors.insert(short_name(program.tables.types[type].name));
  } else {
    escapes.any_error = true;
  }
  return escapes;
}

void add_handlers(std::vector<NodeId>& blocks, const std::vector<Handler>& handlers,
                  NodeId fallback) {
  for (const Handler& handler : handlers) blocks.push_back(handler.body);
  blocks.push_back(fallback);
}

}  // namespace

void merge(Escapes& into, const Escapes& from) {
  into.errors.insert(from.errors.begin(), from.errors.end());
  into.any_error = into.any_error || from.any_error;
  into.gives_up = into.gives_up || from.gives_up;
}

bool gives_value(const core::Definition& tables, NodeId id) {
  bool gives = false;
  walk(tables, id, [&](NodeId inner) {
    const auto* use = std::get_if<UseNode>(&tables.nodes[inner].body);
    gives = gives || (use != nullptr && use->target == id);
  });
  return gives;
}

bool completes(const core::Definition& tables, NodeId id) {
  const core::NodeBody& body = tables.nodes[id].body;
  if (std::holds_alternative<ReturnNode>(body) || std::holds_alternative<FailNode>(body) ||
      std::holds_alternative<UseNode>(body)) {
    return false;
  }
  const auto reaches_end = [&](NodeId inner) { return completes(tables, inner); };
  if (const auto* block = std::get_if<BlockNode>(&body)) {
    return std::ranges::all_of(block->statements, reaches_end);
  }
  if (const auto* branch = std::get_if<BranchNode>(&body))
    return reaches_end(branch->block) || gives_value(tables, id);
  if (const auto* choice = std::get_if<IfNode>(&body)) {
    return reaches_end(choice->then_block) || choice->else_block == kNone ||
           reaches_end(choice->else_block);
  }
  if (const auto* scope = std::get_if<ScopeNode>(&body)) {
    return reaches_end(scope->block) || any_completes(tables, scope->handlers, scope->fallback);
  }
  if (const auto* parallel = std::get_if<ParallelNode>(&body)) {
    const bool goes_on = parallel->is_any ? std::ranges::any_of(parallel->branches, reaches_end)
                                          : std::ranges::all_of(parallel->branches, reaches_end);
    return goes_on || any_completes(tables, parallel->handlers, parallel->fallback);
  }
  if (const auto* repeat = std::get_if<core::RepeatNode>(&body)) {
    const bool runs_out = reaches_end(repeat->block) &&
                          (repeat->otherwise == kNone || reaches_end(repeat->otherwise));
    return runs_out || gives_value(tables, id);
  }
  return true;  // a step, a loop, a let …: done is always possible
}

bool retries_for_ever(const Call& call) {
  if (call.within != kNone) return false;
  const auto covers = [&](const char* fault) {
    for (const core::Retry& retry : call.retries) {
      const bool applies =
          retry.when.empty() || std::ranges::find(retry.when, fault) != retry.when.end();
      if (!applies) continue;
      const bool endless = retry.max_times == 0 && retry.within == kNone &&
                           (retry.after != kNone || core::is_endless(retry.schedule));
      return endless;  // the first that applies decides
    }
    return false;
  };
  return covers("Unavailable") && covers("Timeout") && covers("Reset");
}

Escapes escapes_of_call(const Program& program, const Call& call) {
  if (const SagaEntry* child = program.child(call)) return child->escapes;
  Escapes escapes;
  if (program.operation(call) == nullptr) return escapes;  // a callee that is reported as unknown
  escapes.gives_up = !retries_for_ever(call);
  for (const core::TypeId error : program.operation(call)->errors) {
    const core::Type& type = program.tables.types[error];
    if (!type.is_transient || escapes.gives_up) escapes.errors.insert(short_name(type.name));
  }
  return escapes;
}

Escapes escapes_of(const Program& program, NodeId id) {
  const core::NodeBody& body = program.node(id).body;
  if (const auto* step = std::get_if<StepNode>(&body)) {
    return caught(program, escapes_of_call(program, step->action), step->action.handlers,
                  step->action.fallback);
  }
  if (const auto* fail = std::get_if<FailNode>(&body)) return escapes_of_fail(program, *fail);
  Escapes inside;
  // A person may say that it wasn't done.
  inside.gives_up = std::holds_alternative<core::EscalateNode>(body);
  if (const auto* scope = std::get_if<ScopeNode>(&body)) {
    return caught(program, escapes_of(program, scope->block), scope->handlers, scope->fallback);
  }
  if (const auto* parallel = std::get_if<ParallelNode>(&body)) {
    for (const NodeId branch : parallel->branches) merge(inside, escapes_of(program, branch));
    return caught(program, std::move(inside), parallel->handlers, parallel->fallback);
  }
  for (const NodeId block : blocks_of(program.node(id))) merge(inside, escapes_of(program, block));
  return inside;
}

std::vector<NodeId> blocks_of(const Node& node) {
  std::vector<NodeId> blocks;
  if (const auto* block = std::get_if<BlockNode>(&node.body)) {
    blocks = block->statements;
  } else if (const auto* step = std::get_if<StepNode>(&node.body)) {
    add_handlers(blocks, step->action.handlers, step->action.fallback);
  } else if (const auto* scope = std::get_if<ScopeNode>(&node.body)) {
    blocks.push_back(scope->block);
    add_handlers(blocks, scope->handlers, scope->fallback);
  } else if (const auto* parallel = std::get_if<ParallelNode>(&node.body)) {
    blocks = parallel->branches;
    add_handlers(blocks, parallel->handlers, parallel->fallback);
  } else if (const auto* branch = std::get_if<BranchNode>(&node.body)) {
    blocks.push_back(branch->block);
  } else if (const auto* choice = std::get_if<IfNode>(&node.body)) {
    blocks = {choice->then_block, choice->else_block};
  } else if (const auto* loop = std::get_if<ForNode>(&node.body)) {
    blocks.push_back(loop->block);
  } else if (const auto* repeat = std::get_if<core::RepeatNode>(&node.body)) {
    blocks = {repeat->block, repeat->otherwise};
  } else if (const auto* require = std::get_if<RequireNode>(&node.body)) {
    blocks.push_back(require->otherwise);
  }
  std::erase(blocks, kNone);
  return blocks;
}

std::vector<core::ExpressionId> expressions_of(const Call& call) {
  std::vector<core::ExpressionId> found = call.arguments;
  found.insert(found.end(), {call.key, call.timeout, call.within});
  for (const core::Retry& retry : call.retries)
    found.insert(found.end(), {retry.after, retry.within});
  std::erase(found, kNone);
  return found;
}

namespace {

struct ExpressionsOfNode {
  std::vector<core::ExpressionId> operator()(const StepNode& node) const {
    return expressions_of(node.action);
  }
  std::vector<core::ExpressionId> operator()(const core::LetNode& node) const {
    return {node.value};
  }
  std::vector<core::ExpressionId> operator()(const IfNode& node) const { return {node.condition}; }
  std::vector<core::ExpressionId> operator()(const ForNode& node) const { return {node.list}; }
  std::vector<core::ExpressionId> operator()(const RequireNode& node) const {
    return {node.condition};
  }
  std::vector<core::ExpressionId> operator()(const FailNode& node) const { return {node.error}; }
  std::vector<core::ExpressionId> operator()(const ReturnNode& node) const { return {node.value}; }
  std::vector<core::ExpressionId> operator()(const UseNode& node) const { return {node.value}; }
  std::vector<core::ExpressionId> operator()(const core::SleepNode& node) const {
    return {node.duration, node.until};
  }
  std::vector<core::ExpressionId> operator()(const core::NoteNode& node) const {
    return {node.text};
  }
  std::vector<core::ExpressionId> operator()(const core::RepeatNode& node) const {
    return {node.every};
  }
  std::vector<core::ExpressionId> operator()(const core::AlertNode& node) const {
    return {node.text, node.to};
  }
  std::vector<core::ExpressionId> operator()(const core::EscalateNode& node) const {
    return {node.text, node.to};
  }
  std::vector<core::ExpressionId> operator()(const core::ReplyNode& node) const {
    return {node.value};
  }
  std::vector<core::ExpressionId> operator()(const core::RollbackNode&) const { return {}; }
  std::vector<core::ExpressionId> operator()(const BlockNode&) const { return {}; }
  std::vector<core::ExpressionId> operator()(const BranchNode&) const { return {}; }
  std::vector<core::ExpressionId> operator()(const ScopeNode& node) const {
    std::vector<core::ExpressionId> found;
    for (const core::Retry& retry : node.again) found.push_back(retry.within);
    return found;
  }
  std::vector<core::ExpressionId> operator()(const ParallelNode&) const { return {}; }
};

}  // namespace

std::vector<core::ExpressionId> expressions_of(const Node& node) {
  std::vector<core::ExpressionId> found = std::visit(ExpressionsOfNode{}, node.body);
  std::erase(found, kNone);
  return found;
}

std::vector<NodeId> endings_of(const core::Definition& saga) {
  std::vector<NodeId> endings = {saga.on_failed, saga.on_completed, saga.on_stuck};
  std::erase(endings, kNone);
  return endings;
}

void walk(const core::Definition& tables, NodeId id, const std::function<void(NodeId)>& visit) {
  visit(id);
  for (const NodeId block : blocks_of(tables.nodes[id])) walk(tables, block, visit);
}

void walk_expression(const core::Definition& tables, core::ExpressionId id,
                     const std::function<void(const core::Expression&)>& visit) {
  std::set<core::ExpressionId> seen;  // inlined functions share the rows of their arguments
  std::vector<core::ExpressionId> open = {id};
  while (!open.empty()) {
    const core::ExpressionId next = open.back();
    open.pop_back();
    if (next == kNone || !seen.insert(next).second) continue;
    const core::Expression& row = tables.expressions[next];
    visit(row);
    open.insert(open.end(), row.arguments.begin(), row.arguments.end());
  }
}

}  // namespace saga::dsl
