#include "dsl/check/compensation.hpp"

#include <algorithm>
#include <string>

#include "dsl/check/control.hpp"
#include "dsl/check/type_table.hpp"
#include "engine/base/time.hpp"

namespace saga::dsl {

using core::Call;
using core::Compensation;
using core::Expression;
using core::kNone;
using core::Node;
using core::NodeId;
using core::Operator;
using core::StepNode;
using core::TypeKind;

namespace {

// Whether the engine may never learn what became of this call.
bool may_stay_unknown(const Program& program, const Call& call) {
  const core::Operation* called = program.operation(call);
  return called != nullptr && called->effect != core::OperationEffect::kRead &&
         called->resolve == kNone;
}

bool is_absent(const Compensation& compensation) {
  return compensation.kind == Compensation::Kind::kAbsent;
}

bool goes_on_without(const Program& program, const Call& call) {
  if (call.fallback == kNone) return false;
  const auto* block = std::get_if<core::BlockNode>(&program.node(call.fallback).body);
  const bool ends_in_use =
      block != nullptr && !block->statements.empty() &&
      std::holds_alternative<core::UseNode>(program.node(block->statements.back()).body);
  return ends_in_use || completes(program.tables, call.fallback);
}

class CompensationRules {
 public:
  CompensationRules(const Program& program, const Place& place, Report& report)
      : program_(program),
        place_(place),
        report_(report),
        node_(program.node(place.node)),
        step_(std::get<StepNode>(node_.body)),
        facts_(program.facts.at(place.node)) {}

  void check() {
    if (place_.zone == Zone::kCompensation) return check_refusal(step_.action, facts_.action);
    if (place_.zone == Zone::kEnding) return check_idle();
    if (!check_presence()) check_fallback();
    check_effect_of(step_.compensation, facts_.compensation);
    check_effect_of(step_.compensation_unknown, facts_.compensation_unknown);
    check_refusal_of(step_.compensation, facts_.compensation);
    check_refusal_of(step_.compensation_unknown, facts_.compensation_unknown);
    check_amounts();
  }

 private:
  [[nodiscard]] std::string quoted() const { return "`" + node_.name + "`"; }

  // E0301; true if reported.
  bool check_presence() {
    const bool may_be_undone = place_.before_pivot || place_.is_rival;
    if (step_.is_pivot || !may_be_undone || !program_.writes(step_.action)) return false;
    if (program_.child(step_.action) != nullptr || !is_absent(step_.compensation)) return false;
    const bool has_twin = !is_absent(step_.compensation_unknown);
    report_
        .error("E0301", facts_.name,
               quoted() + " writes, and nothing takes it back" +
                   (has_twin ? " once it is known to be done" : ""))
        .label(facts_.action.callee, "`" + program_.callee_name(step_.action) + "` is a `write`")
        .help(
            "say what compensates it: `compensate …`, or why nothing does: `compensate none "
            "\"…\"`");
    return true;
  }

  // E0311: going on after a write that may have happened and that nothing takes back.
  void check_fallback() {
    if (step_.is_pivot || !program_.writes(step_.action) || program_.child(step_.action) != nullptr)
      return;
    if (!is_absent(step_.compensation)) return;
    core::Span fallback = facts_.action.fallback;
    if (!goes_on_without(program_, step_.action)) {
      if (step_.action.fallback != kNone || !escapes_of_call(program_, step_.action).gives_up)
        return;
      const Catcher* around = place_.catcher_of_all();
      if (around == nullptr || !completes(program_.tables, around->fallback)) return;
      fallback = program_.node(around->fallback).span;
    }
    report_
        .error("E0311", facts_.name,
               "the saga goes on without " + quoted() + " though it may have happened")
        .label(fallback, "goes on when the outcome is unknown")
        .label(facts_.action.callee, "a `write` that nothing takes back")
        .help("add a `compensate`, or `compensate none \"why\"` if nothing needs to be taken back");
  }

  // E0317. What a step didn't change needs no other answer than a read.
  void check_effect_of(const Compensation& compensation, const CallFacts& facts) {
    if (is_absent(compensation) || compensation.kind == Compensation::Kind::kNone) return;
    if (!program_.writes(step_.action)) return;
    const bool is_call = compensation.kind == Compensation::Kind::kCall;
    if (is_call ? changes(compensation.call) : changes_in(compensation.block)) return;
    Finding finding =
        is_call ? report_.error("E0317", facts.callee, "this only reads, and takes nothing back")
                : report_.error("E0317", compensation.span,
                                "nothing in this block takes anything back");
    finding.label(facts_.action.callee, "`" + program_.callee_name(step_.action) + "` is a `write`")
        .help("call what undoes it, or say why nothing is needed: `compensate none \"…\"`");
  }

  // Whether a call does more than read. What is unknown is reported elsewhere.
  [[nodiscard]] bool changes(const Call& call) const {
    const core::Operation* called = program_.operation(call);
    return called == nullptr || called->effect != core::OperationEffect::kRead;
  }

  [[nodiscard]] bool changes_in(NodeId block) const {
    bool found = false;
    walk(program_.tables, block, [&](NodeId id) {
      const core::NodeBody& body = program_.node(id).body;
      const auto* step = std::get_if<StepNode>(&body);
      found = found || (step != nullptr && changes(step->action));
    });
    return found;
  }

  void check_refusal_of(const Compensation& compensation, const CallFacts& facts) {
    if (compensation.kind != Compensation::Kind::kCall) return;
    if (program_.child(compensation.call) != nullptr) return;  // reported: no saga compensates
    check_refusal(compensation.call, facts);
  }

  // E0314: what runs on an ending isn't compensated itself.
  void check_idle() {
    for (const Compensation* each : {&step_.compensation, &step_.compensation_unknown}) {
      if (is_absent(*each)) continue;
      report_
          .warning(
              "E0314", each->span,
              "what runs on an ending isn't compensated, so this of " + quoted() + " never runs")
          .help("remove it");
    }
  }

  // E0304: a compensation must not be told no.
  void check_refusal(const Call& call, const CallFacts& facts) {
    if (call.fallback != kNone) return;
    const bool in_block = place_.zone == Zone::kCompensation;
    for (const std::string& name : refusals_of(call, in_block)) {
      const bool handled = std::ranges::any_of(call.handlers, [&](const core::Handler& handler) {
        return std::ranges::find(handler.errors, name) != handler.errors.end();
      });
      if (handled || (in_block && place_.is_caught(name))) continue;
      Finding finding = report_.error(
          "E0304", facts.callee,
          "this compensation can be refused: it answers `" + name + "`, which nobody handles");
      if (!in_block) finding.label(facts_.name, "what it takes back");
      finding.help("say what happens then: " + (in_block
                                                    ? "`on " + name + " { … }` beside the step"
                                                    : "`compensate " + program_.callee_name(call) +
                                                          "(…) { on " + name + " { … } }`"));
      return;
    }
  }

  // The errors that are an answer once and for all. To the call of a compensation NotFound says
  // that nothing is left to take back.
  [[nodiscard]] std::vector<std::string> refusals_of(const Call& call, bool in_block) const {
    std::vector<std::string> names;
    if (const SagaEntry* child = program_.child(call)) {
      names.assign(child->escapes.errors.begin(), child->escapes.errors.end());
    }
    const core::Operation* called = program_.operation(call);
    if (called == nullptr) return names;
    for (const core::TypeId error : called->errors) {
      const core::Type& type = program_.tables.types[error];
      const std::string name = short_name(type.name);
      if (!type.is_transient && (in_block || name != "NotFound")) names.push_back(name);
    }
    return names;
  }

  // E0313: giving back an amount after a call that perhaps took nothing.
  void check_amounts() {
    if (step_.is_pivot || !may_stay_unknown(program_, step_.action)) return;
    const Compensation& runs =
        is_absent(step_.compensation_unknown) ? step_.compensation : step_.compensation_unknown;
    if (runs.kind == Compensation::Kind::kBlock) return check_amounts_in(runs.block);
    const core::Operation* called =
        runs.kind == Compensation::Kind::kCall ? program_.operation(runs.call) : nullptr;
    if (called == nullptr || runs.call.key != kNone || !has_amount(runs.call)) return;
    for (const core::ExpressionId argument : runs.call.arguments) {
      if (reads_key(argument, kNone)) return;
    }
    report_amount(
        (&runs == &step_.compensation ? facts_.compensation : facts_.compensation_unknown).callee);
  }

  // A block that reads the key of the step anywhere can find out what that call did.
  void check_amounts_in(NodeId block) {
    std::vector<NodeId> giving;
    bool knows_key = false;
    walk(program_.tables, block, [&](NodeId id) {
      for (const core::ExpressionId each : expressions_of(program_.node(id))) {
        knows_key = knows_key || reads_key(each, place_.node);
      }
      const auto* inner = std::get_if<StepNode>(&program_.node(id).body);
      const bool gives = inner != nullptr && program_.writes(inner->action) &&
                         inner->action.key == kNone && has_amount(inner->action);
      if (gives) giving.push_back(id);
    });
    if (knows_key) return;
    for (const NodeId id : giving) report_amount(program_.facts.at(id).action.callee);
  }

  [[nodiscard]] bool has_amount(const Call& call) const {
    return std::ranges::any_of(call.arguments, [&](core::ExpressionId argument) {
      const core::TypeId type = program_.tables.expressions[argument].type;
      const TypeKind kind = type == kNone ? TypeKind::kNothing : program_.tables.types[type].kind;
      return kind == TypeKind::kInt || kind == TypeKind::kDecimal || kind == TypeKind::kMoney;
    });
  }

  // Whether an expression reads the key of a step; of any step for kNone.
  [[nodiscard]] bool reads_key(core::ExpressionId expression, NodeId of) const {
    bool found = false;
    walk_expression(program_.tables, expression, [&](const Expression& part) {
      found = found || (part.op == Operator::kKeyOf && (of == kNone || part.node == of));
    });
    return found;
  }

  void report_amount(const core::Span& callee) {
    report_
        .warning("E0313", callee,
                 "this gives back an amount even where " + quoted() + " took nothing")
        .label(facts_.name, "may have no known outcome")
        .help("pass `key_of(" + node_.name +
              ")`, so that the participant takes back what that call did, or nothing");
  }

  const Program& program_;
  const Place& place_;
  Report& report_;
  const Node& node_;
  const StepNode& step_;
  const NodeFacts& facts_;
};

// Reads of one slot in the expressions of a compensation.
class OwnResult {
 public:
  OwnResult(const Program& program, core::SlotId slot) : program_(program), slot_(slot) {}

  // The first expression that reads the slot, the longest path of fields; null if there is none.
  const Expression* in(const Compensation& compensation) {
    if (compensation.kind == Compensation::Kind::kCall) in_call(compensation.call);
    if (compensation.kind == Compensation::Kind::kBlock) in_block(compensation.block);
    return found_;
  }

 private:
  void in_call(const Call& call) {
    for (const core::ExpressionId each : expressions_of(call)) in_expression(each);
    for (const core::Handler& handler : call.handlers) in_block(handler.body);
    in_block(call.fallback);
  }

  void in_block(NodeId block) {
    if (block == kNone) return;
    walk(program_.tables, block, [&](NodeId id) {
      for (const core::ExpressionId each : expressions_of(program_.node(id))) in_expression(each);
    });
  }

  void in_expression(core::ExpressionId id) {
    walk_expression(program_.tables, id, [&](const Expression& part) {
      const Expression* root = &part;
      while ((root->op == Operator::kField || root->op == Operator::kOptionalField) &&
             root->arguments.size() == 1) {
        root = &program_.tables.expressions[root->arguments[0]];
      }
      if (root->op != Operator::kSlot || root->slot != slot_) return;
      if (found_ == nullptr ||
          part.span_end - part.span_begin > found_->span_end - found_->span_begin) {
        found_ = &part;
      }
    });
  }

  const Program& program_;
  core::SlotId slot_;
  const Expression* found_ = nullptr;
};

std::string source_text(const Program& program, const Expression& expression) {
  const std::string& text = *program.tables.sources[expression.file].text;
  return text.substr(expression.span_begin, expression.span_end - expression.span_begin);
}

void report_own_result(const Program& program, const Place& place, const Expression& read,
                       bool is_twin, Report& report) {
  const Node& node = program.node(place.node);
  const NodeFacts& facts = program.facts.at(place.node);
  const core::Span span{read.file, read.span_begin, read.span_end};
  Finding finding = report.error("E0307", span,
                                 "this compensation needs `" + source_text(program, read) +
                                     "`, which we never see when the call gets no answer");
  finding.label(facts.name, "may take effect without an answer");
  if (is_twin) {
    finding.help("use what is known before the call, or its key: `key_of(" + node.name + ")`");
    return;
  }
  finding.help("say what to do when the outcome is unknown: `compensate unknown …(key_of(" +
               node.name + "))`");
  const auto& step = std::get<StepNode>(node.body);
  if (const core::Operation* called = program.operation(step.action)) {
    finding.note("or give `" + called->name + "` a query: `resolve …(key)` in `service " +
                 short_name(called->service) + "`");
  }
}

}  // namespace

void check_compensations(const Program& program, const std::vector<Place>& places, Report& report) {
  for (const Place& place : places) {
    if (!std::holds_alternative<StepNode>(program.node(place.node).body)) continue;
    CompensationRules(program, place, report).check();
  }
}

void check_own_results(const Program& program, const std::vector<Place>& places, Report& report) {
  for (const Place& place : places) {
    const auto* step = std::get_if<StepNode>(&program.node(place.node).body);
    if (step == nullptr || step->slot == kNone) continue;
    if (const Expression* read = OwnResult(program, step->slot).in(step->compensation_unknown)) {
      report_own_result(program, place, *read, true, report);
    }
    const bool may_miss =
        may_stay_unknown(program, step->action) && is_absent(step->compensation_unknown);
    if (!may_miss) continue;
    if (const Expression* read = OwnResult(program, step->slot).in(step->compensation)) {
      report_own_result(program, place, *read, false, report);
    }
  }
}

}  // namespace saga::dsl
