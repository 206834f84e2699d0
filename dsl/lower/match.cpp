#include <algorithm>
#include <utility>

#include "dsl/check/constants.hpp"
#include "dsl/lower/expressions.hpp"

namespace saga::dsl {

using core::kNone;
using core::Operator;
using core::TypeId;
using core::TypeKind;
using Id = ExpressionLowering::Id;

namespace {

constexpr std::size_t kMaxNamedCases = 5;  // in one message

}  // namespace

// A binding and its fields are read as often as asked, and a constant is always the same.
bool ExpressionLowering::is_bound_first(Id subject) const {
  if (build_.is_unknown(subject) || is_constant(program_, subject)) return false;
  const core::Expression* at = &program_.tables.expressions[subject];
  while (at->op == Operator::kField || at->op == Operator::kOptionalField)
    at = &program_.tables.expressions[at->arguments[0]];
  return at->op != Operator::kSlot;
}

// A match becomes a chain of conditionals; the last arm of a complete one needs no condition.
Id ExpressionLowering::match(const ExpressionView& expression, TypeId wanted) {
  const Id given = lower(expression.subject());
  Id subject = given;
  core::SlotId slot = kNone;
  if (is_bound_first(given)) {
    const TypeId type = build_.type_of(given);
    slot = module_.new_slot("match", type);
    subject = build_.slot(slot, type, build_.span_of(given));
    build_.set_currency(subject, build_.currency_of(given));
  }
  const NonNull::Mark before = non_null_.mark();
  Taken taken(types_, build_.type_of(subject));
  std::vector<Arm> made;
  bool is_faulty = false;
  for (const MatchValueView& arm : expression.arms()) {
    Arm next = match_pattern(arm.pattern(), subject, taken, false);
    const NonNull::Mark inside = non_null_.mark();
    if (next.condition != kNone) non_null_.learn(next.condition, true);
    open_arm(next);
    next.value = lower(arm.value(), wanted);
    close_arm();
    non_null_.restore(inside);
    if (next.condition != kNone) non_null_.learn(next.condition, false);
    is_faulty = is_faulty || next.is_faulty || build_.is_unknown(next.value);
    made.push_back(std::move(next));
  }
  non_null_.restore(before);
  if (is_faulty || !covers_all(taken, subject) || !fit_together(made))
    return build_.unknown(at(expression));
  Id whole = chain(made, at(expression));
  if (slot == kNone || build_.is_unknown(whole)) return whole;
  whole = build_.make(Operator::kLet, build_.type_of(whole), {given, whole}, at(expression));
  build_.row(whole).slot = slot;
  return whole;
}

Id ExpressionLowering::chain(const std::vector<Arm>& arms, const core::Span& span) {
  Id whole = arms.back().value;
  for (std::size_t i = arms.size() - 1; i-- > 0 && !build_.is_unknown(whole);)
    whole = build_.conditional(arms[i].condition, arms[i].value, whole, span);
  return whole;
}

void ExpressionLowering::open_arm(const Arm& arm) {
  scopes_.open();
  for (const Binding& each : arm.bindings) scopes_.bind(each);
}

void ExpressionLowering::close_arm() {
  for (const Binding& each : scopes_.close()) {
    const bool may_be_meant =
        surroundings_.missed.contains(each.name) || module_.is_mentioned(each.name);
    if (each.is_used || each.name.starts_with('_') || may_be_meant) continue;
    report_.warning("E0203", each.span, "`" + each.name + "` is never read")
        .help("write `_` in its place");
  }
}

ExpressionLowering::Arm ExpressionLowering::match_pattern(const PatternView& pattern, Id subject,
                                                          Taken& taken, bool is_guarded) {
  const core::Span span = module_.at(pattern.span());
  const bool is_rest = !pattern.literal() && !pattern.is_shorthand() &&
                       pattern.name().text() == "_" && pattern.bindings().empty();
  Arm arm;
  std::string written = "_";
  arm.is_faulty = build_.is_unknown(subject) || (!is_rest && !asks(pattern, subject, arm, written));
  if (arm.is_faulty) {
    arm.condition = kNone;
    bind_unknown(pattern, arm);
    return arm;
  }
  const auto earlier = is_guarded ? taken.taken_by(written) : taken.take(written, span);
  if (!earlier) return arm;
  report_.error("E0201", span, "this arm is never taken")
      .label(*earlier, "what it is for is taken by here")
      .help("remove it, or move it up");
  arm.is_faulty = true;
  return arm;
}

// The condition of a pattern other than `_`, and how it is written; false if it is reported as
// wrong.
bool ExpressionLowering::asks(const PatternView& pattern, Id subject, Arm& arm,
                              std::string& written) {
  const core::Span span = module_.at(pattern.span());
  const TypeId type = build_.type_of(subject);
  const TypeId plain = types_.without_null(type);
  const bool has_cases = types_.is(plain, TypeKind::kUnion) || types_.is(plain, TypeKind::kError) ||
                         types_.is(plain, TypeKind::kAnyError);
  if (has_cases && !pattern.literal()) return asks_case(pattern, subject, arm, written);
  const Id value = pattern_value(pattern, plain, span);
  if (build_.is_unknown(value)) return false;
  if (types_.is_null(build_.type_of(value)) && !types_.is(type, TypeKind::kOptional)) {
    report_.error("E0201", span, "this arm is never taken")
        .label(build_.span_of(subject), "`" + types_.describe(type) + "` is never null")
        .help("remove it");
    return false;
  }
  arm.condition = build_.binary(Operator::kEqual, "match", subject, value, span);
  if (build_.is_unknown(arm.condition)) return false;
  const bool is_case = build_.row(value).op == Operator::kEnumCase;
  const auto constant =
      is_case ? base::Result<base::Value>(base::Value()) : constant_value(program_, value);
  if (!constant) return false;  // reported where it is made
  written = is_case ? "." + build_.row(value).name : base::to_json(*constant);
  return true;
}

Id ExpressionLowering::pattern_value(const PatternView& pattern, TypeId type,
                                     const core::Span& span) {
  if (const auto literal = pattern.literal()) {
    const Id value = lower(*literal, type);
    if (build_.is_unknown(value) || is_constant(program_, value)) return value;
    report_.error("E0115", span, "a pattern is a constant, and this reads a value")
        .help("compare by `if … then … else …`");
    return build_.unknown(span);
  }
  const std::string written = pattern.name().text();
  const core::Span name = module_.at(pattern.name().span());
  const std::size_t dot = written.rfind('.');
  if (!pattern.is_shorthand() && dot == std::string::npos) return bare_pattern(written, type, span);
  if (!pattern.bindings().empty()) {
    report_.error("E0103", span, "`" + types_.describe(type) + "` holds nothing that can be bound")
        .help("leave out the names in parentheses");
    return build_.unknown(span);
  }
  if (!pattern.is_shorthand()) return qualified_pattern(written, name, span);
  if (types_.is(type, TypeKind::kEnum)) return enum_case(type, written, name, span);
  report_.error(
      "E0103", span,
      "`." + written + "` is a case of an enum, and this matches `" + types_.describe(type) + "`");
  return build_.unknown(span);
}

bool ExpressionLowering::covers_all(const Taken& taken, Id subject) {
  if (taken.is_complete()) return true;
  const std::vector<std::string> left_out = taken.left_out();
  std::string names;
  for (std::size_t i = 0; i < std::min(left_out.size(), kMaxNamedCases); ++i)
    names += (i == 0 ? "`" : ", `") + left_out[i] + "`";
  if (left_out.size() > kMaxNamedCases)
    names += " and " + std::to_string(left_out.size() - kMaxNamedCases) + " more";
  Finding finding = report_.error("E0109", build_.span_of(subject),
                                  names.empty() ? "this `match` has no arm for all other values"
                                                : "this `match` has no arm for " + names);
  finding.help(names.empty() ? "add `_ => …` as the last arm"
                             : "add what is missing, or `_ => …` as the last arm");
  return false;
}

bool ExpressionLowering::fit_together(const std::vector<Arm>& arms) {
  TypeId common = build_.type_of(arms.front().value);
  for (const Arm& arm : arms) {
    const TypeId type = build_.type_of(arm.value);
    const bool are_numbers =
        (types_.is(common, TypeKind::kInt) && types_.is(type, TypeKind::kDecimal)) ||
        (types_.is(common, TypeKind::kDecimal) && types_.is(type, TypeKind::kInt));
    const auto joined = are_numbers ? types_.basic(TypeKind::kDecimal) : types_.join(common, type);
    if (!joined) {
      report_
          .error("E0103", build_.span_of(arm.value),
                 "this arm gives `" + types_.describe(type) + "`, and those before it `" +
                     types_.describe(common) + "`")
          .label(build_.span_of(arms.front().value), "`" + types_.describe(common) + "`");
      return false;
    }
    common = *joined;
  }
  return true;
}

}  // namespace saga::dsl
