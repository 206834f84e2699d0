#include "dsl/lower/expressions.hpp"

#include <algorithm>
#include <utility>

#include "dsl/check/literals.hpp"
#include "dsl/check/suggest.hpp"

namespace saga::dsl {

using core::kNone;
using core::Operator;
using core::TypeId;
using core::TypeKind;
using Id = ExpressionLowering::Id;

namespace {

const std::map<std::string, Operator>& binary_operators() {
  static const std::map<std::string, Operator> operators = {
      {"+", Operator::kAdd},       {"-", Operator::kSubtract},      {"*", Operator::kMultiply},
      {"/", Operator::kDivide},    {"%", Operator::kRemainder},     {"==", Operator::kEqual},
      {"!=", Operator::kNotEqual}, {"<", Operator::kLess},          {"<=", Operator::kLessEqual},
      {">", Operator::kGreater},   {">=", Operator::kGreaterEqual}, {"in", Operator::kIn},
      {"&&", Operator::kAnd},      {"||", Operator::kOr},           {"??", Operator::kCoalesce}};
  return operators;
}

}  // namespace

ExpressionLowering::ExpressionLowering(Module& module, Scopes& scopes, NonNull& non_null,
                                       Surroundings& surroundings)
    : module_(module),
      program_(module.program()),
      types_(module.types()),
      report_(module.report()),
      scopes_(scopes),
      non_null_(non_null),
      surroundings_(surroundings),
      build_(program_, types_, report_),
      builtins_(types_, build_, report_) {}

Id ExpressionLowering::lower(const ExpressionView& expression, TypeId wanted) {
  return narrowed(lower_kind(expression, types_.without_null(wanted)));
}

Id ExpressionLowering::lower_as(const ExpressionView& expression, TypeId wanted,
                                const std::string& what) {
  return build_.convert(lower(expression, wanted), wanted, what);
}

Id ExpressionLowering::lower_condition(const ExpressionView& expression) {
  return build_.condition(lower(expression, types_.basic(TypeKind::kBool)));
}

// A `T?` that was compared with null is a `T` here; the row is made anew, for it may be shared.
Id ExpressionLowering::narrowed(Id id) {
  if (!types_.is(build_.type_of(id), TypeKind::kOptional) || !non_null_.knows(id)) return id;
  if (types_.is_null(build_.type_of(id))) return id;
  core::Expression copy = build_.row(id);
  copy.type = types_.without_null(copy.type);
  program_.tables.expressions.push_back(std::move(copy));
  return static_cast<Id>(program_.tables.expressions.size() - 1);
}

Id ExpressionLowering::name(const std::string& name, const core::Span& span) {
  if (Binding* bound = scopes_.find(name)) return binding(*bound, span);
  return declared_as_value(name, span);
}

Id ExpressionLowering::binding(Binding& bound, const core::Span& span) {
  bound.is_used = true;
  if (bound.kind == Binding::Kind::kArgument) return bound.value;
  if (!bound.has_value) {
    report_.error("E0110", span, "the step `" + bound.name + "` has no result to read")
        .label(bound.span, "its operation declares none");
    return build_.unknown(span);
  }
  if (bound.unbound_by.end != 0) {
    report_.error("E0204", span, "`" + bound.name + "` has no value on every path that leads here")
        .label(bound.unbound_by, "this goes on without giving it one")
        .help("end that block with `use …`, `fail …` or `return`");
    return build_.unknown(span);
  }
  return build_.slot(bound.slot, bound.type, span);
}

Id ExpressionLowering::declared_as_value(const std::string& name, const core::Span& span) {
  const Declared* declared = module_.find(name);
  if (declared == nullptr) return unknown_name(name, span);
  if (declared->kind == Declared::Kind::kSecret) {
    report_.error("E0108", span, "`" + name + "` is a secret, and no value")
        .label(declared->span, "only a service's `auth` may name it");
  } else {
    report_.error("E0110", span, "`" + name + "` is " + describe(declared->kind) + ", and no value")
        .label(declared->span, "declared here");
  }
  return build_.unknown(span);
}

Id ExpressionLowering::unknown_name(const std::string& name, const core::Span& span) {
  const auto elsewhere = surroundings_.bound_elsewhere.find(name);
  const bool is_bound = elsewhere != surroundings_.bound_elsewhere.end();
  if (is_bound) surroundings_.missed.insert(name);
  if (is_bound && surroundings_.part == Surroundings::Part::kCompensation) {
    report_
        .error("E0308", span,
               "this compensation needs `" + name + "`, which isn't bound before its step")
        .label(elsewhere->second, "bound here")
        .help("use what is known before the step, or bind it above the step");
  } else if (is_bound && surroundings_.part == Surroundings::Part::kEnding) {
    report_.error("E0312", span, "`" + name + "` may not be bound when the saga fails")
        .label(elsewhere->second, "a saga may fail before this")
        .help("`on failed` can read the saga's parameters, `started(step)` and `key_of(step)`");
  } else if (is_bound) {
    report_.error("E0101", span, "`" + name + "` isn't bound here")
        .label(elsewhere->second, "bound here, which is later or inside another block");
  } else {
    std::vector<std::string> known = scopes_.names();
    for (std::string& each : module_.names()) known.push_back(std::move(each));
    Finding finding = report_.error("E0101", span, "nothing is called `" + name + "` here");
    const std::string nearest = nearest_name(name, known);
    if (!nearest.empty()) finding.help("did you mean `" + nearest + "`?");
  }
  return build_.unknown(span);
}

core::Span ExpressionLowering::at(const ExpressionView& expression) const {
  return module_.at(expression.span());
}

Id ExpressionLowering::lower_kind(const ExpressionView& expression, TypeId wanted) {
  switch (expression.kind()) {
    case ExpressionKind::kMissing: return build_.unknown(at(expression));
    case ExpressionKind::kNumber: return number(expression);
    case ExpressionKind::kText: return string(expression);
    case ExpressionKind::kTrue:
    case ExpressionKind::kFalse: {
      const bool value = expression.kind() == ExpressionKind::kTrue;
      return build_.literal(base::Value(value), types_.basic(TypeKind::kBool), at(expression));
    }
    case ExpressionKind::kNull: return build_.null(at(expression));
    case ExpressionKind::kName: return name(expression.name().text(), at(expression));
    case ExpressionKind::kCase: return shorthand_case(expression, wanted);
    case ExpressionKind::kList: return list(expression, wanted);
    case ExpressionKind::kMap: return map(expression, wanted);
    case ExpressionKind::kConditional: return conditional(expression, wanted);
    case ExpressionKind::kCall: return call(expression);
    case ExpressionKind::kField: return field(expression);
    case ExpressionKind::kIndex: return index(expression);
    case ExpressionKind::kUnary: return unary(expression, wanted);
    case ExpressionKind::kBinary: return binary(expression, wanted);
    case ExpressionKind::kLambda: return stray_lambda(expression);
    case ExpressionKind::kMatch: return unavailable(expression, "match");
  }
  return build_.unknown(at(expression));
}

Id ExpressionLowering::unavailable(const ExpressionView& expression, const std::string& word) {
  report_unavailable(report_, word, at(expression));
  return build_.unknown(at(expression));
}

Id ExpressionLowering::stray_lambda(const ExpressionView& expression) {
  report_.error("E0113", at(expression),
                "a lambda stands only as an argument of a built-in, as in `xs.map(x => …)`");
  return build_.unknown(at(expression));
}

Id ExpressionLowering::number(const ExpressionView& expression) {
  const auto literal = parse_number(expression.text());
  if (!literal) {
    report_.error("E0114", at(expression), literal.error().message);
    return build_.unknown(at(expression));
  }
  switch (literal->kind) {
    case NumberLiteral::Kind::kInt:
      return build_.literal(base::Value(literal->integer), types_.basic(TypeKind::kInt),
                            at(expression));
    case NumberLiteral::Kind::kDecimal:
      return build_.literal(base::Value(literal->decimal), types_.basic(TypeKind::kDecimal),
                            at(expression));
    case NumberLiteral::Kind::kDuration:
      return build_.literal(base::Value(literal->duration), types_.basic(TypeKind::kDuration),
                            at(expression));
  }
  return build_.unknown(at(expression));
}

Id ExpressionLowering::string(const ExpressionView& expression) {
  ExpressionBuilder::Ids parts;
  bool has_values = false;
  bool is_faulty = false;
  for (const TextPart& part : expression.parts()) {
    if (part.value) {
      parts.push_back(lower(*part.value));
      has_values = true;
      is_faulty = is_faulty || build_.is_unknown(parts.back());
    } else {
      parts.push_back(build_.text(part.text, at(expression)));
    }
  }
  if (is_faulty) return build_.unknown(at(expression));
  if (!has_values) {
    return parts.empty() ? build_.text("", at(expression)) : parts.front();
  }
  return build_.make(Operator::kInterpolation, types_.basic(TypeKind::kString), std::move(parts),
                     at(expression));
}

Id ExpressionLowering::enum_case(TypeId type, const std::string& name, const core::Span& span) {
  const std::vector<std::string> cases = types_.row(type).cases;
  if (std::ranges::find(cases, name) == cases.end()) {
    Finding finding =
        report_.error("E0104", span, "`" + types_.describe(type) + "` has no case `" + name + "`");
    const std::string nearest = nearest_name(name, cases);
    if (!nearest.empty()) finding.help("did you mean `" + nearest + "`?");
    return build_.unknown(span);
  }
  const Id made = build_.make(Operator::kEnumCase, type, {}, span);
  build_.row(made).name = name;
  return made;
}

Id ExpressionLowering::shorthand_case(const ExpressionView& expression, TypeId wanted) {
  if (types_.is(wanted, TypeKind::kEnum)) {
    return enum_case(wanted, expression.name().text(), at(expression));
  }
  report_
      .error("E0103", at(expression),
             "`." + expression.name().text() + "` needs a place that wants an enum")
      .help("write it with its type: `Type." + expression.name().text() + "`");
  return build_.unknown(at(expression));
}

Id ExpressionLowering::list(const ExpressionView& expression, TypeId wanted) {
  const TypeId element =
      types_.is(wanted, TypeKind::kList) ? types_.row(wanted).element : kUnknownType;
  ExpressionBuilder::Ids items;
  bool is_faulty = false;
  for (const ExpressionView& item : expression.items()) {
    items.push_back(element == kUnknownType ? lower(item) : lower_as(item, element, "this list"));
    is_faulty = is_faulty || build_.is_unknown(items.back());
  }
  if (is_faulty) return build_.unknown(at(expression));
  return build_.list(std::move(items), at(expression));
}

Id ExpressionLowering::map(const ExpressionView& expression, TypeId wanted) {
  const bool is_wanted = types_.is(wanted, TypeKind::kMap);
  const TypeId sides[] = {is_wanted ? types_.row(wanted).key : kUnknownType,
                          is_wanted ? types_.row(wanted).element : kUnknownType};
  ExpressionBuilder::Ids pairs;
  bool is_faulty = false;
  for (const ExpressionView& item : expression.items()) {
    const TypeId side = sides[pairs.size() % 2];
    pairs.push_back(side == kUnknownType ? lower(item) : lower_as(item, side, "this map"));
    is_faulty = is_faulty || build_.is_unknown(pairs.back());
  }
  if (is_faulty) return build_.unknown(at(expression));
  return build_.map(std::move(pairs), at(expression));
}

Id ExpressionLowering::conditional(const ExpressionView& expression, TypeId wanted) {
  const Id condition = lower_condition(expression.condition());
  const NonNull::Facts before = non_null_.facts();
  non_null_.learn(condition, true);
  const Id yes = lower(expression.then_value(), wanted);
  non_null_.restore(before);
  non_null_.learn(condition, false);
  const Id no = lower(expression.else_value(), wanted);
  non_null_.restore(before);
  if (build_.is_unknown(yes) || build_.is_unknown(no)) return build_.unknown(at(expression));
  return build_.conditional(condition, yes, no, at(expression));
}

Id ExpressionLowering::unary(const ExpressionView& expression, TypeId wanted) {
  if (expression.symbol() == "!") return build_.invert(lower(expression.operand()), at(expression));
  return build_.negate(lower(expression.operand(), wanted), at(expression));
}

Id ExpressionLowering::binary(const ExpressionView& expression, TypeId wanted) {
  const std::string symbol = expression.symbol();
  const auto found = binary_operators().find(symbol);
  if (found == binary_operators().end()) return build_.unknown(at(expression));
  const Operator op = found->second;
  const bool is_comparison = op == Operator::kEqual || op == Operator::kNotEqual;
  const bool passes_wish = op == Operator::kCoalesce;
  // `.case` on one side of `==` takes its enum from the other.
  const bool case_first = is_comparison && expression.left().kind() == ExpressionKind::kCase;
  const NonNull::Facts before = non_null_.facts();
  Id left = kNone, right = kNone;
  if (case_first) {
    right = lower(expression.right());
    left = lower(expression.left(), build_.type_of(right));
  } else {
    left = lower(expression.left(), passes_wish ? wanted : kUnknownType);
    if (op == Operator::kAnd || op == Operator::kOr) non_null_.learn(left, op == Operator::kAnd);
    right = lower(expression.right(),
                  is_comparison || passes_wish ? build_.type_of(left) : kUnknownType);
  }
  non_null_.restore(before);
  return build_.binary(op, symbol, left, right, at(expression));
}

Id ExpressionLowering::index(const ExpressionView& expression) {
  const Id whole = lower(expression.object());
  const Id place = lower(expression.index());
  return build_.index(whole, place, at(expression));
}

Id ExpressionLowering::field(const ExpressionView& expression) {
  const ExpressionView object = expression.object();
  const NameView member = expression.name();
  if (object.kind() == ExpressionKind::kName && scopes_.find(object.name().text()) == nullptr) {
    const Declared* declared = module_.find(object.name().text());
    if (declared != nullptr && declared->kind == Declared::Kind::kEnum) {
      return enum_case(module_.declared_type(*declared), member.text(), at(expression));
    }
    if (declared != nullptr && declared->kind == Declared::Kind::kService) {
      report_.error("E0110", at(expression), "an operation is no value: only a `step` calls it");
      return build_.unknown(at(expression));
    }
  }
  const Id whole = lower(object);
  if (build_.is_unknown(whole)) return build_.unknown(at(expression));
  const TypeId receiver = build_.type_of(whole);
  const bool is_field = types_.field(types_.without_null(receiver), member.text()) != nullptr;
  if (!is_field && builtins_.has_property(member.text(), receiver)) {
    BuiltinArgument argument;
    argument.value = whole;
    return builtins_.call(member.text(), {argument}, true, module_.at(member.span()),
                          at(expression));
  }
  return build_.field(whole, member.text(), expression.is_optional(), module_.at(member.span()),
                      at(expression));
}

}  // namespace saga::dsl
