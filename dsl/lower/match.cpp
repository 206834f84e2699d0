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

// What the arms of a match have taken so far, each value as it is written in a pattern.
class ExpressionLowering::Taken {
 public:
  Taken(const TypeTable& types, TypeId subject) {
    const core::Type& plain = types.row(types.without_null(subject));
    is_countable_ = plain.kind == TypeKind::kEnum || plain.kind == TypeKind::kBool;
    if (plain.kind == TypeKind::kBool) all_ = {"true", "false"};
    if (plain.kind == TypeKind::kEnum) {
      for (const std::string& each : plain.cases) all_.push_back("." + each);
    }
    if (types.is(subject, TypeKind::kOptional)) all_.emplace_back("null");
  }

  // The place that took it before, if there is one.
  std::optional<core::Span> take(const std::string& value, const core::Span& span) {
    if (by_all_) return by_all_;
    if (value == "_") {
      if (is_complete()) return last_;
      by_all_ = span;
      return std::nullopt;
    }
    const auto [place, is_new] = taken_.try_emplace(value, span);
    if (!is_new) return place->second;
    last_ = span;
    return std::nullopt;
  }

  [[nodiscard]] bool is_complete() const {
    return by_all_ || (is_countable_ && left_out().empty());
  }

  // Those of a type that has few values.
  [[nodiscard]] std::vector<std::string> left_out() const {
    std::vector<std::string> found;
    for (const std::string& each : all_) {
      if (is_countable_ && !taken_.contains(each)) found.push_back(each);
    }
    return found;
  }

 private:
  bool is_countable_ = false;  // `all_` are all values there are
  std::vector<std::string> all_;
  std::map<std::string, core::Span> taken_;
  std::optional<core::Span> by_all_;  // `_`
  core::Span last_;
};

// One that compares the subject again and again must find the same one.
bool ExpressionLowering::is_matchable(Id subject) {
  if (build_.is_unknown(subject)) return false;
  if (!build_.draws(subject)) return true;
  report_
      .error("E0113", build_.span_of(subject),
             "`match` compares this with each arm, and it is drawn anew each time")
      .help("bind it first: `let drawn = …`, then `match drawn { … }`");
  return false;
}

// A match becomes a chain of conditionals; the last arm of a complete one needs no condition.
Id ExpressionLowering::match(const ExpressionView& expression, TypeId wanted) {
  const Id subject = lower(expression.subject());
  const std::vector<MatchValueView> arms = expression.arms();
  if (!is_matchable(subject)) {
    for (const MatchValueView& arm : arms) arm_value(arm, wanted);
    return build_.unknown(at(expression));
  }
  const NonNull::Mark before = non_null_.mark();
  Taken taken(types_, build_.type_of(subject));
  std::vector<Arm> made;
  bool is_faulty = false;
  for (const MatchValueView& arm : arms) {
    Arm next = match_pattern(arm.pattern(), subject, taken);
    next.value = arm_value(arm, wanted);
    if (next.condition != kNone) non_null_.learn(next.condition, false);
    is_faulty = is_faulty || next.is_faulty || build_.is_unknown(next.value);
    made.push_back(next);
  }
  non_null_.restore(before);
  if (is_faulty || !covers_all(taken, subject) || !fit_together(made))
    return build_.unknown(at(expression));
  Id whole = made.back().value;
  for (std::size_t i = made.size() - 1; i-- > 0;) {
    whole = build_.conditional(made[i].condition, made[i].value, whole, at(expression));
    if (build_.is_unknown(whole)) break;
  }
  return whole;
}

// The names that a pattern binds stand for what is reported already, as unavailable or as wrong.
Id ExpressionLowering::arm_value(const MatchValueView& arm, TypeId wanted) {
  scopes_.open();
  for (const NameView& name : arm.pattern().bindings()) {
    Binding bound;
    bound.kind = Binding::Kind::kLambda;
    bound.name = name.text();
    bound.span = module_.at(name.span());
    bound.type = kUnknownType;
    bound.slot = module_.new_slot(bound.name, kUnknownType);
    bound.is_used = true;
    scopes_.bind(std::move(bound));
  }
  const Id value = lower(arm.value(), wanted);
  scopes_.close();
  return value;
}

ExpressionLowering::Arm ExpressionLowering::match_pattern(const PatternView& pattern, Id subject,
                                                          Taken& taken) {
  const core::Span span = module_.at(pattern.span());
  const bool is_rest = !pattern.literal() && !pattern.is_shorthand() &&
                       pattern.name().text() == "_" && pattern.bindings().empty();
  Arm arm;
  std::string written = "_";
  if (!is_rest) {
    const TypeId type = build_.type_of(subject);
    const Id value = pattern_value(pattern, types_.without_null(type), span);
    arm.is_faulty = build_.is_unknown(value);
    if (types_.is_null(build_.type_of(value)) && !types_.is(type, TypeKind::kOptional)) {
      report_.error("E0201", span, "this arm is never taken")
          .label(build_.span_of(subject), "`" + types_.describe(type) + "` is never null")
          .help("remove it");
      arm.is_faulty = true;
    }
    if (arm.is_faulty) return arm;
    arm.condition = build_.binary(Operator::kEqual, "match", subject, value, span);
    arm.is_faulty = build_.is_unknown(arm.condition);
    if (arm.is_faulty) return {kNone, kNone, true};
    const bool is_case = build_.row(value).op == Operator::kEnumCase;
    const auto constant =
        is_case ? base::Result<base::Value>(base::Value()) : constant_value(program_, value);
    if (!constant) return {kNone, kNone, true};  // reported where it is made
    written = is_case ? "." + build_.row(value).name : base::to_json(*constant);
  }
  if (const auto earlier = taken.take(written, span)) {
    report_.error("E0201", span, "this arm is never taken")
        .label(*earlier, "what it is for is taken by here")
        .help("remove it, or move it up");
    arm.is_faulty = true;
  }
  return arm;
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

// `Way.van`
Id ExpressionLowering::qualified_pattern(const std::string& written, const core::Span& name,
                                         const core::Span& span) {
  const std::size_t dot = written.rfind('.');
  core::Span whose = name;
  core::Span which = name;
  if (name.end - name.begin == written.size()) {  // no blanks around the dot
    whose.end = name.begin + static_cast<std::uint32_t>(dot);
    which.begin = whose.end + 1;
  }
  const Declared* declared = module_.find(written.substr(0, dot));
  if (declared == nullptr) return unknown_name(written.substr(0, dot), whose);
  if (declared->kind != Declared::Kind::kEnum) {
    module_.report_misused(*declared, whose, "no enum");
    return build_.unknown(span);
  }
  return enum_case(module_.declared_type(*declared), written.substr(dot + 1), which, span);
}

Id ExpressionLowering::bare_pattern(const std::string& name, TypeId type, const core::Span& span) {
  Finding finding = report_.error("E0103", span, "`" + name + "` alone is no pattern");
  if (types_.is(type, TypeKind::kEnum) && types_.has_case(type, name)) {
    finding.help("write `." + name + "`");
  } else {
    finding.help("a pattern is a constant, a case as in `.name`, or `_`, which takes all the rest");
  }
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
