#include "dsl/lower/builder.hpp"

#include <algorithm>
#include <utility>

#include "dsl/check/constants.hpp"
#include "dsl/check/signatures.hpp"
#include "dsl/check/size.hpp"
#include "dsl/check/suggest.hpp"
#include "engine/base/limits.hpp"

namespace saga::dsl {

using core::Expression;
using core::kNone;
using core::Operator;
using core::TypeId;
using Id = ExpressionBuilder::Id;

namespace {

// Whether only a saga knows what an operator of no arguments gives.
bool reads_saga(Operator op) {
  switch (op) {
    case Operator::kSlot:
    case Operator::kKeyOf:
    case Operator::kStarted:
    case Operator::kSagaId:
    case Operator::kAttempt:
    case Operator::kNow:
    case Operator::kUuid:
    case Operator::kRandom: return true;
    default: return false;
  }
}

}  // namespace

ExpressionFacts ExpressionBuilder::facts_of(Operator op, TypeId type, const Ids& arguments) const {
  ExpressionFacts facts;
  if (type == kUnknownType || reads_saga(op)) facts.reads = ExpressionFacts::kReadsSaga;
  facts.draws = op == Operator::kRandom || op == Operator::kUuid;
  for (const Id id : arguments) {
    if (id == kNone) continue;
    const ExpressionFacts& part = program_.expression_facts[id];
    facts.reads = std::min(facts.reads, part.reads);
    facts.draws = facts.draws || part.draws;
    facts.depth = std::max(facts.depth, part.depth + 1);
    facts.weight += part.weight;
  }
  return facts;
}

Id ExpressionBuilder::make(Operator op, TypeId type, Ids arguments, const core::Span& span) {
  if (program_.is_full) {
    if (rest_ == kNone) rest_ = add(Operator::kLiteral, kUnknownType, {}, span);
    return rest_;
  }
  const ExpressionFacts facts = facts_of(op, type, arguments);
  const bool is_too_large = facts.depth > base::limits::kMaxExpressionDepth ||
                            facts.weight > base::limits::kMaxExpressionWeight;
  if (is_too_large) {
    if (program_.cuts++ == 0) {
      report_.error_even_if_muted("E0114", to_blame(span), "this is too large to be computed")
          .help("bind parts of it by `let`");
    }
    return add(Operator::kLiteral, kUnknownType, {}, span);
  }
  return add(op, type, std::move(arguments), span);
}

Id ExpressionBuilder::add(Operator op, TypeId type, Ids arguments, const core::Span& span) {
  program_.expression_facts.push_back(facts_of(op, type, arguments));
  Expression made;
  made.op = op;
  made.type = type;
  made.arguments = std::move(arguments);
  made.file = span.file;
  made.span_begin = span.begin;
  made.span_end = span.end;
  charge(program_, bytes_of(made), to_blame(span), report_);
  tables_.expressions.push_back(std::move(made));
  return static_cast<Id>(tables_.expressions.size() - 1);
}

Id ExpressionBuilder::copy(Id id, TypeId type) {
  Expression made = tables_.expressions[id];
  made.type = type;
  charge(program_, bytes_of(made), span_of(id), report_);
  tables_.expressions.push_back(std::move(made));
  program_.expression_facts.push_back(ExpressionFacts(program_.expression_facts[id]));
  return static_cast<Id>(tables_.expressions.size() - 1);
}

Id ExpressionBuilder::literal(base::Value value, TypeId type, const core::Span& span) {
  const Id id = make(Operator::kLiteral, type, {}, span);
  row(id).literal = std::move(value);
  return id;
}

Id ExpressionBuilder::text(std::string value, const core::Span& span) {
  return literal(base::Value(std::move(value)), types_.basic(Kind::kString), span);
}

Id ExpressionBuilder::null(const core::Span& span) {
  return literal(base::Value(), types_.null(), span);
}

Id ExpressionBuilder::unknown(const core::Span& span) {
  return make(Operator::kLiteral, kUnknownType, {}, span);
}

Id ExpressionBuilder::slot(core::SlotId slot, TypeId type, const core::Span& span) {
  const Id id = make(Operator::kSlot, type, {}, span);
  row(id).slot = slot;
  return id;
}

core::Span ExpressionBuilder::span_of(Id id) const {
  const Expression& row = tables_.expressions[id];
  return {row.file, row.span_begin, row.span_end};
}

Id ExpressionBuilder::to_decimal(Id id) {
  if (!is(id, Kind::kInt)) return id;
  return make(Operator::kToDecimal, types_.basic(Kind::kDecimal), {id}, span_of(id));
}

void ExpressionBuilder::same_numbers(Id& left, Id& right) {
  if (is(left, Kind::kDecimal)) right = to_decimal(right);
  if (is(right, Kind::kDecimal)) left = to_decimal(left);
}

std::string ExpressionBuilder::amount_help(Id id) const {
  const core::Expression& row = tables_.expressions[id];
  const std::string number = row.op == Operator::kLiteral ? base::to_json(row.literal) : "12.50";
  std::string digits;
  std::ranges::copy_if(number, std::back_inserter(digits), [](char c) { return c != '"'; });
  return "an amount has a currency, as in `CNY(" + digits + ")`";
}

Id ExpressionBuilder::convert(Id id, TypeId wanted, const std::string& what) {
  const TypeId given = type_of(id);
  if (given == kUnknownType || wanted == kUnknownType) return id;
  const TypeId bare = types_.without_null(wanted);
  if (types_.is(bare, Kind::kDecimal) && is(id, Kind::kInt)) {
    id = to_decimal(id);
  } else if (!types_.fits(given, wanted)) {
    const bool only_null = types_.fits(types_.without_null(given), wanted);
    if (only_null) {
      report_
          .error("E0105", span_of(id),
                 what + " needs `" + types_.describe(wanted) + "`, and this may be null")
          .help("give a value for null: `… ?? …`, or ask first: `if … != null { … }`");
    } else {
      Finding finding = report_.error("E0103", span_of(id),
                                      what + " needs `" + types_.describe(wanted) + "`, this is `" +
                                          types_.describe(given) + "`");
      const bool is_number = is(id, Kind::kInt) || is(id, Kind::kDecimal);
      if (is_number && types_.is(bare, Kind::kDuration))
        finding.help("a duration has a unit, as in `5s` or `1h30m`");
      if (is(id, Kind::kString) && types_.is(bare, Kind::kDuration))
        finding.help("a duration stands without quotes: `5s`");
      if (is_number && types_.is(bare, Kind::kMoney)) finding.help(amount_help(id));
      if (types_.is(bare, Kind::kString) && !types_.is_null(given))
        finding.help("make a text of it: `\"{…}\"`");
    }
    return unknown(span_of(id));
  }
  if (types_.is_null(given) || types_.is(types_.row(given).element, Kind::kNothing))
    row(id).type = wanted;
  return refined(id, bare);
}

Id ExpressionBuilder::refined(Id id, TypeId wanted) {
  if (!types_.narrows(type_of(id), wanted) || check_where(id, wanted)) return id;
  const bool may_be_null = is(id, Kind::kOptional);
  const Currency currency = currency_of(id);
  const Id made =
      make(Operator::kRefined, may_be_null ? types_.optional(wanted) : wanted, {id}, span_of(id));
  set_currency(made, currency);
  return made;
}

bool ExpressionBuilder::check_where(Id id, TypeId wanted) {
  if (types_.row(wanted).where == kNone) return false;
  if (row(id).op == Operator::kSlot || !is_constant(program_, id)) return false;
  const auto value = constant_value(program_, id);
  if (!value || value->is_null()) return true;  // reported where it stands
  const auto holds = satisfies_where(program_, types_.row(wanted), *value);
  if (holds ? *holds : holds.error().code == base::ErrorCode::kOverloaded) return holds.has_value();
  report_
      .error("E0107", span_of(id),
             "this value breaks the rule of `" + types_.describe(wanted) + "`")
      .label(span_of(types_.row(wanted).where), "the rule");
  return true;
}

bool ExpressionBuilder::refuse_null(Id id) {
  if (!is(id, Kind::kOptional)) return false;
  report_
      .error("E0105", span_of(id),
             types_.is_null(type_of(id)) ? "null has no value here" : "this may be null")
      .help("give a value for null: `… ?? …`, or ask first: `if … != null { … }`");
  return true;
}

Id ExpressionBuilder::condition(Id id) {
  if (refuse_null(id)) return unknown(span_of(id));
  if (is_unknown(id) || is(id, Kind::kBool)) return id;
  report_.error("E0103", span_of(id), "a condition is a bool, this is `" + describe(id) + "`");
  return unknown(span_of(id));
}

Id ExpressionBuilder::money(Id amount, const std::string& currency, const core::Span& span) {
  const Id made = make(Operator::kMoney, types_.basic(Kind::kMoney), {amount}, span);
  row(made).name = currency;
  Currency letters{};
  std::copy_n(currency.begin(), std::min(currency.size(), letters.size()), letters.begin());
  set_currency(made, letters);
  return made;
}

Id ExpressionBuilder::builtin(std::string_view name, TypeId type, Ids arguments,
                              const core::Span& span) {
  const bool is_extreme = (name == "min" || name == "max") && arguments.size() == 2;
  if (is_extreme && mixes_currencies(name, arguments[0], arguments[1], span)) return unknown(span);
  Currency currency{};
  if (types_.is(type, Kind::kMoney)) {
    for (const Id each : arguments) {
      if (currency == Currency{}) currency = currency_of(each);
    }
  }
  const Id made = make(Operator::kBuiltin, type, std::move(arguments), span);
  row(made).name = name;
  set_currency(made, currency);
  return checked(made);
}

Id ExpressionBuilder::negate(Id operand, const core::Span& span) {
  if (is_unknown(operand) || refuse_null(operand)) return unknown(span);
  if (!is_number(operand) && !is(operand, Kind::kMoney) && !is(operand, Kind::kDuration)) {
    report_.error("E0103", span, "`-` needs a number, this is `" + describe(operand) + "`");
    return unknown(span);
  }
  const Id made = make(Operator::kNegate, types_.base_of(type_of(operand)), {operand}, span);
  set_currency(made, currency_of(operand));
  return made;
}

Id ExpressionBuilder::invert(Id operand, const core::Span& span) {
  return make(Operator::kNot, types_.basic(Kind::kBool), {condition(operand)}, span);
}

Id ExpressionBuilder::conditional(Id condition, Id yes, Id no, const core::Span& span) {
  condition = this->condition(condition);
  same_numbers(yes, no);
  const auto joined = types_.join(type_of(yes), type_of(no));
  if (!joined) {
    report_
        .error("E0103", span,
               "the two sides differ: `" + describe(yes) + "` and `" + describe(no) + "`")
        .label(span_of(yes), "`" + describe(yes) + "`")
        .label(span_of(no), "`" + describe(no) + "`");
    return unknown(span);
  }
  const Id made = make(Operator::kConditional, *joined, {condition, yes, no}, span);
  if (currency_of(yes) == currency_of(no)) set_currency(made, currency_of(yes));
  return made;
}

Id ExpressionBuilder::list(Ids items, const core::Span& span) {
  TypeId element = types_.basic(Kind::kNothing);
  bool is_first = true;
  for (Id& item : items) {
    const bool mixed = types_.is(element, Kind::kDecimal) && is(item, Kind::kInt);
    if (mixed) item = to_decimal(item);
    const bool widens = types_.is(element, Kind::kInt) && is(item, Kind::kDecimal);
    const auto joined = is_first || widens ? type_of(item) : types_.join(element, type_of(item));
    is_first = false;
    if (!joined) {
      report_.error("E0103", span_of(item),
                    "a list holds one type: this is `" + describe(item) +
                        "`, the items before are " + types_.describe(element));
      return unknown(span);
    }
    element = *joined;
  }
  if (types_.is(element, Kind::kDecimal)) {
    for (Id& item : items) item = to_decimal(item);
  }
  return make(Operator::kList, types_.list(element), std::move(items), span);
}

Id ExpressionBuilder::map(Ids pairs, const core::Span& span) {
  TypeId key = kUnknownType, element = kUnknownType;
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    const auto keys = i == 0 ? type_of(pairs[i]) : types_.join(key, type_of(pairs[i]));
    const auto values =
        i == 0 ? type_of(pairs[i + 1]) : types_.join(element, type_of(pairs[i + 1]));
    if (!keys || !values) {
      report_.error("E0103", span_of(pairs[keys ? i + 1 : i]),
                    "a map holds one type of keys and one of values");
      return unknown(span);
    }
    key = *keys;
    element = *values;
  }
  return make(Operator::kMap, types_.map(key, element), std::move(pairs), span);
}

Id ExpressionBuilder::index(Id whole, Id at, const core::Span& span) {
  if (is_unknown(whole) || is_unknown(at) || refuse_null(whole)) return unknown(span);
  const core::Type type = types_.row(type_of(whole));
  if (type.kind != Kind::kList && type.kind != Kind::kMap) {
    report_.error("E0103", span_of(whole),
                  "`[…]` reads a list or a map, this is `" + describe(whole) + "`");
    return unknown(span);
  }
  const TypeId wanted = type.kind == Kind::kList ? types_.basic(Kind::kInt) : type.key;
  at = convert(at, wanted, type.kind == Kind::kList ? "the place in a list" : "a key of this map");
  return make(Operator::kIndex, types_.optional(type.element), {whole, at}, span);
}

Id ExpressionBuilder::unknown_field(Id whole, const std::string& name,
                                    const core::Span& name_span) {
  const TypeId record = types_.without_null(type_of(whole));
  Finding finding = report_.error("E0104", name_span,
                                  "`" + types_.describe(record) + "`" + " has no `" + name + "`");
  if (!report_.wants_details()) return unknown(name_span);
  if (types_.is(record, Kind::kUnion)) {
    finding.help("ask which case it is: `match … { .case(" + name + ") => … }`");
    return unknown(name_span);
  }
  std::vector<std::string> known;
  for (const core::FieldType& each : types_.row(record).fields) known.push_back(each.name);
  const std::string nearest = nearest_name(name, known);
  if (nearest.empty() && !signatures_of(name).empty()) {
    finding.help("call it: `." + name + "(…)`");
  }
  finding.did_you_mean(nearest);
  return unknown(name_span);
}

Id ExpressionBuilder::field(Id whole, const std::string& name, bool is_optional,
                            const core::Span& name_span, const core::Span& span) {
  if (is_unknown(whole)) return unknown(span);
  if (!is_optional && is(whole, Kind::kOptional)) {
    report_.error("E0105", span_of(whole), "this may be null, and null has no `" + name + "`")
        .help("read it as `?." + name + "`, or ask first: `if … != null { … }`");
    return unknown(span);
  }
  const TypeId record = types_.without_null(type_of(whole));
  const core::TypeKind kind = types_.row(record).kind;
  TypeId type = kUnknownType;
  const bool is_error = kind == Kind::kError || kind == Kind::kAnyError;
  if (const core::FieldType* found = types_.field(record, name)) {
    type = found->type;
  } else if ((is_error && (name == "message" || name == "error")) ||
             (kind == Kind::kMoney && name == "currency")) {
    type = types_.basic(Kind::kString);
  } else if (kind == Kind::kMoney && name == "amount") {
    type = types_.basic(Kind::kDecimal);
  } else {
    return unknown_field(whole, name, name_span);
  }
  const Id made = make(is_optional ? Operator::kOptionalField : Operator::kField,
                       is_optional ? types_.optional(type) : type, {whole}, span);
  row(made).name = name;
  return made;
}

}  // namespace saga::dsl
