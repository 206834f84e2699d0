#include "dsl/check/constants.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "dsl/check/control.hpp"
#include "engine/core/definition.hpp"

namespace saga::dsl {

using base::ErrorCode;
using base::fail;
using base::Result;
using base::Value;
using core::kNone;
using core::Operator;

namespace {

// What takes longer isn't computed before the saga runs: a file is checked at each keystroke.
constexpr std::size_t kMaxSteps = 10'000;

// Knows at most one binding: `it` of a refinement. Lambdas bind inside evaluate().
class ConstantEnvironment : public core::Environment {
 public:
  ConstantEnvironment() = default;
  ConstantEnvironment(core::SlotId it, const Value& value) : it_(it), value_(value) {}

  Result<Value> slot(core::SlotId slot) override {
    if (slot == it_) return value_;
    return fail(ErrorCode::kDefect, "not a constant");
  }
  Result<std::string> key_of(core::NodeId) override {
    return fail(ErrorCode::kDefect, "not a constant");
  }
  bool started(core::NodeId) override { return false; }
  std::string saga_id() override { return {}; }
  std::int64_t attempt() override { return 1; }
  base::TimePoint now() override { return {}; }
  std::uint64_t draw() override { return 0; }

 private:
  core::SlotId it_ = kNone;
  Value value_;
};

// Those that refuse the same arguments of every receiver.
constexpr auto kStrict = std::to_array<std::string_view>(
    {"chunk", "drop", "matches", "pad", "round", "split", "take", "truncate"});

std::optional<Value> sample_of(core::TypeKind kind) {
  switch (kind) {
    case core::TypeKind::kInt: return Value(std::int64_t{1});
    case core::TypeKind::kDuration: return Value(base::Duration(1));
    case core::TypeKind::kString: return Value(std::string());
    case core::TypeKind::kDecimal: return Value(base::Decimal(0));
    case core::TypeKind::kMoney: return Value(base::Money{base::Decimal(0), "CNY"});
    case core::TypeKind::kList: return Value(base::List());
    default: return std::nullopt;
  }
}

// Whether what follows the first argument can be wrong for every value of that.
bool is_strict(const core::Definition& tables, const core::Expression& call) {
  if (call.op == Operator::kBuiltin) {
    return call.arguments.size() > 1 && std::ranges::find(kStrict, call.name) != kStrict.end();
  }
  if (call.op != Operator::kDivide && call.op != Operator::kRemainder) return false;
  const core::TypeId by = tables.expressions[call.arguments[1]].type;
  return by != kNone && tables.types[by].kind != core::TypeKind::kMoney;
}

// Such a call or division of a sample; null for any other expression.
Result<Value> value_of_sample(const core::Definition& tables, core::ExpressionId expression) {
  const core::Expression& call = tables.expressions[expression];
  if (!is_strict(tables, call)) return Value();
  const core::TypeId receiver = tables.expressions[call.arguments[0]].type;
  const auto sample = receiver == kNone ? std::nullopt : sample_of(tables.types[receiver].kind);
  if (!sample) return Value();
  core::Definition scratch;
  scratch.expressions.resize(call.arguments.size() + 1);
  scratch.expressions[0].literal = *sample;
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    if (!is_constant(tables, call.arguments[i])) return Value();
    const auto value = constant_value(tables, call.arguments[i]);
    if (!value) return Value();  // reported where it stands
    scratch.expressions[i].literal = *value;
  }
  core::Expression& made = scratch.expressions.back();
  made.op = call.op;
  made.name = call.name;
  for (std::size_t i = 0; i < call.arguments.size(); ++i)
    made.arguments.push_back(static_cast<core::ExpressionId>(i));
  return constant_value(scratch, static_cast<core::ExpressionId>(call.arguments.size()));
}

}  // namespace

bool is_constant(const core::Definition& tables, core::ExpressionId expression) {
  std::set<core::SlotId> own;
  walk_expression(tables, expression, [&](const core::Expression& part) {
    if (part.op == Operator::kLambda) own.insert(part.slot);
  });
  bool constant = expression != kNone;
  walk_expression(tables, expression, [&](const core::Expression& part) {
    switch (part.op) {
      case Operator::kSlot: constant = constant && own.contains(part.slot); break;
      case Operator::kKeyOf:
      case Operator::kStarted:
      case Operator::kSagaId:
      case Operator::kAttempt:
      case Operator::kNow:
      case Operator::kUuid:
      case Operator::kRandom: constant = false; break;
      default: constant = constant && part.type != kNone;
    }
  });
  return constant;
}

Result<Value> constant_value(const core::Definition& tables, core::ExpressionId expression) {
  ConstantEnvironment environment;
  return core::evaluate(tables, expression, environment, kMaxSteps);
}

std::optional<base::Error> never_computes(const core::Definition& tables,
                                          core::ExpressionId expression) {
  const auto value = is_constant(tables, expression) ? constant_value(tables, expression)
                                                     : value_of_sample(tables, expression);
  if (value || value.error().code == ErrorCode::kOverloaded) return std::nullopt;
  return value.error();
}

Result<bool> satisfies_where(const core::Definition& tables, const core::Type& type,
                             const Value& value) {
  ConstantEnvironment environment(type.where_slot, value);
  const auto holds = core::evaluate(tables, type.where, environment, kMaxSteps);
  if (!holds) return fail(holds.error());
  const bool* flag = holds->as<bool>();
  return flag != nullptr && *flag;
}

std::optional<base::Duration> constant_duration(const core::Definition& tables,
                                                core::ExpressionId expression) {
  if (!is_constant(tables, expression)) return std::nullopt;
  const auto value = constant_value(tables, expression);
  const base::Duration* duration = value ? value->as<base::Duration>() : nullptr;
  return duration == nullptr ? std::nullopt : std::optional(*duration);
}

}  // namespace saga::dsl
