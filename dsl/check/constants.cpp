#include "dsl/check/constants.hpp"

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
