#include <algorithm>
#include <utility>

#include "dsl/check/control.hpp"
#include "dsl/lower/saga.hpp"

namespace saga::dsl {

using core::kNone;
using core::NodeId;
using core::TypeId;

NodeId SagaLowering::parallel(const StatementView& statement, Used* used) {
  const NodeId id = reserve(at(statement.span()), {}, {});
  core::ParallelNode made;
  made.is_any = statement.is_any();
  std::vector<Binding> bound;
  std::vector<std::pair<std::string, NodeId>> steps;
  std::vector<core::FieldType> fields;
  ++parallel_depth_;
  for (const StatementView& each : statement.branches()) {
    // Siblings run side by side: none sees what another binds, or rolls back what it does.
    scopes_.open();
    open_steps();
    Used own_used;
    Used* const taker = used == nullptr || made.is_any ? used : &own_used;
    own_used.name = each.name().text();
    own_used.span = at(each.name().span());
    own_used.is_open = true;
    const bool is_branch = each.kind() == StatementKind::kBranch;
    const auto node = is_branch     ? std::optional(branch(each, taker))
                      : made.is_any ? std::optional(rival(each, used))
                                    : this->statement(each);
    std::vector<Binding> own = scopes_.close();
    std::ranges::move(steps_before_.back(), std::back_inserter(steps));
    steps_before_.pop_back();
    if (!is_branch && !made.is_any && used != nullptr && node) take_result(own_used, *node, own);
    if (used != nullptr && own_used.is_given)
      fields.push_back(field_of(own_used, given_type(own_used, "")));
    if (made.is_any) {
      for (const Binding& each_own : own) warn_unused(each_own);  // another branch may win
    } else {
      std::move(own.begin(), own.end(), std::back_inserter(bound));
    }
    if (node) made.branches.push_back(*node);
  }
  --parallel_depth_;
  if (used != nullptr && !made.is_any) used->type = record_of(*used, std::move(fields));
  if (!steps_before_.empty()) std::ranges::move(steps, std::back_inserter(steps_before_.back()));
  Escapes inside;
  for (const NodeId each : made.branches) merge(inside, escapes_of(program_, each));
  outer_handlers(statement.clauses(), inside, kThisParallel, std::move(bound), made.handlers,
                 made.fallback);
  fill(id, std::move(made));
  return id;
}

// A step of `parallel any` is a branch without a name that gives its result.
NodeId SagaLowering::rival(const StatementView& statement, Used* used) {
  const core::Span span = at(statement.span());
  const NodeId id = reserve(span, {}, {});
  program_.facts[id].name = at(statement.name().span());
  core::BranchNode made;
  std::vector<NodeId> statements;
  if (const auto node = this->statement(statement)) statements.push_back(*node);
  if (used != nullptr && !statements.empty()) {
    used->target = id;
    if (const auto given = result_given(statement, statements.front(), *used)) {
      statements.push_back(add(span, core::UseNode{*given, id}));
      made.used = module_.new_slot(used->name, used->type);
    }
  }
  made.block = add(span, core::BlockNode{std::move(statements)});
  fill(id, made);
  return id;
}

// The result of a step that `let … = parallel any` takes.
std::optional<core::ExpressionId> SagaLowering::result_given(const StatementView& statement,
                                                             NodeId id, Used& used) {
  const auto* step = std::get_if<core::StepNode>(&program_.node(id).body);
  if (step == nullptr) return std::nullopt;
  const std::string name = statement.name().text();
  const core::Span span = at(statement.name().span());
  Binding* bound = scopes_.find(name);
  if (bound != nullptr) bound->is_used = true;
  const bool is_first = !std::exchange(used.is_given, true);
  if (step->slot == kNone) {
    report_
        .error("E0103", span,
               "`" + name + "` has no result, and `" + used.name + "` takes one of each")
        .help("put it into a branch: `branch … { step …  use … }`");
    return std::nullopt;
  }
  if (bound != nullptr && bound->unbound_by.end != 0) {
    report_.error("E0204", span, "`" + name + "` has no value where its handler goes on")
        .label(bound->unbound_by, "this goes on without giving it one")
        .help("end the handler with `use …`, `fail …` or `return …`");
    return std::nullopt;
  }
  const TypeId type = program_.tables.slots[step->slot].type;
  if (used.is_open && is_first) used.type = type;
  const auto joined = types_.join(used.type, type);
  const bool is_known = used.type != kUnknownType && type != kUnknownType;
  if (is_known && (!joined || (!used.is_open && *joined != used.type))) {
    report_.error("E0103", span,
                  "`" + name + "` gives `" + types_.describe(type) + "`, and `" + used.name +
                      "` takes `" + types_.describe(used.type) + "`");
  } else if (is_known) {
    used.type = *joined;
  }
  return expressions_.build().slot(step->slot, type, span);
}

core::FieldType SagaLowering::field_of(const Used& used, TypeId type) {
  core::FieldType field;
  field.name = used.name;
  field.type = type;
  return field;
}

// The record of what the branches give.
TypeId SagaLowering::record_of(const Used& used, std::vector<core::FieldType> fields) {
  if (fields.empty()) return given_type(used, "");
  const bool is_known = std::ranges::none_of(
      fields, [](const core::FieldType& field) { return field.type == kUnknownType; });
  return is_known ? types_.anonymous_record(std::move(fields)) : kUnknownType;
}

// `used` is null where nothing takes what it gives.
NodeId SagaLowering::branch(const StatementView& statement, Used* used) {
  const NodeId id = reserve(at(statement.span()), statement.name().text(), label_of(statement));
  program_.facts[id].name = at(statement.name().span());
  core::BranchNode made;
  if (used != nullptr) {
    used->target = id;
    used->parallel_depth = parallel_depth_;
    uses_.push_back(used);
  }
  made.block = block(statement.block());
  if (used != nullptr) uses_.pop_back();
  fill(id, made);
  if (used == nullptr || !gives_value(program_.tables, id)) return id;
  made.used = module_.new_slot(used->name, used->type);
  fill(id, made);
  return id;
}

// What a step among the branches gives is its result.
void SagaLowering::take_result(Used& used, NodeId branch, std::vector<Binding>& bound) {
  const auto* step = std::get_if<core::StepNode>(&program_.node(branch).body);
  if (step == nullptr || step->slot == kNone) return;
  const auto own = std::ranges::find(bound, used.name, &Binding::name);
  if (own != bound.end()) own->is_used = true;
  used.is_given = true;
  if (own != bound.end() && own->unbound_by.end != 0) {
    report_.error("E0204", used.span, "`" + used.name + "` has no value where its handler goes on")
        .label(own->unbound_by, "this goes on without giving it one")
        .help("end the handler with `use …`, `fail …` or `return …`");
    return;
  }
  used.type = program_.tables.slots[step->slot].type;
}

}  // namespace saga::dsl
