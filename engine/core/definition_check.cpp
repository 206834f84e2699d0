#include "engine/core/definition_check.hpp"

#include <algorithm>
#include <string>

#include "engine/base/limits.hpp"

namespace saga::core {
namespace {

class Checker {
 public:
  explicit Checker(const Definition& definition)
      : definition_(definition), visited_(definition.nodes.size(), false) {}

  base::Result<void> run() {
    types();
    expressions();
    operations();
    head();
    if (!problem_.empty()) {
      return base::fail(base::ErrorCode::kCorrupt,
                        "a stored definition doesn't hold together: " + problem_);
    }
    return {};
  }

 private:
  static constexpr int kMaxDepth = 1'000;
  enum class Wanted { kAny, kBlock, kBranch };

  void require(bool holds, const char* what) {
    if (!holds && problem_.empty()) problem_ = what;
  }
  void type(TypeId id, bool may_lack = false) {
    require(id < definition_.types.size() || (may_lack && id == kNone), "a type's id");
  }
  void expression(ExpressionId id, bool may_lack = false) {
    require(id < definition_.expressions.size() || (may_lack && id == kNone), "an expression's id");
  }
  void slot(SlotId id, bool may_lack = true) {
    require(id < definition_.slots.size() || (may_lack && id == kNone), "a slot's id");
  }
  void operation(OperationId id, bool may_lack) {
    require(id < definition_.operations.size() || (may_lack && id == kNone), "an operation's id");
  }
  void record(TypeId id) {
    type(id);
    require(id >= definition_.types.size() || definition_.types[id].kind == TypeKind::kRecord,
            "a record's id");
  }

  void types() {
    for (const Type& at : definition_.types) {
      const bool has_element = at.kind == TypeKind::kOptional || at.kind == TypeKind::kList ||
                               at.kind == TypeKind::kSet || at.kind == TypeKind::kMap;
      type(at.element, !has_element);
      // It reads the same JSON as its element: two in a row could go round in a circle.
      require(at.kind != TypeKind::kOptional || at.element >= definition_.types.size() ||
                  definition_.types[at.element].kind != TypeKind::kOptional,
              "an optional of an optional");
      type(at.key, true);
      for (const FieldType& field : at.fields) {
        type(field.type);
        expression(field.default_value, true);
      }
      require(at.kind != TypeKind::kUnion || at.cases.size() == at.case_types.size(),
              "a union's cases");
      for (const TypeId id : at.case_types) record(id);
      expression(at.where, true);
      slot(at.where_slot);
    }
  }

  static std::size_t arguments_of(Operator op) {
    switch (op) {
      case Operator::kField:
      case Operator::kOptionalField:
      case Operator::kNegate:
      case Operator::kNot:
      case Operator::kLambda:
      case Operator::kMoney:
      case Operator::kToDecimal:
      case Operator::kRefined:
      case Operator::kIsCase: return 1;
      case Operator::kConditional: return 3;
      case Operator::kIndex:
      case Operator::kRandom:
      case Operator::kLet:
      case Operator::kIn:
      case Operator::kAnd:
      case Operator::kOr:
      case Operator::kCoalesce: return 2;
      default: return op >= Operator::kAdd && op <= Operator::kGreaterEqual ? 2 : 0;
    }
  }

  void expressions() {
    std::vector<int> depths(definition_.expressions.size(), 0);
    for (std::size_t i = 0; i < definition_.expressions.size(); ++i) {
      const Expression& at = definition_.expressions[i];
      type(at.type, true);
      int deepest = 0;
      for (const ExpressionId id : at.arguments) {
        require(id < i, "an expression's argument");
        if (id < i) deepest = std::max(deepest, depths[id]);
      }
      depths[i] = deepest + 1;
      require(depths[i] <= kMaxDepth, "the nesting of an expression");
      require(at.arguments.size() >= arguments_of(at.op), "an expression's arguments");
      const bool of_slot =
          at.op == Operator::kSlot || at.op == Operator::kLambda || at.op == Operator::kLet;
      slot(at.slot, !of_slot);
      const bool typed = at.op == Operator::kRecord || at.op == Operator::kUnionCase ||
                         at.op == Operator::kError || at.op == Operator::kRefined;
      require(!typed || at.type < definition_.types.size(), "an expression's type");
      const bool of_step = at.op == Operator::kKeyOf || at.op == Operator::kStarted;
      const bool is_step = at.node < definition_.nodes.size() &&
                           std::holds_alternative<StepNode>(definition_.nodes[at.node].body);
      require(!of_step || is_step, "an expression's step");
    }
  }

  void operations() {
    for (const Operation& at : definition_.operations) {
      record(at.input);
      type(at.result);
      for (const TypeId id : at.errors) type(id);
      operation(at.resolve, true);
      for (const ResolveArgument& argument : at.resolve_arguments) {
        const bool known = argument.parameter == ResolveArgument::kKey ||
                           (at.input < definition_.types.size() &&
                            argument.parameter < definition_.types[at.input].fields.size());
        require(known, "a resolve's argument");
      }
    }
    for (const ChildRef& child : definition_.children) record(child.input);
  }

  void head() {
    record(definition_.input);
    type(definition_.result);
    expression(definition_.key, true);
    expression(definition_.deadline, true);
    slot(definition_.on_failed_slot);
    slot(definition_.on_completed_slot);
    slot(definition_.on_stuck_slot);
    for (const SlotId id : definition_.parameters) slot(id, false);
    if (!problem_.empty()) return;
    require(definition_.parameters.size() == definition_.types[definition_.input].fields.size(),
            "the parameters");
    for (const Slot& at : definition_.slots) type(at.type);
    node(definition_.root, Wanted::kBlock, 0);
    for (const NodeId ending :
         {definition_.on_failed, definition_.on_completed, definition_.on_stuck}) {
      block(ending, 0, true);
    }
  }

  void node(NodeId id, Wanted wanted, int depth) {
    require(id < definition_.nodes.size(), "a node's id");
    require(depth < kMaxDepth, "the nesting of its nodes");
    if (!problem_.empty()) return;
    require(!visited_[id], "a node that stands twice");
    if (!problem_.empty()) return;
    visited_[id] = true;
    const NodeBody& body = definition_.nodes[id].body;
    require(wanted != Wanted::kBlock || std::holds_alternative<BlockNode>(body), "a block");
    const bool branch =
        std::holds_alternative<StepNode>(body) || std::holds_alternative<BranchNode>(body);
    require(wanted != Wanted::kBranch || branch, "a branch");
    if (problem_.empty()) std::visit([&](const auto& of) { check(of, depth + 1); }, body);
  }
  void block(NodeId id, int depth, bool may_lack = false) {
    if (id != kNone || !may_lack) node(id, Wanted::kBlock, depth);
  }
  void handlers(const std::vector<Handler>& all, int depth) {
    for (const Handler& handler : all) {
      slot(handler.slot);
      block(handler.body, depth);
    }
  }
  void retries(const std::vector<Retry>& all) {
    for (const Retry& retry : all) {
      expression(retry.after, true);
      expression(retry.within, true);
      slot(retry.slot);
    }
  }
  void call(const Call& at, int depth) {
    require((at.operation == kNone) != (at.child == kNone), "a call's target");
    operation(at.operation, true);
    require(at.child == kNone || at.child < definition_.children.size(), "a called saga");
    if (!problem_.empty()) return;
    const TypeId input = at.operation != kNone ? definition_.operations[at.operation].input
                                               : definition_.children[at.child].input;
    require(at.arguments.size() <= definition_.types[input].fields.size(), "a call's arguments");
    for (const ExpressionId id : at.arguments) expression(id);
    expression(at.key, true);
    expression(at.timeout, true);
    expression(at.within, true);
    retries(at.retries);
    handlers(at.handlers, depth);
    block(at.fallback, depth, true);
  }
  void compensation(const Compensation& at, int depth) {
    if (at.kind == Compensation::Kind::kCall) {
      call(at.call, depth);
      require(at.call.operation != kNone, "a compensation's operation");
    }
    if (at.kind == Compensation::Kind::kBlock) block(at.block, depth);
  }

  void check(const BlockNode& at, int depth) {
    for (const NodeId id : at.statements) node(id, Wanted::kAny, depth);
  }
  void check(const LetNode& at, int) {
    slot(at.slot, false);
    expression(at.value);
  }
  void check(const StepNode& at, int depth) {
    slot(at.slot);
    call(at.action, depth);
    compensation(at.compensation, depth);
    compensation(at.compensation_unknown, depth);
  }
  void check(const ScopeNode& at, int depth) {
    block(at.block, depth);
    handlers(at.handlers, depth);
    block(at.fallback, depth, true);
    block(at.compensation, depth, true);
    retries(at.again);
    require(at.again.size() <= 1, "how often a scope is run");
  }
  void check(const ParallelNode& at, int depth) {
    for (const NodeId id : at.branches) {
      node(id, Wanted::kBranch, depth);
      if (!problem_.empty()) return;
      require(!at.is_any || is_one_of<BranchNode>(id), "a branch of which one is enough");
    }
    handlers(at.handlers, depth);
    block(at.fallback, depth, true);
    slot(at.result);
  }
  void check(const BranchNode& at, int depth) {
    block(at.block, depth);
    slot(at.used);
  }
  void check(const IfNode& at, int depth) {
    expression(at.condition);
    block(at.then_block, depth);
    block(at.else_block, depth, true);
  }
  void check(const ForNode& at, int depth) {
    slot(at.item, false);
    expression(at.list);
    require(at.at_once > 0, "a loop's width");
    block(at.block, depth);
    slot(at.used);
    slot(at.result);
    require((at.used == kNone) == (at.result == kNone), "the values of a loop");
  }
  void check(const RepeatNode& at, int depth) {
    require(at.times > 0 && at.times <= base::limits::kMaxLoopItems, "a loop's rounds");
    expression(at.every, true);
    slot(at.round);
    block(at.block, depth);
    block(at.otherwise, depth, true);
    slot(at.result);
  }
  void check(const RequireNode& at, int depth) {
    expression(at.condition);
    block(at.otherwise, depth);
  }
  void check(const FailNode& at, int) { expression(at.error); }
  void check(const ReturnNode& at, int) { expression(at.value, true); }
  void check(const UseNode& at, int) {
    expression(at.value);
    const bool takes = at.target < definition_.nodes.size() &&
                       is_one_of<ForNode, RepeatNode, BranchNode>(at.target);
    require(at.target == kNone || takes, "what takes a value");
  }
  void check(const SleepNode& at, int) {
    expression(at.duration, true);
    expression(at.until, true);
    require((at.duration == kNone) != (at.until == kNone), "a sleep's end");
  }
  void check(const NoteNode& at, int) { expression(at.text); }
  void check(const AlertNode& at, int) {
    expression(at.text);
    expression(at.to, true);
  }
  void check(const EscalateNode& at, int) {
    expression(at.text);
    expression(at.to, true);
  }
  void check(const ReplyNode& at, int) { expression(at.value); }
  void check(const RollbackNode& at, int) {
    for (const NodeId id : at.steps) {
      require(id < definition_.nodes.size() && is_one_of<StepNode>(id), "a step to roll back");
    }
  }

  template <class... Body>
  [[nodiscard]] bool is_one_of(NodeId id) const {
    return (std::holds_alternative<Body>(definition_.nodes[id].body) || ...);
  }

  const Definition& definition_;
  std::vector<bool> visited_;
  std::string problem_;
};

}  // namespace

base::Result<void> check_ids(const Definition& definition) { return Checker(definition).run(); }

}  // namespace saga::core
