#include <string>

#include "dsl/check/compensation.hpp"
#include "dsl/check/control.hpp"
#include "dsl/check/type_table.hpp"

namespace saga::dsl {

using core::Compensation;
using core::FailNode;
using core::kNone;
using core::Node;
using core::NodeId;
using core::StepNode;

namespace {

class PivotRules {
 public:
  PivotRules(const Program& program, const Place& place, Report& report)
      : program_(program), place_(place), report_(report), node_(program.node(place.node)) {}

  void check() {
    if (const auto* fail = std::get_if<FailNode>(&node_.body)) return check_fail(*fail);
    if (const auto* back = std::get_if<core::RollbackNode>(&node_.body))
      return check_rollback(*back);
    if (std::holds_alternative<core::ScopeNode>(node_.body)) return check_again();
    const auto& step = std::get<StepNode>(node_.body);
    if (step.is_pivot && !check_pivot_place()) return;
    if (step.is_pivot) return check_pivot(step);
    if (place_.after_pivot && place_.zone == Zone::kForward) {
      check_refusals(step);
      check_patience(step);
    }
    check_early_child(step);
  }

 private:
  [[nodiscard]] std::string quoted() const { return "`" + node_.name + "`"; }
  [[nodiscard]] core::Span name_span(NodeId id) const { return program_.facts.at(id).name; }

  void label_pivot(Finding& finding) const {
    finding.label(name_span(place_.pivot), "from here the saga only goes forward");
  }

  bool check_pivot_place() {
    const core::Span name = name_span(place_.node);
    if (place_.zone != Zone::kForward) {
      report_
          .error("E0305", name,
                 "a pivot stands on the forward path, not in a compensation or on an ending")
          .help("make " + quoted() + " an ordinary step");
      return false;
    }
    if (place_.repeated_by != kNone) {
      const Node& around = program_.node(place_.repeated_by);
      const bool is_loop = !std::holds_alternative<core::ParallelNode>(around.body);
      report_
          .error("E0305", name,
                 "the pivot " + quoted() + " stands in a " + (is_loop ? "loop" : "`parallel`"))
          .label(around.span, is_loop ? "may run it more than once, or never"
                                      : "a branch can't decide for its siblings")
          .help("move the pivot behind the " + std::string(is_loop ? "loop" : "`parallel`"));
      return false;
    }
    if (place_.after_pivot) {
      report_.error("E0306", name, "a second pivot on one path: " + quoted())
          .label(name_span(place_.pivot), "the saga is already past this pivot")
          .help(
              "keep one pivot, the step after which nothing is taken back; make the other a step");
      return false;
    }
    return true;
  }

  void check_pivot(const StepNode& step) {
    const core::Operation* called = program_.operation(step.action);
    const CallFacts& facts = program_.facts.at(place_.node).action;
    if (called != nullptr && called->effect != core::OperationEffect::kRead &&
        called->idempotence == core::Idempotence::kNone && called->resolve == kNone) {
      report_
          .error("E0309", name_span(place_.node),
                 "when the answer to the pivot " + quoted() +
                     " is lost, nothing can tell whether it happened")
          .label(facts.callee, "neither `idempotent` nor with a `resolve`")
          .help("declare `" + called->name +
                "` `idempotent by key`, or give it a query: `resolve …(key)`");
    }
    if (step.compensation.kind != Compensation::Kind::kAbsent) {
      report_
          .warning("E0314", step.compensation.span,
                   "the pivot " + quoted() + " is never compensated, so this never runs")
          .help("remove it, or make " + quoted() + " an ordinary step");
    }
  }

  void check_fail(const FailNode& fail) {
    if (place_.zone != Zone::kForward || !place_.after_pivot) return;
    const core::TypeId type = program_.tables.expressions[fail.error].type;
    if (type == kNone || place_.is_caught(short_name(program_.tables.types[type].name))) return;
    Finding finding =
        report_.error("E0315", node_.span, "the saga can't fail here: it is past its pivot");
    label_pivot(finding);
    finding.help("check this before the pivot, or go on with a `note`");
  }

  // E0113: `again` where nothing is taken back.
  void check_again() {
    if (place_.zone != Zone::kForward || !place_.after_pivot || place_.before_pivot) return;
    Finding finding = report_.error(
        "E0113", name_span(place_.node),
        "past the pivot " + quoted() + " isn't run again: what it did isn't taken back");
    label_pivot(finding);
    finding.help("retry its steps until they are done: `retry 1s, 10s, 1m, ...`");
  }

  // E0316: a `rollback` of what is never taken back.
  void check_rollback(const core::RollbackNode& back) {
    for (const NodeId id : back.steps) {
      const auto& step = std::get<StepNode>(program_.node(id).body);
      const std::string name = "`" + program_.node(id).name + "`";
      if (step.is_pivot) {
        report_.error("E0316", name_span(place_.node), "the pivot " + name + " is never taken back")
            .label(name_span(id), "the pivot")
            .help("make it an ordinary step with a `compensate`");
        return;
      }
      if (place_.after_pivot && !step.after_pivot) {
        Finding finding =
            report_.error("E0316", name_span(place_.node),
                          "past the pivot, what " + name + " did before it stays as it is");
        label_pivot(finding);
        finding.help("roll it back above the pivot, or call what undoes it: `step … = …`");
        return;
      }
      const auto runs = [](const Compensation& each) {
        return each.kind == Compensation::Kind::kCall || each.kind == Compensation::Kind::kBlock;
      };
      const bool is_child =
          step.action.child != kNone && step.compensation.kind == Compensation::Kind::kAbsent;
      if (is_child || runs(step.compensation) || runs(step.compensation_unknown)) continue;
      report_
          .error("E0316", name_span(place_.node),
                 "there is nothing to roll back: " + name + " has no `compensate`")
          .label(name_span(id), "this step")
          .help("say what takes it back: `compensate …`");
      return;
    }
  }

  // E0302: an error of the call that neither the step nor a scope around it handles.
  void check_refusals(const StepNode& step) {
    if (step.action.fallback != kNone) return;
    Escapes escapes = escapes_of_call(program_, step.action);
    for (const core::Handler& handler : step.action.handlers) {
      for (const std::string& name : handler.errors) escapes.errors.erase(name);
    }
    std::erase_if(escapes.errors, [&](const std::string& name) { return place_.is_caught(name); });
    if (place_.is_caught_without_name()) escapes.any_error = false;
    if (escapes.errors.empty() && !escapes.any_error) return;
    std::string names;
    for (const std::string& name : escapes.errors) {
      names += (names.empty() ? "`" : ", `") + name + "`";
    }
    const std::string first = escapes.errors.empty() ? "" : *escapes.errors.begin();
    if (escapes.any_error) names += names.empty() ? "an error" : " or another error";
    Finding finding = report_.error("E0302", name_span(place_.node),
                                    quoted() + " stands after the pivot but can still be refused");
    finding.label(
        program_.facts.at(place_.node).action.callee,
        "`" + program_.callee_name(step.action) + "` answers " + names + ", which nobody handles");
    label_pivot(finding);
    finding.help("handle it (`" + (first.empty() ? "else" : "on " + first) +
                 " { … }`), or move the step above the pivot and give it a compensation");
  }

  // E0303: a step that may give up though nothing can be taken back.
  void check_patience(const StepNode& step) {
    if (step.action.fallback != kNone || place_.is_caught_without_name()) return;
    if (!escapes_of_call(program_, step.action).gives_up) return;
    const CallFacts& facts = program_.facts.at(place_.node).action;
    Finding finding = report_.error("E0303", name_span(place_.node),
                                    quoted() + " stands after the pivot but may give up");
    if (step.action.within != kNone) {
      finding.label(facts.within, "after this time it gives up");
    } else if (!facts.retries.empty()) {
      finding.label(facts.retries.back(), "these retries end, or leave out a fault");
    } else {
      finding.label(facts.callee, step.action.child == kNone ? "no `retry`: one attempt only"
                                                             : "a step in it may give up");
    }
    label_pivot(finding);
    finding.help(
        step.action.child == kNone
            ? "retry without end: `retry 1s, 10s, 1m, 5m, ...`, or go on without it: `else …`"
            : "let the steps of the called saga retry without end, or go on without it: `else …`");
  }

  // E0310: a called saga with a pivot of its own, where this one may still have to go back.
  void check_early_child(const StepNode& step) {
    const SagaEntry* child = program_.child(step.action);
    if (child == nullptr || !child->header.has_pivot || !place_.before_pivot) return;
    if (place_.zone != Zone::kForward || step.compensation.kind != Compensation::Kind::kAbsent)
      return;
    report_
        .error("E0310", name_span(place_.node),
               quoted() + " calls a saga that can't be taken back once its pivot has passed")
        .label(program_.facts.at(place_.node).action.callee,
               "`" + short_name(child->header.name) + "` has a pivot")
        .help("make it the pivot (`pivot step " + node_.name +
              "`), move it behind the pivot, or give it a `compensate`");
  }

  const Program& program_;
  const Place& place_;
  Report& report_;
  const Node& node_;
};

}  // namespace

void check_pivots(const Program& program, const std::vector<Place>& places, Report& report) {
  for (const Place& place : places) PivotRules(program, place, report).check();
}

}  // namespace saga::dsl
