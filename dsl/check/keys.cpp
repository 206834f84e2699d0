#include <algorithm>
#include <string>

#include "dsl/check/control.hpp"
#include "dsl/check/flow.hpp"

namespace saga::dsl {

using core::Call;
using core::Expression;
using core::ExpressionId;
using core::IfNode;
using core::kNone;
using core::Node;
using core::NodeId;
using core::Operator;
using core::StepNode;

namespace {

core::Span span_of(const Program& program, ExpressionId id) {
  const Expression& row = program.tables.expressions[id];
  return {row.file, row.span_begin, row.span_end};
}

bool is_same(const Program& program, ExpressionId left, ExpressionId right) {
  if (left == right) return true;
  const Expression& a = program.tables.expressions[left];
  const Expression& b = program.tables.expressions[right];
  if (a.op != b.op || a.name != b.name || a.slot != b.slot || a.node != b.node ||
      !(a.literal == b.literal) || a.arguments.size() != b.arguments.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.arguments.size(); ++i) {
    if (!is_same(program, a.arguments[i], b.arguments[i])) return false;
  }
  return true;
}

// E0502.
void check_stable(const Program& program, ExpressionId key, Report& report) {
  std::string changing;
  walk_expression(program.tables, key, [&](const Expression& part) {
    if (part.op == Operator::kNow) changing = "now()";
    if (part.op == Operator::kAttempt) changing = "attempt()";
  });
  if (changing.empty()) return;
  report
      .error("E0502", span_of(program, key),
             "this key is another one each time: it reads `" + changing + "`")
      .help("make the key from what identifies the request, as `order.id` does");
}

// E0501: after a time-out a second attempt may do the work twice.
void check_retried(const Program& program, const Node& node, const Call& call,
                   const CallFacts& facts, Report& report) {
  const core::Operation* called = program.operation(call);
  if (called == nullptr || called->effect != core::OperationEffect::kWrite ||
      called->idempotence != core::Idempotence::kNone) {
    return;
  }
  for (std::size_t i = 0; i < call.retries.size(); ++i) {
    const core::Retry& retry = call.retries[i];
    bool after_unknown = retry.when.empty();
    for (const std::string& fault : retry.when) {
      after_unknown = after_unknown || fault == "Timeout" || fault == "Reset";
    }
    const bool never = retry.after == kNone && retry.schedule.kind == core::Schedule::Kind::kNever;
    if (!after_unknown || never) continue;
    report.error("E0501", facts.retries[i], "a retry of `" + node.name + "` may do the work twice")
        .label(facts.callee, "`" + program.callee_name(call) + "` isn't idempotent")
        .help(
            "declare it `idempotent by key` if it is, or retry only what surely wasn't executed: "
            "`when Unavailable`");
    return;
  }
}

// E0503 and E0504, along the paths of one saga: keys in different arms of an `if` never meet.
class KeyWalker {
 public:
  KeyWalker(const Program& program, Report& report) : program_(program), report_(report) {}

  // Named nodes that may have run before a point, under one path.
  using Seen = std::vector<NodeId>;

  Seen walk(NodeId id, Seen seen) {
    const Node& node = program_.node(id);
    const auto* step = std::get_if<StepNode>(&node.body);
    const auto* scope = std::get_if<core::ScopeNode>(&node.body);
    const auto* branch = std::get_if<core::BranchNode>(&node.body);
    if (step != nullptr) check_key(id, *step, seen);
    if (step != nullptr || scope != nullptr || branch != nullptr) {
      check_name(id, seen);
      seen.push_back(id);
    }
    if (step != nullptr) return alternatives(step->action.handlers, step->action.fallback, seen);
    if (scope != nullptr) {
      walk(scope->block, {});  // a path of its own
      return alternatives(scope->handlers, scope->fallback, seen);
    }
    if (branch != nullptr) {
      walk(branch->block, {});
      return seen;
    }
    if (const auto* choice = std::get_if<IfNode>(&node.body)) {
      Seen joined = walk(choice->then_block, seen);
      if (choice->else_block != kNone) add_new(joined, walk(choice->else_block, seen), seen.size());
      return joined;
    }
    return walk_inside(node, std::move(seen));
  }

 private:
  Seen walk_inside(const Node& node, Seen seen) {
    if (const auto* parallel = std::get_if<core::ParallelNode>(&node.body)) {
      for (const NodeId each : parallel->branches) seen = walk(each, std::move(seen));
      return alternatives(parallel->handlers, parallel->fallback, seen);
    }
    const auto* loop = std::get_if<core::ForNode>(&node.body);
    if (loop != nullptr) loops_.push_back(loop);
    for (const NodeId block : blocks_of(node)) seen = walk(block, std::move(seen));
    if (loop != nullptr) loops_.pop_back();
    return seen;
  }

  // Handlers of which one runs at most.
  Seen alternatives(const std::vector<core::Handler>& handlers, NodeId fallback, const Seen& seen) {
    Seen joined = seen;
    for (const core::Handler& handler : handlers) {
      add_new(joined, walk(handler.body, seen), seen.size());
    }
    if (fallback != kNone) add_new(joined, walk(fallback, seen), seen.size());
    return joined;
  }

  static void add_new(Seen& joined, const Seen& other, std::size_t common) {
    joined.insert(joined.end(), other.begin() + static_cast<std::ptrdiff_t>(common), other.end());
  }

  // The path is the key: two of one name after each other would share it.
  void check_name(NodeId id, const Seen& seen) {
    const std::string& name = program_.node(id).name;
    const auto same =
        std::ranges::find_if(seen, [&](NodeId other) { return program_.node(other).name == name; });
    if (same == seen.end() || name.empty()) return;
    report_
        .error("E0503", program_.facts.at(id).name, "two `" + name + "` on one path have one key")
        .label(program_.facts.at(*same).name, "this one may have run before")
        .help("choose another name: it is part of the key that participants see");
  }

  void check_key(NodeId id, const StepNode& step, const Seen& seen) {
    const ExpressionId key = step.action.key;
    if (key == kNone) return;
    check_stable(program_, key, report_);
    for (const NodeId other : seen) {
      const auto* earlier = std::get_if<StepNode>(&program_.node(other).body);
      if (earlier == nullptr || earlier->action.key == kNone) continue;
      if (!is_same(program_, earlier->action.key, key) ||
          !same_target(earlier->action, step.action)) {
        continue;
      }
      report_.error("E0503", span_of(program_, key), "two steps have one key")
          .label(span_of(program_, earlier->action.key),
                 "`" + program_.node(other).name + "` has it too")
          .help("the second call would be taken for a repeat of the first: leave out one `key`");
      break;
    }
    check_loop(id, key);
  }

  [[nodiscard]] bool same_target(const Call& left, const Call& right) const {
    return left.operation == right.operation && left.child == right.child;
  }

  void check_loop(NodeId id, ExpressionId key) {
    if (loops_.empty()) return;
    std::set<core::SlotId> bound;
    bound.insert(loops_.back()->item);
    dsl::walk(program_.tables, loops_.back()->block, [&](NodeId inner) {
      const core::NodeBody& body = program_.node(inner).body;
      if (const auto* let = std::get_if<core::LetNode>(&body)) bound.insert(let->slot);
      if (const auto* step = std::get_if<StepNode>(&body)) bound.insert(step->slot);
    });
    bool reads = false;
    walk_expression(program_.tables, key, [&](const Expression& part) {
      reads = reads || (part.op == Operator::kSlot && bound.contains(part.slot)) ||
              part.op == Operator::kKeyOf || part.op == Operator::kUuid;
    });
    if (reads) return;
    const std::string& item = program_.tables.slots[loops_.back()->item].name;
    report_
        .error("E0504", span_of(program_, key),
               "every round of the loop gives `" + program_.node(id).name + "` the same key")
        .help("make `" + item + "` a part of it, as in \"{…}/{" + item + "}\"");
  }

  const Program& program_;
  Report& report_;
  std::vector<const core::ForNode*> loops_;
};

}  // namespace

void check_keys(const Program& program, const SagaEntry& saga, const std::vector<Place>& places,
                Report& report) {
  if (saga.header.key != kNone) check_stable(program, saga.header.key, report);
  KeyWalker walker(program, report);
  const KeyWalker::Seen seen = walker.walk(saga.header.root, {});
  if (saga.header.on_failed != kNone) walker.walk(saga.header.on_failed, seen);
  for (const Place& place : places) {
    const Node& node = program.node(place.node);
    if (const auto* step = std::get_if<StepNode>(&node.body)) {
      check_retried(program, node, step->action, program.facts.at(place.node).action, report);
    }
  }
}

}  // namespace saga::dsl
