#include <algorithm>
#include <iterator>
#include <utility>

#include "dsl/check/constants.hpp"
#include "dsl/check/signatures.hpp"
#include "dsl/lower/builder.hpp"

namespace saga::dsl {

using core::Operator;
using core::TypeId;
using Id = ExpressionBuilder::Id;

namespace {

// What a built-in asks of its arguments beyond their types.
std::string rule_of(std::string_view builtin) {
  static constexpr std::pair<std::string_view, std::string_view> kRules[] = {
      {"chunk", "a chunk holds at least one item: `xs.chunk(1)`"},
      {"drop", "a count is 0 or more"},
      {"pad", "a width is 0 or more, up to a megabyte, and one ASCII character fills it"},
      {"round", "a decimal has from 0 to 34 digits"},
      {"split", "a separator isn't empty, and weights aren't negative or nothing altogether"},
      {"take", "a count is 0 or more"},
      {"truncate", "a length is 0 or more"},
  };
  const auto found = std::ranges::find(kRules, builtin, [](const auto& row) { return row.first; });
  return found == std::end(kRules) ? "" : std::string(found->second);
}

}  // namespace

Id ExpressionBuilder::mismatch(std::string_view symbol, Id left, Id right, const core::Span& span) {
  Finding finding = report_.error("E0103", span,
                                  "`" + std::string(symbol) + "` doesn't go with `" +
                                      describe(left) + "` and `" + describe(right) + "`");
  finding.label(span_of(left), "`" + describe(left) + "`")
      .label(span_of(right), "`" + describe(right) + "`");
  if (symbol == "+" && (is(left, Kind::kString) || is(right, Kind::kString))) {
    finding.help("texts are put together inside quotes: \"{a}{b}\"");
  }
  return unknown(span);
}

bool ExpressionBuilder::mixes_currencies(std::string_view symbol, Id left, Id right,
                                         const core::Span& span) {
  const Currency known[] = {currency_of(left), currency_of(right)};
  if (known[0] == Currency{} || known[1] == Currency{} || known[0] == known[1]) return false;
  const std::string one(known[0].begin(), known[0].end());
  const std::string other(known[1].begin(), known[1].end());
  report_
      .error(
          "E0106", span,
          "`" + std::string(symbol) + "` doesn't go with two currencies, " + one + " and " + other)
      .label(span_of(left), one)
      .label(span_of(right), other)
      .help("change one of them first: a rate is a decision of yours, not of the language");
  return true;
}

TypeId ExpressionBuilder::sum_type(Operator op, Id left, Id right) {
  for (const Kind kind : {Kind::kInt, Kind::kDecimal, Kind::kMoney, Kind::kDuration}) {
    if (is(left, kind) && is(right, kind)) return types_.basic(kind);
  }
  const bool is_sum = op == Operator::kAdd;
  if (is(left, Kind::kTime) && is(right, Kind::kDuration)) return types_.basic(Kind::kTime);
  if (is_sum && is(left, Kind::kDuration) && is(right, Kind::kTime))
    return types_.basic(Kind::kTime);
  if (!is_sum && is(left, Kind::kTime) && is(right, Kind::kTime))
    return types_.basic(Kind::kDuration);
  return kUnknownType;
}

TypeId ExpressionBuilder::product_type(Operator op, Id left, Id right) {
  for (const Kind kind : {Kind::kInt, Kind::kDecimal}) {
    if (is(left, kind) && is(right, kind)) return types_.basic(kind);
  }
  if (op == Operator::kRemainder) return kUnknownType;
  for (const Kind kind : {Kind::kMoney, Kind::kDuration}) {
    if (is(left, kind) && is_number(right)) return types_.basic(kind);
    if (op == Operator::kMultiply && is_number(left) && is(right, kind)) return types_.basic(kind);
    if (op == Operator::kDivide && is(left, kind) && is(right, kind))
      return types_.basic(Kind::kDecimal);
  }
  return kUnknownType;
}

Id ExpressionBuilder::arithmetic(Operator op, std::string_view symbol, Id left, Id right,
                                 const core::Span& span) {
  const bool null_left = refuse_null(left);
  if (refuse_null(right) || null_left) return unknown(span);
  same_numbers(left, right);
  const bool is_sum = op == Operator::kAdd || op == Operator::kSubtract;
  const TypeId type = is_sum ? sum_type(op, left, right) : product_type(op, left, right);
  if (type == kUnknownType) return mismatch(symbol, left, right, span);
  const bool is_money = is(left, Kind::kMoney) && is(right, Kind::kMoney);
  if (is_money && mixes_currencies(symbol, left, right, span)) return unknown(span);
  if (types_.is(type, Kind::kMoney)) {
    left = to_decimal(left);
    right = to_decimal(right);
  }
  const Id made = make(op, type, {left, right}, span);
  if (types_.is(type, Kind::kMoney)) {
    const bool is_left = currency_of(left) != Currency{};
    set_currency(made, is_left ? currency_of(left) : currency_of(right));
  }
  return checked(made);
}

Id ExpressionBuilder::checked(Id id) {
  const auto fault = never_computes(program_, id);
  if (!fault) return id;
  Finding finding =
      report_.error("E0114", span_of(id), "this can't be computed: " + fault->message);
  if (row(id).op == Operator::kBuiltin) finding.help(rule_of(row(id).name));
  return unknown(span_of(id));
}

Id ExpressionBuilder::comparison(Operator op, std::string_view symbol, Id left, Id right,
                                 const core::Span& span) {
  same_numbers(left, right);
  const TypeId result = types_.basic(Kind::kBool);
  const bool is_equality = op == Operator::kEqual || op == Operator::kNotEqual;
  if (is_equality) {
    if (!types_.join(type_of(left), type_of(right))) return mismatch(symbol, left, right, span);
    if (types_.is_null(type_of(left))) row(left).type = types_.optional(type_of(right));
    if (types_.is_null(type_of(right))) row(right).type = types_.optional(type_of(left));
    return make(op, result, {left, right}, span);
  }
  const bool null_left = refuse_null(left);
  if (refuse_null(right) || null_left) return unknown(span);
  const bool same = types_.fits(type_of(left), type_of(right));
  if (!same || !is_ordered(types_, type_of(left))) return mismatch(symbol, left, right, span);
  if (is(left, Kind::kMoney) && mixes_currencies(symbol, left, right, span)) return unknown(span);
  return make(op, result, {left, right}, span);
}

Id ExpressionBuilder::membership(Id item, Id whole, const core::Span& span) {
  if (refuse_null(whole)) return unknown(span);
  const core::Type type = types_.row(type_of(whole));
  TypeId wanted = kUnknownType;
  switch (type.kind) {
    case Kind::kList:
    case Kind::kSet: wanted = type.element; break;
    case Kind::kMap: wanted = type.key; break;
    case Kind::kString: wanted = types_.basic(Kind::kString); break;
    default: return mismatch("in", item, whole, span);
  }
  if (!types_.is(wanted, Kind::kNothing)) item = convert(item, wanted, "what `in` looks for");
  return make(Operator::kIn, types_.basic(Kind::kBool), {item, whole}, span);
}

Id ExpressionBuilder::coalesce(Id left, Id right, const core::Span& span) {
  if (!is(left, Kind::kOptional)) {
    report_.error("E0103", span_of(left), "this is never null, so `??` has nothing to do");
    return unknown(span);
  }
  const TypeId inner = types_.without_null(type_of(left));
  if (types_.is(inner, Kind::kDecimal)) right = to_decimal(right);
  const auto joined = types_.is(inner, Kind::kNothing) ? std::optional(type_of(right))
                                                       : types_.join(inner, type_of(right));
  if (!joined) return mismatch("??", left, right, span);
  return make(Operator::kCoalesce, *joined, {left, right}, span);
}

Id ExpressionBuilder::binary(Operator op, std::string_view symbol, Id left, Id right,
                             const core::Span& span) {
  if (is_unknown(left) || is_unknown(right)) return unknown(span);
  switch (op) {
    case Operator::kAdd:
    case Operator::kSubtract:
    case Operator::kMultiply:
    case Operator::kDivide:
    case Operator::kRemainder: return arithmetic(op, symbol, left, right, span);
    case Operator::kAnd:
    case Operator::kOr:
      left = condition(left);
      right = condition(right);
      return make(op, types_.basic(Kind::kBool), {left, right}, span);
    case Operator::kCoalesce: return coalesce(left, right, span);
    case Operator::kIn: return membership(left, right, span);
    default: return comparison(op, symbol, left, right, span);
  }
}

}  // namespace saga::dsl
