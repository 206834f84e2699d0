#include <algorithm>
#include <utility>

#include "dsl/check/control.hpp"
#include "dsl/lower/action.hpp"
#include "dsl/lower/saga.hpp"

namespace saga::dsl {

using core::Compensation;
using core::kNone;
using core::NodeId;
using core::TypeId;
using core::TypeKind;

std::string SagaLowering::label_of(const StatementView& statement) {
  const auto label = statement.label();
  return label ? plain_text(*label, "a label") : "";
}

// The characters of a text that is the same in every saga.
std::string SagaLowering::plain_text(const ExpressionView& text, const std::string& what) {
  std::string characters;
  for (const TextPart& part : text.parts()) {
    characters += part.text;
    if (part.value) {
      report_
          .error("E0113", at(part.span), what + " is the same in every saga: nothing is inserted")
          .help("write `\\{` for the character, or tell it by a `note`");
    }
  }
  return characters;
}

NodeId SagaLowering::step(const StatementView& statement) {
  const std::string name = statement.name().text();
  const NodeId id = reserve(at(statement.span()), name, label_of(statement));
  NodeFacts facts;
  facts.name = at(statement.name().span());

  Action action = this->action(statement.value().value_or(ExpressionView()));
  core::StepNode made;
  made.is_pivot = statement.is_pivot();
  const core::Span goes_on = clauses(statement.clauses(), action, false);
  remember(name, id, facts.name);

  Binding bound;
  bound.kind = Binding::Kind::kStep;
  bound.name = name;
  bound.span = facts.name;
  bound.type = action.result;
  bound.node = id;
  bound.has_value = action.result == kUnknownType || !types_.is(action.result, TypeKind::kNothing);
  if (bound.has_value) bound.slot = made.slot = module_.new_slot(name, action.result);
  bound.reads_only = action.is_read;
  bind(std::move(bound));

  facts.action = std::move(action.facts);
  made.action = std::move(action.call);
  for (const ClauseView& clause : statement.clauses()) {
    if (clause.kind() != ClauseKind::kCompensate) continue;
    if (surroundings_.part == Surroundings::Part::kCompensation) {
      report_.error("E0113", at(clause.span()), "a compensation isn't compensated itself");
    } else {
      compensation(clause, made, facts);
    }
  }
  if (goes_on.end != 0) scopes_.find(name)->unbound_by = goes_on;
  const bool is_forward = surroundings_.part == Surroundings::Part::kForward;
  if (is_forward && !steps_before_.empty()) steps_before_.back().emplace_back(name, id);
  program_.facts[id] = std::move(facts);
  fill(id, std::move(made));
  return id;
}

// For `started` and `key_of` where the step isn't visible any more.
void SagaLowering::remember(const std::string& name, NodeId id, const core::Span& span) {
  if (surroundings_.part != Surroundings::Part::kForward) return;
  const auto [known, is_new] =
      surroundings_.steps.try_emplace(name, Surroundings::Step{id, span, loop_depth_ > 0, false});
  if (!is_new) known->second.is_ambiguous = true;
}

Action SagaLowering::action(const ExpressionView& value) {
  Action action;
  action.facts.callee = at(value.span());
  if (value.kind() == ExpressionKind::kMissing) return action;
  if (value.kind() != ExpressionKind::kCall) {
    if (expressions_.build().is_unknown(expressions_.lower(value))) return action;  // reported
    report_
        .error("E0110", at(value.span()),
               "a step calls an operation or a saga, this is only a value")
        .help("bind a value with `let`");
    return action;
  }
  const ExpressionView callee = value.callee();
  action.facts.callee = at(callee.span());
  if (callee.kind() == ExpressionKind::kName) {
    child_call(value, action);
  } else if (callee.kind() == ExpressionKind::kField &&
             callee.object().kind() == ExpressionKind::kName) {
    operation_call(value, action);
  } else {
    report_.error("E0110", at(callee.span()),
                  "a step calls an operation (`Service.operation(…)`) or a saga");
  }
  return action;
}

void SagaLowering::operation_call(const ExpressionView& value, Action& action) {
  const ExpressionView callee = value.callee();
  const NameView service_name = callee.object().name();
  const Declared* declared = module_.find(service_name.text());
  if (declared == nullptr && service_name.text() == "Human") {
    for (const ArgumentView& each : value.arguments())  // what they name is used
      if (each.value().kind() == ExpressionKind::kName) module_.find(each.value().name().text());
    return report_unavailable(report_, "Human", at(service_name.span()));
  }
  if (declared == nullptr) return unknown_service(service_name);
  if (declared->kind == Declared::Kind::kCache) {
    return report_unavailable(report_, service_name.text() + "." + callee.name().text(),
                              at(callee.span()));
  }
  if (declared->kind != Declared::Kind::kService) {
    return module_.report_misused(*declared, at(service_name.span()), "no service");
  }
  const ServiceDeclaration& service = module_.service(*declared);
  const std::string name = callee.name().text();
  const auto found = service.operations.find(name);
  if (found == service.operations.end()) {
    std::vector<std::string> known;
    for (const auto& [each, id] : service.operations) known.push_back(each);
    module_.suggest(report_
                        .error("E0101", at(callee.name().span()),
                               "`" + service.name + "` has no operation `" + name + "`")
                        .label(declared->span, "declared here"),
                    name, known);
    return;
  }
  // By value: lowering the arguments adds rows to the tables.
  const core::Operation operation = program_.tables.operations[found->second];
  action.call.operation = found->second;
  action.result = operation.result;
  action.is_read = operation.effect == core::OperationEffect::kRead;
  for (const TypeId error : operation.errors) {
    const core::Type& type = types_.row(error);
    action.possible.errors.insert(short_name(type.name));
    if (type.is_transient || action.is_read) action.retriable.insert(short_name(type.name));
  }
  const std::vector<core::FieldType> parameters = types_.row(operation.input).fields;  // likewise
  const auto values = expressions_.lower_arguments(value.arguments(), parameters,
                                                   service.name + "." + name, at(value.span()));
  if (values) action.call.arguments = *values;
}

void SagaLowering::unknown_service(const NameView& name) {
  if (Binding* bound = scopes_.find(name.text())) {
    bound->is_used = true;
    report_
        .error("E0110", at(name.span()),
               "`" + name.text() + "` is a value: a step calls an operation or a saga")
        .help("bind a value with `let`");
    return;
  }
  module_.suggest(
      report_.error("E0101", at(name.span()), "no service is called `" + name.text() + "`"),
      name.text(), module_.names());
}

void SagaLowering::child_call(const ExpressionView& value, Action& action) {
  const NameView name = value.callee().name();
  const Declared* declared = module_.find(name.text());
  if (declared == nullptr) {
    return module_.suggest(
        report_.error("E0101", at(name.span()), "nothing is called `" + name.text() + "`"),
        name.text(), module_.names());
  }
  if (declared->kind != Declared::Kind::kSaga) {
    return module_.report_misused(*declared, at(name.span()),
                                  "neither an operation nor a saga, as a step calls them");
  }
  const auto child = resolve_saga_(Module::saga(*declared), at(name.span()));
  if (!child) return;
  const SagaEntry& entry = program_.sagas[*child];
  callees_.push_back(*child);
  action.call.child = *child;
  action.result = entry.header.result;
  action.possible = entry.escapes;
  action.is_child = true;
  if (entry.header.input == kNone) return;
  const std::vector<core::FieldType> parameters = types_.row(entry.header.input).fields;
  const auto values =
      expressions_.lower_arguments(value.arguments(), parameters, name.text(), at(value.span()));
  if (values) action.call.arguments = *values;
}

void SagaLowering::compensation(const ClauseView& clause, core::StepNode& step, NodeFacts& facts) {
  const Surroundings::Part outer =
      std::exchange(surroundings_.part, Surroundings::Part::kCompensation);
  const NonNull::Mark known = non_null_.mark();
  Used nothing = used(types_.basic(TypeKind::kNothing));
  nothing.is_barrier = true;
  Compensation made;
  made.span = at(clause.span());
  CallFacts call_facts;
  if (clause.is_none()) {
    made.kind = Compensation::Kind::kNone;
    made.reason = clause.reason() ? plain_text(*clause.reason(), "a reason") : "";
  } else if (const auto block = clause.block()) {
    made.kind = Compensation::Kind::kBlock;
    uses_.push_back(&nothing);
    made.block = this->block(*block);
    uses_.pop_back();
  } else {
    made.kind = Compensation::Kind::kCall;
    Action action = this->action(clause.value());
    if (action.is_child) {
      report_
          .error("E0113", at(clause.value().span()),
                 "a compensation calls an operation, and no saga")
          .help("call the saga in a block: `compensate { step … }`");
    }
    clauses(clause.clauses(), action, true);
    if (action.call.timeout == kNone) action.call.timeout = step.action.timeout;
    made.call = std::move(action.call);
    call_facts = std::move(action.facts);
  }
  Compensation& place = clause.is_unknown() ? step.compensation_unknown : step.compensation;
  if (place.kind != Compensation::Kind::kAbsent) {
    report_.error("E0113", made.span, "a second `compensate` of one step")
        .label(place.span, "the first");
  }
  (clause.is_unknown() ? facts.compensation_unknown : facts.compensation) = std::move(call_facts);
  place = std::move(made);
  non_null_.restore(known);
  surroundings_.part = outer;
}

}  // namespace saga::dsl
