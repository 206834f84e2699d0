#include "engine/core/expression.hpp"

#include <algorithm>
#include <optional>

#include "engine/base/ids.hpp"
#include "engine/base/json.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/names.hpp"
#include "engine/core/builtin.hpp"
#include "engine/core/definition.hpp"

namespace saga::core {

using base::Result;
using base::Value;

namespace {

using detail::defect;

// No rule that was compiled asks for itself; one that was stored might.
constexpr int kMaxRulesInside = 32;
constexpr std::size_t kMaxShownBytes = 80;

// One evaluation: counts its steps, binds lambda parameters over the environment's slots.
class Evaluator {
 public:
  Evaluator(const Definition& definition, Environment& environment, std::size_t max_steps)
      : definition_(definition), environment_(environment), max_steps_(max_steps) {}

  Result<Value> run(ExpressionId id);
  Result<void> step();
  Result<void> charge(std::size_t bytes);
  [[nodiscard]] std::size_t steps() const { return steps_; }
  Result<Value> call_lambda(const Expression& lambda, const Value& item);

 private:
  Result<Value> compute(ExpressionId id);
  Result<Value> read_slot(const Expression& at);
  Result<Value> field(const Expression& at, bool optional);
  Result<Value> index(const Expression& at);
  Result<Value> list(const Expression& at);
  Result<Value> map(const Expression& at);
  Result<Value> record(const Expression& at);
  Result<Value> error(const Expression& at);
  Result<Value> binary(const Expression& at);
  Result<Value> compare(const Expression& at);
  Result<Value> contains(const Expression& at);
  Result<Value> logic(const Expression& at);
  Result<Value> conditional(const Expression& at);
  Result<Value> builtin(const Expression& at);
  Result<Value> money(const Expression& at);
  Result<Value> interpolation(const Expression& at);
  Result<Value> key_of(const Expression& at);
  Result<Value> uuid();
  Result<Value> random(const Expression& at);
  Result<Value> to_decimal(const Expression& at);
  Result<Value> let(const Expression& at);
  Result<Value> is_case(const Expression& at);
  Result<Value> refined(const Expression& at);
  Result<void> hold(TypeId id, const Value& value);
  Result<void> hold_rule(const Type& type, const Value& value);

  const Definition& definition_;
  Environment& environment_;
  std::vector<std::pair<SlotId, Value>> lambdas_;  // innermost last
  std::size_t max_steps_;
  std::size_t steps_ = 0;
  std::size_t bytes_ = 0;
  int rules_ = 0;  // that are being asked, one inside another
};

// Lets a built-in call the lambdas among its arguments.
class BuiltinCaller final : public detail::Caller {
 public:
  BuiltinCaller(Evaluator& evaluator, const Definition& definition, const Expression& call)
      : evaluator_(evaluator), definition_(definition), call_(call) {}
  Result<Value> call(std::size_t index, const Value& item) override {
    const Expression& lambda = definition_.expressions[call_.arguments[index]];
    if (lambda.op != Operator::kLambda) return defect("a function is wanted here");
    return evaluator_.call_lambda(lambda, item);
  }
  Result<void> step() override { return evaluator_.step(); }

 private:
  Evaluator& evaluator_;
  const Definition& definition_;
  const Expression& call_;
};

Result<void> Evaluator::step() {
  if (++steps_ <= max_steps_) return {};
  const bool is_defect = max_steps_ >= base::limits::kMaxEvaluationSteps;
  return base::fail(is_defect ? base::ErrorCode::kDefect : base::ErrorCode::kOverloaded,
                    "an expression takes more than " + std::to_string(max_steps_) + " steps");
}

Result<void> Evaluator::charge(std::size_t bytes) {
  bytes_ += bytes;
  if (bytes_ <= base::limits::kMaxEvaluationBytes) return {};
  return base::fail(base::ErrorCode::kDefect,
                    "an expression handles more than " +
                        std::to_string(base::limits::kMaxEvaluationBytes) + " bytes of text");
}

// Texts are copied: each one that is read or made is charged for.
Result<Value> Evaluator::run(ExpressionId id) {
  if (Result<void> ok = step(); !ok) return base::fail(ok.error());
  Result<Value> value = compute(id);
  const auto* text = value ? value->as<std::string>() : nullptr;
  if (text == nullptr) return value;
  if (Result<void> ok = charge(text->size()); !ok) return base::fail(ok.error());
  return value;
}

Result<Value> Evaluator::compute(ExpressionId id) {
  const Expression& at = definition_.expressions[id];
  switch (at.op) {
    case Operator::kLiteral: return at.literal;
    case Operator::kSlot: return read_slot(at);
    case Operator::kField: return field(at, false);
    case Operator::kOptionalField: return field(at, true);
    case Operator::kIndex: return index(at);
    case Operator::kList: return list(at);
    case Operator::kMap: return map(at);
    case Operator::kRecord:
    case Operator::kUnionCase: return record(at);
    case Operator::kError: return error(at);
    case Operator::kEnumCase: return Value(at.name);
    case Operator::kNegate:
    case Operator::kAdd:
    case Operator::kSubtract:
    case Operator::kMultiply:
    case Operator::kDivide:
    case Operator::kRemainder: return binary(at);
    case Operator::kEqual:
    case Operator::kNotEqual:
    case Operator::kLess:
    case Operator::kLessEqual:
    case Operator::kGreater:
    case Operator::kGreaterEqual: return compare(at);
    case Operator::kIn: return contains(at);
    case Operator::kNot:
    case Operator::kAnd:
    case Operator::kOr:
    case Operator::kCoalesce: return logic(at);
    case Operator::kConditional: return conditional(at);
    case Operator::kLambda: return defect("a function is no value");
    case Operator::kBuiltin: return builtin(at);
    case Operator::kMoney: return money(at);
    case Operator::kInterpolation: return interpolation(at);
    case Operator::kKeyOf: return key_of(at);
    case Operator::kStarted: return Value(environment_.started(at.node));
    case Operator::kSagaId: return Value(environment_.saga_id());
    case Operator::kAttempt: return Value(environment_.attempt());
    case Operator::kNow: return Value(environment_.now());
    case Operator::kUuid: return uuid();
    case Operator::kRandom: return random(at);
    case Operator::kToDecimal: return to_decimal(at);
    case Operator::kRefined: return refined(at);
    case Operator::kLet: return let(at);
    case Operator::kIsCase: return is_case(at);
  }
  return defect("an expression of an unknown kind");
}

Result<Value> Evaluator::let(const Expression& at) {
  Result<Value> bound = run(at.arguments[0]);
  if (!bound) return bound;
  lambdas_.emplace_back(at.slot, std::move(*bound));
  Result<Value> value = run(at.arguments[1]);
  lambdas_.pop_back();
  return value;
}

// False of null, and of what is neither a union nor an error.
Result<Value> Evaluator::is_case(const Expression& at) {
  Result<Value> of = run(at.arguments[0]);
  if (!of) return of;
  const base::Record* record = of->record();
  const bool has_cases = record != nullptr && (record->kind == base::RecordKind::kUnion ||
                                               record->kind == base::RecordKind::kError);
  return Value(has_cases && record->tag == at.name);
}

Result<Value> Evaluator::refined(const Expression& at) {
  Result<Value> value = run(at.arguments[0]);
  if (!value) return value;
  if (Result<void> holds = hold(at.type, *value); !holds) return base::fail(holds.error());
  return value;
}

// What is declared by a name is held against its rules where it is made, and not again in here.
Result<void> Evaluator::hold(TypeId id, const Value& value) {
  const std::vector<Type>& types = definition_.types;
  if (value.is_null() || id >= types.size()) return {};
  if (Result<void> counted = step(); !counted) return counted;
  const Type& type = types[id];
  if (type.kind == TypeKind::kOptional) return hold(type.element, value);
  if (const auto* items = value.list()) {
    for (const Value& item : *items) {
      if (Result<void> holds = hold(type.element, item); !holds) return holds;
    }
  }
  if (const auto* entries = type.kind == TypeKind::kMap ? value.record() : nullptr) {
    for (const base::Field& entry : *entries->fields) {
      if (Result<void> holds = hold(type.element, entry.value); !holds) return holds;
      if (type.key >= types.size() || types[type.key].kind != TypeKind::kString) continue;
      if (Result<void> holds = hold(type.key, Value(entry.name)); !holds) return holds;
    }
  }
  return type.where == kNone ? Result<void>{} : hold_rule(type, value);
}

Result<void> Evaluator::hold_rule(const Type& type, const Value& value) {
  if (++rules_ > kMaxRulesInside)
    return defect("the rule of `" + base::bare_name(type.name) + "` asks for itself");
  lambdas_.emplace_back(type.where_slot, value);
  const Result<Value> holds = run(type.where);
  lambdas_.pop_back();
  --rules_;
  if (!holds) return base::fail(holds.error());
  const bool* flag = holds->as<bool>();
  if (flag != nullptr && *flag) return {};
  return defect(base::to_json(value).substr(0, kMaxShownBytes) + " breaks the rule of `" +
                base::bare_name(type.name) + "`");
}

Result<Value> Evaluator::call_lambda(const Expression& lambda, const Value& item) {
  lambdas_.emplace_back(lambda.slot, item);
  Result<Value> value = run(lambda.arguments[0]);
  lambdas_.pop_back();
  return value;
}

Result<Value> Evaluator::read_slot(const Expression& at) {
  for (auto bound = lambdas_.rbegin(); bound != lambdas_.rend(); ++bound) {
    if (bound->first == at.slot) return bound->second;
  }
  return environment_.slot(at.slot);
}

Result<Value> member_of(const Value& of, const std::string& name) {
  if (const auto* record = of.record()) {
    if (const Value* value = record->find(name)) return *value;
    if (record->kind == base::RecordKind::kError) {
      if (name == "error") return Value(record->tag);
      if (name == "message") return Value(record->tag);
    }
  }
  if (const auto* amount = of.as<base::Money>()) {
    if (name == "amount") return Value(amount->amount);
    if (name == "currency") return Value(amount->currency);
  }
  return defect("there is no `" + name + "` in this value");
}

Result<Value> Evaluator::field(const Expression& at, bool optional) {
  Result<Value> of = run(at.arguments[0]);
  if (!of) return of;
  if (of->is_null()) {
    if (optional) return Value();
    return defect("`" + at.name + "` of null");
  }
  return member_of(*of, at.name);
}

Result<Value> Evaluator::index(const Expression& at) {
  Result<Value> of = run(at.arguments[0]);
  if (!of) return of;
  Result<Value> by = run(at.arguments[1]);
  if (!by) return by;
  if (const base::List* items = of->list()) {
    const auto* position = by->as<std::int64_t>();
    if (position == nullptr) return defect("a list is indexed by an int");
    const bool inside = *position >= 0 && static_cast<std::uint64_t>(*position) < items->size();
    return inside ? (*items)[static_cast<std::size_t>(*position)] : Value();
  }
  if (const auto* record = of->record()) {
    const Value* found = record->find(detail::describe(*by));
    return found != nullptr ? *found : Value();
  }
  if (of->is_null()) return Value();
  return defect("this value has no elements");
}

Result<Value> Evaluator::list(const Expression& at) {
  base::List items;
  items.reserve(at.arguments.size());
  for (const ExpressionId id : at.arguments) {
    Result<Value> item = run(id);
    if (!item) return item;
    items.push_back(std::move(*item));
  }
  return Value(std::move(items));
}

Result<Value> Evaluator::map(const Expression& at) {
  base::Fields fields;
  for (std::size_t i = 0; i + 1 < at.arguments.size(); i += 2) {
    Result<Value> key = run(at.arguments[i]);
    if (!key) return key;
    Result<Value> value = run(at.arguments[i + 1]);
    if (!value) return value;
    std::string name = detail::describe(*key);
    const auto place = std::lower_bound(
        fields.begin(), fields.end(), name,
        [](const base::Field& field, const std::string& wanted) { return field.name < wanted; });
    if (place != fields.end() && place->name == name) {
      place->value = std::move(*value);  // the last one wins
    } else {
      fields.insert(place, {std::move(name), std::move(*value)});
    }
  }
  return Value::map(std::move(fields));
}

Result<Value> Evaluator::record(const Expression& at) {
  const Type& type = definition_.types[at.type];
  const std::vector<FieldType>* declared = &type.fields;
  if (at.op == Operator::kUnionCase) {
    const auto found = std::find(type.cases.begin(), type.cases.end(), at.name);
    const auto index = static_cast<std::size_t>(found - type.cases.begin());
    if (index >= type.case_types.size()) return defect("the union has no case `" + at.name + "`");
    declared = &definition_.types[type.case_types[index]].fields;
  }
  base::Fields fields;
  fields.reserve(at.arguments.size());
  for (std::size_t i = 0; i < at.arguments.size() && i < declared->size(); ++i) {
    Result<Value> value = run(at.arguments[i]);
    if (!value) return value;
    fields.push_back({(*declared)[i].name, std::move(*value)});
  }
  if (at.op == Operator::kUnionCase) return Value::union_case(at.name, std::move(fields));
  return Value::record(std::move(fields));
}

Result<Value> Evaluator::error(const Expression& at) {
  const Type& type = definition_.types[at.type];
  base::Fields fields;
  std::string message = at.name;
  for (std::size_t i = 0; i < at.arguments.size() && i < type.fields.size(); ++i) {
    Result<Value> value = run(at.arguments[i]);
    if (!value) return value;
    const FieldType& field = type.fields[i];
    const std::string shown = field.is_private ? "…" : detail::describe(*value);
    message += (i == 0 ? ": " : ", ") + field.name + " " + shown;
    fields.push_back({field.name, std::move(*value)});
  }
  const bool has_message = std::any_of(fields.begin(), fields.end(), [](const base::Field& field) {
    return field.name == "message";
  });
  if (!has_message) fields.insert(fields.begin(), {"message", Value(std::move(message))});
  return Value::error(at.name, std::move(fields));
}

Result<Value> Evaluator::binary(const Expression& at) {
  Result<Value> left = run(at.arguments[0]);
  if (!left) return left;
  if (at.op == Operator::kNegate) return detail::negate(*left);
  Result<Value> right = run(at.arguments[1]);
  if (!right) return right;
  switch (at.op) {
    case Operator::kAdd: return detail::add(*left, *right);
    case Operator::kSubtract: return detail::subtract(*left, *right);
    case Operator::kMultiply: return detail::multiply(*left, *right);
    case Operator::kDivide: return detail::divide(*left, *right);
    default: return detail::remainder(*left, *right);
  }
}

Result<Value> Evaluator::compare(const Expression& at) {
  Result<Value> left = run(at.arguments[0]);
  if (!left) return left;
  Result<Value> right = run(at.arguments[1]);
  if (!right) return right;
  if (at.op == Operator::kEqual) return Value(*left == *right);
  if (at.op == Operator::kNotEqual) return Value(!(*left == *right));
  Result<int> order = detail::compare(*left, *right);
  if (!order) return base::fail(order.error());
  switch (at.op) {
    case Operator::kLess: return Value(*order < 0);
    case Operator::kLessEqual: return Value(*order <= 0);
    case Operator::kGreater: return Value(*order > 0);
    default: return Value(*order >= 0);
  }
}

Result<Value> Evaluator::contains(const Expression& at) {
  Result<Value> item = run(at.arguments[0]);
  if (!item) return item;
  Result<Value> in = run(at.arguments[1]);
  if (!in) return in;
  if (const base::List* items = in->list()) {
    return Value(std::find(items->begin(), items->end(), *item) != items->end());
  }
  if (const auto* record = in->record())
    return Value(record->find(detail::describe(*item)) != nullptr);
  const auto* text = in->as<std::string>();
  const auto* part = item->as<std::string>();
  if (text != nullptr && part != nullptr) return Value(text->find(*part) != std::string::npos);
  return detail::wrong_argument("in");
}

Result<Value> Evaluator::logic(const Expression& at) {
  Result<Value> left = run(at.arguments[0]);
  if (!left) return left;
  if (at.op == Operator::kCoalesce) return left->is_null() ? run(at.arguments[1]) : left;
  const bool* holds = left->as<bool>();
  if (holds == nullptr) return defect("a condition is wanted here");
  if (at.op == Operator::kNot) return Value(!*holds);
  const bool decided = at.op == Operator::kAnd ? !*holds : *holds;
  return decided ? left : run(at.arguments[1]);
}

Result<Value> Evaluator::conditional(const Expression& at) {
  Result<Value> condition = run(at.arguments[0]);
  if (!condition) return condition;
  const bool* holds = condition->as<bool>();
  if (holds == nullptr) return defect("a condition is wanted here");
  return run(at.arguments[*holds ? 1 : 2]);
}

Result<Value> Evaluator::builtin(const Expression& at) {
  const detail::Row* row = detail::find_function(at.name);
  if (row == nullptr || at.arguments.size() < row->min_arguments ||
      at.arguments.size() > row->max_arguments) {
    return defect("there is no function `" + at.name + "` of this kind");
  }
  std::vector<Value> arguments;
  arguments.reserve(at.arguments.size());
  for (const ExpressionId id : at.arguments) {
    if (definition_.expressions[id].op == Operator::kLambda) {
      arguments.emplace_back();
      continue;
    }
    Result<Value> argument = run(id);
    if (!argument) return argument;
    arguments.push_back(std::move(*argument));
  }
  BuiltinCaller caller(*this, definition_, at);
  Result<Value> value = row->function(caller, arguments);
  // The sum of nothing has no value to take its kind from; the checker's type tells it.
  const bool of_nothing = value && value->is_null() && at.name == "sum" && at.type != kNone;
  if (!of_nothing) return value;
  switch (definition_.types[at.type].kind) {
    case TypeKind::kDecimal: return Value(base::Decimal(0));
    case TypeKind::kDuration: return Value(base::Duration(0));
    case TypeKind::kMoney:
      return Value(base::Money{base::Decimal(0), at.literal.as<std::string>() != nullptr
                                                     ? *at.literal.as<std::string>()
                                                     : "CNY"});
    default: return Value(std::int64_t{0});
  }
}

Result<Value> Evaluator::money(const Expression& at) {
  Result<Value> amount = run(at.arguments[0]);
  if (!amount) return amount;
  base::Decimal decimal;
  if (!detail::as_decimal(*amount, decimal)) return detail::wrong_argument(at.name);
  return Value(base::Money{decimal, at.name});
}

Result<Value> Evaluator::interpolation(const Expression& at) {
  std::string text;
  for (const ExpressionId id : at.arguments) {
    Result<Value> part = run(id);
    if (!part) return part;
    text += detail::describe(*part);
    if (text.size() > base::limits::kMaxPayloadBytes) return defect("a text is too long");
  }
  return Value(std::move(text));
}

Result<Value> Evaluator::key_of(const Expression& at) {
  Result<std::string> key = environment_.key_of(at.node);
  if (!key) return base::fail(key.error());
  return Value(std::move(*key));
}

Result<Value> Evaluator::uuid() {
  std::array<std::uint8_t, 10> random;
  std::uint64_t drawn = environment_.draw();
  for (std::size_t i = 0; i < random.size(); ++i, drawn >>= 8) {
    if (i == 8) drawn = environment_.draw();
    random[i] = static_cast<std::uint8_t>(drawn);
  }
  return Value(base::make_uuid_v7(environment_.now(), random));
}

Result<Value> Evaluator::random(const Expression& at) {
  Result<Value> low = run(at.arguments[0]);
  if (!low) return low;
  Result<Value> high = run(at.arguments[1]);
  if (!high) return high;
  const auto* from = low->as<std::int64_t>();
  const auto* to = high->as<std::int64_t>();
  if (from == nullptr || to == nullptr || *from > *to) return detail::wrong_argument("random");
  return Value(base::SeededRandom(environment_.draw()).between(*from, *to));
}

Result<Value> Evaluator::to_decimal(const Expression& at) {
  Result<Value> value = run(at.arguments[0]);
  if (!value) return value;
  if (const auto* integer = value->as<std::int64_t>()) return Value(base::Decimal(*integer));
  return value;
}

}  // namespace

Result<Value> evaluate(const Definition& definition, ExpressionId expression,
                       Environment& environment, std::size_t max_steps, std::size_t* steps) {
  Evaluator evaluator(definition, environment, max_steps);
  Result<Value> value = evaluator.run(expression);
  if (steps != nullptr) *steps += evaluator.steps();
  return value;
}

const std::vector<Builtin>& builtins() {
  static const std::vector<Builtin> table = [] {
    std::vector<Builtin> all;
    for (const auto* family :
         {&detail::number_functions(), &detail::text_functions(), &detail::list_functions(),
          &detail::list_lambdas(), &detail::map_functions()}) {
      for (const detail::Row& row : *family)
        all.push_back({row.name, row.min_arguments, row.max_arguments});
    }
    std::sort(all.begin(), all.end(),
              [](const Builtin& a, const Builtin& b) { return a.name < b.name; });
    return all;
  }();
  return table;
}

namespace detail {

const Row* find_function(std::string_view name) {
  static const std::vector<Row> table = [] {
    std::vector<Row> all;
    for (const auto* family : {&number_functions(), &text_functions(), &list_functions(),
                               &list_lambdas(), &map_functions()}) {
      all.insert(all.end(), family->begin(), family->end());
    }
    std::sort(all.begin(), all.end(), [](const Row& a, const Row& b) { return a.name < b.name; });
    return all;
  }();
  const auto found =
      std::lower_bound(table.begin(), table.end(), name,
                       [](const Row& row, std::string_view wanted) { return row.name < wanted; });
  return found != table.end() && found->name == name ? &*found : nullptr;
}

}  // namespace detail
}  // namespace saga::core
