#include "dsl/lower/expressions.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "dsl/check/literals.hpp"
#include "dsl/check/suggest.hpp"
#include "engine/base/limits.hpp"

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

// The rest is for functions that are put into their callers.
constexpr std::size_t kMaxLoweringDepth = 2 * base::limits::kMaxSourceNesting;

// Those that stand without a receiver.
constexpr auto kFunctions =
    std::to_array<std::string_view>({"abs", "min", "max", "floor", "ceil", "now", "uuid", "random",
                                     "saga_id", "attempt", "key_of", "started"});

bool is_function(std::string_view name) {
  return std::ranges::find(kFunctions, name) != kFunctions.end();
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
  if (program_.is_full) return build_.unknown(at(expression));
  if (depth_ >= kMaxLoweringDepth) {
    report_.error_even_if_muted("E0114", at(expression), "this is nested too deep")
        .help("bind parts of it by `let`");
    return build_.unknown(at(expression));
  }
  ++depth_;
  const Id made = narrowed(lower_kind(expression, types_.without_null(wanted)));
  --depth_;
  return made;
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
  return build_.copy(id, types_.without_null(build_.type_of(id)));
}

Id ExpressionLowering::name(const std::string& name, const core::Span& span) {
  if (Binding* bound = scopes_.find(name)) return binding(*bound, span);
  return declared_as_value(name, span);
}

Id ExpressionLowering::binding(Binding& bound, const core::Span& span) {
  bound.is_used = true;
  if (bound.kind == Binding::Kind::kArgument) return argument(bound, span);
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
  const Id made = build_.slot(bound.slot, bound.type, span);
  build_.set_currency(made, bound.currency);
  build_.set_reads(made, bound.lambda);
  return made;
}

// An argument of a function is named where it is given, a part of a match where it is read.
Id ExpressionLowering::argument(const Binding& bound, const core::Span& span) {
  if (bound.span.end == 0 || build_.is_unknown(bound.value)) return bound.value;
  const Id made = build_.copy(bound.value, bound.type);
  build_.row(made).file = span.file;
  build_.row(made).span_begin = span.begin;
  build_.row(made).span_end = span.end;
  return made;
}

Id ExpressionLowering::declared_as_value(const std::string& name, const core::Span& span) {
  const Declared* declared = module_.find(name);
  if (declared == nullptr) return unknown_name(name, span);
  if (declared->kind == Declared::Kind::kSecret) {
    report_.error("E0108", span, "`" + name + "` is a secret, and no value")
        .label(declared->span, "only a service's `auth` may name it");
  } else {
    module_.report_misused(*declared, span, "no value");
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
    const bool fails = surroundings_.ending == "on failed";
    report_
        .error("E0312", span,
               "`" + name + "` may not be bound " +
                   (fails ? "when the saga fails" : "in `" + surroundings_.ending + "`"))
        .label(elsewhere->second, fails ? "a saga may fail before this" : "bound here")
        .help("`" + surroundings_.ending +
              "` can read the saga's parameters, `started(step)` and `key_of(step)`");
  } else if (is_bound) {
    report_.error("E0101", span, "`" + name + "` isn't bound here")
        .label(elsewhere->second, "bound here, which is later or inside another block");
  } else {
    suggest(report_.error("E0101", span, "nothing is called `" + name + "` here"), name);
  }
  return build_.unknown(span);
}

// What may be meant by a name that stands for nothing.
namespace {

// What other languages call a literal of this one; null for any other name.
const char* literal_elsewhere(std::string_view name) {
  for (const std::string_view each : {"True", "TRUE", "yes"}) {
    if (name == each) return "true";
  }
  for (const std::string_view each : {"False", "FALSE", "no"}) {
    if (name == each) return "false";
  }
  for (const std::string_view each : {"None", "nil", "NULL", "Null", "undefined"}) {
    if (name == each) return "null";
  }
  return name == "not" ? "!" : nullptr;
}

}  // namespace

void ExpressionLowering::suggest(Finding finding, const std::string& name) {
  if (!report_.wants_details()) return;
  if (is_function(name)) {
    finding.help("call it: `" + name + "(…)`");
    return;
  }
  if (const char* here = literal_elsewhere(name)) {
    finding.did_you_mean(here);
    return;
  }
  std::vector<std::string> known = scopes_.names();
  for (std::string& each : module_.names()) known.push_back(std::move(each));
  for (const std::string_view each : kFunctions) known.emplace_back(each);
  const std::string nearest = nearest_name(name, known);
  if (Binding* bound = scopes_.find(nearest)) bound->is_used = true;  // it was meant
  module_.suggest(finding, name, known);
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
    case ExpressionKind::kCall: return call(expression, wanted);
    case ExpressionKind::kField: return field(expression);
    case ExpressionKind::kIndex: return index(expression);
    case ExpressionKind::kUnary: return unary(expression, wanted);
    case ExpressionKind::kBinary: return binary(expression, wanted);
    case ExpressionKind::kLambda: return stray_lambda(expression);
    case ExpressionKind::kMatch: return match(expression, wanted);
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
  bool ends_in_dollar = false;
  for (const TextPart& part : expression.parts()) {
    if (part.value) {
      if (ends_in_dollar) {
        report_.warning("E0205", module_.at(part.span), "the `$` before this stays in the text")
            .help("a value is inserted by `{…}` alone; for the character write `{\"$\"}`");
      }
      parts.push_back(lower(*part.value));
      has_values = true;
      is_faulty = is_faulty || build_.is_unknown(parts.back());
    } else {
      parts.push_back(build_.text(part.text, at(expression)));
    }
    ends_in_dollar = !part.value && part.text.ends_with('$');
  }
  if (is_faulty) return build_.unknown(at(expression));
  if (!has_values) {
    return parts.empty() ? build_.text("", at(expression)) : parts.front();
  }
  return build_.make(Operator::kInterpolation, types_.basic(TypeKind::kString), std::move(parts),
                     at(expression));
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
  if (items.empty() && types_.is(wanted, TypeKind::kMap)) {
    return build_.make(Operator::kMap, wanted, {}, at(expression));
  }
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
  const NonNull::Mark before = non_null_.mark();
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
  const NonNull::Mark before = non_null_.mark();
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
      return enum_case(module_.declared_type(*declared), member.text(), module_.at(member.span()),
                       at(expression));
    }
    if (declared != nullptr && declared->kind == Declared::Kind::kUnion)
      return union_case(module_.declared_type(*declared), member, {}, at(expression));
    if (declared != nullptr && declared->kind == Declared::Kind::kService) {
      report_.error("E0110", at(expression), "an operation is no value: only a `step` calls it")
          .help("put it in a step: `step … = " + object.name().text() + "." + member.text() +
                "(…)`");
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
