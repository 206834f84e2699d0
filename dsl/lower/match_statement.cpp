#include "dsl/check/control.hpp"
#include "dsl/lower/saga.hpp"
#include "engine/base/limits.hpp"

namespace saga::dsl {

using core::ExpressionId;
using core::kNone;
using core::NodeId;
using core::TypeId;
using core::TypeKind;

// A match becomes a chain of ifs, each in the `else` of the one before; what it matches is bound
// before it, unless it is bound already. The last arm of a complete one needs no condition.
void SagaLowering::match(const StatementView& statement, std::vector<NodeId>& into) {
  const core::Span span = at(statement.span());
  const ExpressionId subject = match_subject(statement, into);
  const std::vector<MatchArmView> views = statement.arms();
  const std::size_t outer_depth = else_depth_;
  const NonNull::Mark before = non_null_.mark();
  Taken taken(types_, expressions_.build().type_of(subject));
  std::vector<StatementArm> arms;
  std::vector<ExpressionId> refuted;  // where the match goes on, these came out as false
  bool is_plain = true;               // no arm so far asks a condition of its own
  const std::size_t errors = report_.error_count();
  for (const MatchArmView& view : views) {
    if (else_depth_ == base::limits::kMaxSourceNesting) {
      report_.error("E0114", at(view.span()), "up to here, too many arms stand one behind another")
          .help("choose a value by `match` first, or call a saga for some of the cases");
      break;
    }
    arms.push_back(match_arm(view, subject, taken));
    ++else_depth_;
    is_plain = is_plain && !view.guard();
    const StatementArm& arm = arms.back();
    if (is_plain && arm.condition != kNone && !completes(program_.tables, arm.block))
      refuted.push_back(arm.condition);
  }
  else_depth_ = outer_depth;
  non_null_.restore(before);
  for (const ExpressionId condition : refuted) non_null_.learn(condition, false);
  const bool is_known = !expressions_.build().is_unknown(subject);
  if (is_known && report_.error_count() == errors) expressions_.covers_all(taken, subject);
  NodeId rest = kNone;
  for (std::size_t i = arms.size(); i-- > 0;) {
    const bool is_last = i + 1 == arms.size();
    if (is_last || arms[i].condition == kNone) {
      rest = arms[i].block;
      continue;
    }
    const NodeId choice =
        add(i == 0 ? span : arms[i].span, core::IfNode{arms[i].condition, arms[i].block, rest});
    rest = i == 0 ? choice : add(arms[i].span, core::BlockNode{{choice}});
  }
  if (rest != kNone) into.push_back(rest);
}

ExpressionId SagaLowering::match_subject(const StatementView& statement,
                                         std::vector<NodeId>& into) {
  ExpressionBuilder& build = expressions_.build();
  const ExpressionId given = expressions_.lower(statement.value().value_or(ExpressionView()));
  if (!expressions_.is_bound_first(given)) return given;
  const TypeId type = build.type_of(given);
  const core::SlotId slot = module_.new_slot("match", type);
  into.push_back(add(build.span_of(given), core::LetNode{slot, given}, "match"));
  const ExpressionId subject = build.slot(slot, type, build.span_of(given));
  build.set_currency(subject, build.currency_of(given));
  return subject;
}

SagaLowering::StatementArm SagaLowering::match_arm(const MatchArmView& arm, ExpressionId subject,
                                                   Taken& taken) {
  const auto guard = arm.guard();
  ExpressionLowering::Arm pattern =
      expressions_.match_pattern(arm.pattern(), subject, taken, guard.has_value());
  StatementArm made;
  made.span = at(arm.span());
  made.condition = pattern.condition;
  const NonNull::Mark before = non_null_.mark();
  if (made.condition != kNone) non_null_.learn(made.condition, true);
  expressions_.open_arm(pattern);
  if (guard) {
    made.condition = guarded(*guard, made.condition);
    non_null_.learn(made.condition, true);
  }
  made.block = arm_block(arm);
  expressions_.close_arm();
  non_null_.restore(before);
  if (made.condition != kNone) non_null_.learn(made.condition, false);
  // Whether it is taken isn't known: the arms behind it may be.
  if (pattern.is_faulty && made.condition == kNone)
    made.condition = expressions_.build().unknown(made.span);
  return made;
}

ExpressionId SagaLowering::guarded(const ExpressionView& guard, ExpressionId condition) {
  ExpressionBuilder& build = expressions_.build();
  const ExpressionId asked = expressions_.lower_condition(guard);
  if (condition == kNone || build.is_unknown(asked)) return asked;
  return build.make(core::Operator::kAnd, types_.basic(TypeKind::kBool), {condition, asked},
                    at(guard.span()));
}

NodeId SagaLowering::arm_block(const MatchArmView& arm) {
  if (const auto block = arm.block()) return this->block(*block);
  core::BlockNode single;
  scopes_.open();
  open_steps();
  statement(arm.statement(), single.statements);
  close_steps();
  close_block();
  return add(at(arm.statement().span()), std::move(single));
}

}  // namespace saga::dsl
