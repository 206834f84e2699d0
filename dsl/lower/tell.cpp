#include <algorithm>
#include <utility>

#include "dsl/lower/saga.hpp"

namespace saga::dsl {

using core::kNone;
using core::NodeId;
using core::TypeKind;

namespace {

ExpressionView value_of(const StatementView& statement) {
  return statement.value().value_or(ExpressionView());
}

}  // namespace

NodeId SagaLowering::note(const StatementView& statement) {
  return add(at(statement.span()),
             core::NoteNode{expressions_.lower_as(value_of(statement),
                                                  types_.basic(TypeKind::kString), "`note`")});
}

NodeId SagaLowering::alert(const StatementView& statement) {
  core::AlertNode made;
  const core::TypeId string = types_.basic(TypeKind::kString);
  made.text = expressions_.lower_as(value_of(statement), string, "`alert`");
  if (const auto to = statement.option("to"))
    made.to = expressions_.lower_as(*to, string, "who is told");
  made.is_inconsistency = statement.is_inconsistency();
  return add(at(statement.span()), made);
}

NodeId SagaLowering::escalate(const StatementView& statement) {
  core::EscalateNode made;
  const core::TypeId string = types_.basic(TypeKind::kString);
  made.text = expressions_.lower_as(value_of(statement), string, "`escalate`");
  if (const auto to = statement.option("to"))
    made.to = expressions_.lower_as(*to, string, "who decides");
  if (surroundings_.part == Surroundings::Part::kEnding && surroundings_.ending == "on stuck") {
    report_
        .error("E0113", at(statement.span()),
               "`on stuck` tells that a person is needed, and waits for none")
        .help("tell them: `alert …`");
  }
  return add(at(statement.span()), made);
}

NodeId SagaLowering::reply(const ExpressionView& value, const core::Span& span) {
  core::ReplyNode made;
  if (surroundings_.part != Surroundings::Part::kForward) {
    report_.error("E0113", span, "`reply` stands on the forward path: here nobody waits any more");
  }
  if (types_.is(result_, TypeKind::kNothing)) {
    report_.error("E0103", at(value.span()), "the saga declares no result to reply with")
        .help("declare it: `saga …(…) -> T`");
    made.value = expressions_.lower(value);
  } else {
    made.value = expressions_.lower_as(value, result_, "the saga's result");
  }
  return add(span, made);
}

void SagaLowering::close_steps() {
  auto inside = std::move(steps_before_.back());
  steps_before_.pop_back();
  if (steps_before_.empty()) return;
  std::ranges::move(inside, std::back_inserter(steps_before_.back()));
}

// The steps of this name in the nearest block that has one so far, with the blocks inside it.
NodeId SagaLowering::rollback(const StatementView& statement) {
  core::RollbackNode made;
  const std::string name = statement.name().text();
  const core::Span span = at(statement.name().span());
  if (surroundings_.part != Surroundings::Part::kForward) {
    report_
        .error("E0113", at(statement.span()),
               "`rollback` stands on the forward path; here nothing is taken back by itself")
        .help("call the operation that takes it back: `step … = …`");
    return add(at(statement.span()), std::move(made));
  }
  for (auto block = steps_before_.rbegin(); block != steps_before_.rend(); ++block) {
    for (const auto& [step, id] : *block) {
      if (step == name) made.steps.push_back(id);
    }
    if (!made.steps.empty()) break;
  }
  if (made.steps.empty()) unknown_step(name, span);
  const NodeId whole = made.steps.empty() ? kNone : kept_by(made.steps.front());
  if (whole != kNone) {
    const std::string scope = program_.node(whole).name;
    report_
        .error("E0316", span,
               "`" + name + "` isn't taken back alone: `" + scope + "` is compensated as a whole")
        .label(program_.facts.at(whole).name, "has a `compensate` of its own")
        .help("leave that out, and its steps' own compensations take it back");
    made.steps.clear();
  }
  const NodeId id = add(at(statement.span()), std::move(made));
  program_.facts[id].name = span;
  return id;
}

// The scope with a `compensate` of its own that a step is in: one that is over, or one around here.
NodeId SagaLowering::kept_by(NodeId step) const {
  if (const auto kept = kept_by_.find(step); kept != kept_by_.end()) return kept->second;
  const auto around = std::find_if(whole_scopes_.begin(), whole_scopes_.end(),
                                   [&](NodeId scope) { return scope < step; });
  return around == whole_scopes_.end() ? kNone : *around;
}

void SagaLowering::unknown_step(const std::string& name, const core::Span& span) {
  if (module_.is_mentioned(name)) return;  // it may stand in what isn't available
  if (const Binding* bound = scopes_.find(name)) {
    report_.error("E0110", span, "`" + name + "` isn't a step")
        .label(bound->span, "bound here")
        .help("name a step: `rollback` compensates what it did");
    return;
  }
  const auto elsewhere = surroundings_.bound_elsewhere.find(name);
  if (elsewhere != surroundings_.bound_elsewhere.end()) {
    report_.error("E0101", span, "`" + name + "` hasn't run here")
        .label(elsewhere->second, "this is later, or runs beside it");
    return;
  }
  std::vector<std::string> known;
  for (const auto& block : steps_before_) {
    for (const auto& [step, id] : block) known.push_back(step);
  }
  module_.suggest(report_.error("E0101", span, "no step is called `" + name + "` here"), name,
                  known);
}

}  // namespace saga::dsl
