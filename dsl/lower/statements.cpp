#include <algorithm>
#include <utility>

#include "dsl/check/constants.hpp"
#include "dsl/check/control.hpp"
#include "dsl/lower/saga.hpp"
#include "engine/base/limits.hpp"

namespace saga::dsl {

using core::kNone;
using core::NodeId;
using core::TypeId;
using core::TypeKind;

namespace {

ExpressionView value_of(const StatementView& statement) {
  return statement.value().value_or(ExpressionView());
}

bool is_empty_type(const TypeTable& types, TypeId type) {
  return types.is(types.row(type).element, TypeKind::kNothing);
}

}  // namespace

NodeId SagaLowering::block(const BlockView& block, std::vector<Binding>* kept) {
  const NonNull::Mark before = non_null_.mark();
  core::BlockNode made;
  scopes_.open();
  open_steps();
  for (const StatementView& each : block.statements()) {
    statement(each, made.statements);
  }
  close_steps();
  if (kept != nullptr) {
    *kept = scopes_.close();
  } else {
    close_block();
  }
  non_null_.restore(before);
  return add(at(block.span()), std::move(made));
}

// A statement may take several nodes.
void SagaLowering::statement(const StatementView& statement, std::vector<NodeId>& into) {
  if (statement.kind() == StatementKind::kMatch && !program_.is_full) return match(statement, into);
  if (const auto node = this->statement(statement)) into.push_back(*node);
}

std::optional<NodeId> SagaLowering::statement(const StatementView& statement) {
  if (program_.is_full) return std::nullopt;
  switch (statement.kind()) {
    case StatementKind::kLet:
      if (statement.construct().exists()) return let_construct(statement);
      return let(statement);
    case StatementKind::kStep: return step(statement);
    case StatementKind::kScope: return scope(statement);
    case StatementKind::kParallel: return parallel(statement, nullptr);
    case StatementKind::kBranch:
      report_.error("E0113", at(statement.span()), "a `branch` stands in a `parallel`")
          .help("a group of steps that are compensated together is a `scope`");
      return branch(statement, nullptr);
    case StatementKind::kIf: return choice(statement);
    case StatementKind::kFor: return loop(statement, nullptr);
    case StatementKind::kRepeat: return repeat(statement, nullptr);
    case StatementKind::kRequire: return require(statement);
    case StatementKind::kFail: return fail_with(value_of(statement), at(statement.span()));
    case StatementKind::kReturn: return return_value(statement.value(), at(statement.span()));
    case StatementKind::kUse: return use_value(value_of(statement), at(statement.span()));
    case StatementKind::kSleep: return sleep(statement);
    case StatementKind::kNote: return note(statement);
    case StatementKind::kAlert: return alert(statement);
    case StatementKind::kEscalate: return escalate(statement);
    case StatementKind::kReply: return reply(value_of(statement), at(statement.span()));
    case StatementKind::kRollback: return rollback(statement);
    default: break;
  }
  // Not in this version: reported for the whole file, and what it binds goes with everything.
  bind_unknown(statement.name());
  return std::nullopt;
}

void SagaLowering::bind_unknown(const NameView& name) {
  if (!name.exists() || scopes_.find(name.text()) != nullptr) return;
  Binding bound;
  bound.name = name.text();
  bound.span = at(name.span());
  bound.is_used = true;
  scopes_.bind(std::move(bound));
}

NodeId SagaLowering::let(const StatementView& statement) {
  const std::string name = statement.name().text();
  const ExpressionView value = value_of(statement);
  TypeId wanted = kUnknownType;
  if (const auto type = statement.type()) wanted = module_.type(*type);
  core::LetNode made;
  made.value = wanted == kUnknownType ? expressions_.lower(value)
                                      : expressions_.lower_as(value, wanted, "`" + name + "`");
  TypeId type = wanted == kUnknownType ? expressions_.build().type_of(made.value) : wanted;
  if (type != kUnknownType && is_empty_type(types_, type)) {
    report_
        .error("E0103", expressions_.build().span_of(made.value),
               "the type of `" + name + "` can't be told from this")
        .help("write it: `let " + name + ": T? = …`");
    type = kUnknownType;
  }
  Binding bound;
  bound.kind = Binding::Kind::kLet;
  bound.name = name;
  bound.span = at(statement.name().span());
  bound.type = type;
  bound.slot = made.slot = module_.new_slot(name, type);
  bound.currency = expressions_.build().currency_of(made.value);
  bind(std::move(bound));
  return add(at(statement.span()), made, name);
}

NodeId SagaLowering::scope(const StatementView& statement) {
  const NodeId id = reserve(at(statement.span()), statement.name().text(), label_of(statement));
  program_.facts[id].name = at(statement.name().span());
  core::ScopeNode made;
  std::vector<Binding> bound;
  const std::vector<ClauseView> clauses = statement.clauses();
  const bool is_whole = std::any_of(clauses.begin(), clauses.end(), [](const ClauseView& each) {
    return each.kind() == ClauseKind::kCompensate;
  });
  if (is_whole) whole_scopes_.push_back(id);
  made.block = block(statement.block(), &bound);
  if (is_whole) whole_scopes_.pop_back();
  const Escapes inside = escapes_of(program_, made.block);
  const std::string what = "nothing in `" + statement.name().text() + "` fails with";
  for (const ClauseView& clause : statement.clauses()) {
    if (clause.kind() == ClauseKind::kCompensate) scope_compensation(clause, made, bound);
    if (clause.kind() == ClauseKind::kAgain) again(clause, inside, what, made);
  }
  if (made.compensation != kNone) keep_from_rollback(id, made.block);
  outer_handlers(statement.clauses(), inside, what, std::move(bound), made.handlers, made.fallback);
  fill(id, std::move(made));
  return id;
}

// The `on` and `else` of a scope or parallel, and what they mean for the names bound inside.
void SagaLowering::outer_handlers(const std::vector<ClauseView>& clauses, const Escapes& inside,
                                  const std::string& what, std::vector<Binding> bound,
                                  std::vector<core::Handler>& handlers, NodeId& fallback) {
  Used nothing = used(types_.basic(TypeKind::kNothing));
  std::map<std::string, core::Span> handled;
  core::Span goes_on;
  for (const ClauseView& clause : clauses) {
    NodeId body = kNone;
    if (clause.kind() == ClauseKind::kOn) {
      check_handled_once(clause, handled);
      handlers.push_back(handler(clause, inside, inside.any_error, nothing, what));
      body = handlers.back().body;
    } else if (clause.kind() == ClauseKind::kElse) {
      if (fallback != kNone) report_.error("E0113", at(clause.span()), "a second `else`");
      body = fallback = this->body(clause.body(), nothing);
    } else {
      if (what == kThisParallel) {
        report_
            .error("E0113", at(clause.keyword()),
                   "`" + std::string(word_of(clause.kind())) + "` doesn't belong to a `parallel`")
            .help("write it beside a step, or put the `parallel` into a `scope`");
      }
      continue;  // a scope's own
    }
    if (goes_on.end == 0 && completes(program_.tables, body)) goes_on = at(clause.span());
  }
  for (Binding& each : bound) {
    if (goes_on.end != 0) each.unbound_by = goes_on;
    this->bind(std::move(each));
  }
}

NodeId SagaLowering::choice(const StatementView& statement) {
  core::IfNode made;
  made.condition = expressions_.lower_condition(value_of(statement));
  const NonNull::Mark before = non_null_.mark();
  non_null_.learn(made.condition, true);
  made.then_block = block(statement.block());
  non_null_.restore(before);
  non_null_.learn(made.condition, false);
  if (const StatementView other = statement.else_if(); other.exists()) {
    const NodeId inner = choice(other);
    made.else_block = add(at(other.span()), core::BlockNode{{inner}});
  } else if (const auto otherwise = statement.else_block()) {
    made.else_block = block(*otherwise);
  }
  non_null_.restore(before);
  const bool then_goes_on = completes(program_.tables, made.then_block);
  const bool else_goes_on = made.else_block == kNone || completes(program_.tables, made.else_block);
  if (!then_goes_on && else_goes_on) non_null_.learn(made.condition, false);
  if (then_goes_on && !else_goes_on) non_null_.learn(made.condition, true);
  return add(at(statement.span()), made);
}

NodeId SagaLowering::require(const StatementView& statement) {
  core::RequireNode made;
  made.condition = expressions_.lower_condition(value_of(statement));
  const NonNull::Mark before = non_null_.mark();
  non_null_.learn(made.condition, false);
  Used nothing = used(types_.basic(TypeKind::kNothing));
  made.otherwise = body(statement.else_body().value_or(BodyView()), nothing);
  non_null_.restore(before);
  if (!completes(program_.tables, made.otherwise)) non_null_.learn(made.condition, true);
  return add(at(statement.span()), made);
}

NodeId SagaLowering::fail_with(const ExpressionView& value, const core::Span& span) {
  core::FailNode made;
  made.error = expressions_.lower(value);
  const TypeId type = expressions_.build().type_of(made.error);
  if (type != kUnknownType && !types_.is(type, TypeKind::kError) &&
      !types_.is(type, TypeKind::kAnyError)) {
    report_.error("E0103", at(value.span()),
                  "`fail` needs an error, this is `" + types_.describe(type) + "`");
    made.error = expressions_.build().unknown(at(value.span()));
  }
  return add(span, made);
}

NodeId SagaLowering::return_value(const std::optional<ExpressionView>& value,
                                  const core::Span& span) {
  core::ReturnNode made;
  const bool wants_value = !types_.is(result_, TypeKind::kNothing);
  const bool is_forward = surroundings_.part == Surroundings::Part::kForward;
  if (!is_forward) {
    report_.error("E0113", span, "`return` ends the forward path; here nothing waits for a result");
  } else if (parallel_depth_ > 0) {
    report_
        .error("E0113", span, "`return` can't end the saga here: what runs beside it is still open")
        .help("bind what is found, and `return` behind the `parallel`");
  } else if (value && !wants_value) {
    report_.error("E0103", at(value->span()), "the saga declares no result")
        .help("write `return` alone, or declare it: `saga …(…) -> T`");
  } else if (!value && wants_value) {
    report_.error("E0202", span, "the saga declares a result, and this `return` gives none");
  }
  if (value)
    made.value = wants_value ? expressions_.lower_as(*value, result_, "the saga's result")
                             : expressions_.lower(*value);
  return add(span, made);
}

NodeId SagaLowering::sleep(const StatementView& statement) {
  core::SleepNode made;
  if (statement.is_until()) {
    made.until =
        expressions_.lower_as(value_of(statement), types_.basic(TypeKind::kTime), "`sleep until`");
  } else {
    made.duration = duration(value_of(statement), "`sleep`");
  }
  return add(at(statement.span()), made);
}

}  // namespace saga::dsl
