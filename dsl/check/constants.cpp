#include "dsl/check/constants.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "engine/base/limits.hpp"
#include "engine/core/expression.hpp"

namespace saga::dsl {

using base::ErrorCode;
using base::fail;
using base::Result;
using base::Value;
using core::kNone;
using core::Operator;

namespace {

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

// A pattern is compiled for each match.
constexpr std::size_t kPatternSteps = 10'000;

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

std::size_t size_of(const Value& value) {
  if (const auto* text = value.as<std::string>()) return text->size();
  if (const auto* items = value.list()) return items->size();
  if (const auto* record = value.record()) return record->fields->size();
  return 1;
}

base::Unexpected too_much() { return fail(ErrorCode::kOverloaded, "this takes too long"); }

// Computes constants, each from the values of its parts, which are kept.
class Folder {
 public:
  explicit Folder(const Program& program) : tables_(program.tables), values_(program.constants) {}

  Result<Value> value(core::ExpressionId id) {
    const core::Expression& row = tables_.expressions[id];
    if (row.op == Operator::kLiteral) return row.literal;
    if (const auto known = values_.known.find(id); known != values_.known.end()) {
      return known->second ? Result<Value>(*known->second) : too_much();
    }
    if (values_.steps > base::limits::kMaxAllConstantSteps) {
      if (values_.given_up_at == kNone) values_.given_up_at = id;
      return too_much();
    }
    Result<Value> made = compute(id, row);
    if (made) values_.steps += size_of(*made) / 16;
    const bool is_small = made && size_of(*made) <= base::limits::kMaxConstantSize;
    if (is_small) values_.known.emplace(id, *made);
    if (is_small || (!made && made.error().code != ErrorCode::kOverloaded)) return made;
    values_.known.emplace(id, std::nullopt);
    return too_much();
  }

  // Such a call or division of a sample; null for any other expression.
  Result<Value> value_of_sample(const core::Expression& call) {
    if (!is_strict(tables_, call)) return Value();
    const core::TypeId receiver = tables_.expressions[call.arguments[0]].type;
    if (receiver == kNone) return Value();
    const auto sample = sample_of(tables_.types[receiver].kind);
    if (!sample) return Value();
    std::vector<Value> arguments = {*sample};
    for (std::size_t i = 1; i < call.arguments.size(); ++i) {
      const Result<Value> argument = value(call.arguments[i]);
      if (!argument) return Value();  // reported where it stands
      arguments.push_back(*argument);
    }
    return apply(call, std::move(arguments));
  }

  Result<Value> evaluate(core::ExpressionId id, core::Environment& environment) {
    return core::evaluate(tables_, id, environment, base::limits::kMaxConstantSteps,
                          &values_.steps);
  }

 private:
  // What evaluates its parts only where it needs them, or needs more than their values.
  [[nodiscard]] bool is_special(const core::Expression& row) const {
    switch (row.op) {
      case Operator::kRecord:
      case Operator::kUnionCase:
      case Operator::kError:
      case Operator::kRefined:
      case Operator::kLet: return true;
      case Operator::kBuiltin:
        return std::ranges::any_of(row.arguments, [&](core::ExpressionId each) {
          return tables_.expressions[each].op == Operator::kLambda;
        });
      default: return false;
    }
  }

  Result<Value> compute(core::ExpressionId id, const core::Expression& row) {
    ConstantEnvironment environment;
    if (is_special(row)) {
      // What needs too much already needs too much here.
      for (const core::ExpressionId each : row.arguments) {
        if (tables_.expressions[each].op == Operator::kLambda) continue;
        if (Result<Value> argument = value(each); !argument) return argument;
      }
      return evaluate(id, environment);
    }
    if (row.op == Operator::kConditional || row.op == Operator::kCoalesce ||
        row.op == Operator::kAnd || row.op == Operator::kOr) {
      return choose(row);
    }
    std::vector<Value> arguments;
    for (const core::ExpressionId each : row.arguments) {
      Result<Value> argument = value(each);
      if (!argument) return argument;
      arguments.push_back(std::move(*argument));
    }
    Result<Value> made = apply(row, std::move(arguments));
    // The sum of nothing is told by the type.
    return made && made->is_null() && row.name == "sum" ? evaluate(id, environment) : made;
  }

  Result<Value> choose(const core::Expression& row) {
    Result<Value> first = value(row.arguments[0]);
    if (!first) return first;
    if (row.op == Operator::kCoalesce) return first->is_null() ? value(row.arguments[1]) : first;
    const bool* holds = first->as<bool>();
    if (holds == nullptr) return fail(ErrorCode::kDefect, "a condition is wanted here");
    if (row.op == Operator::kConditional) return value(row.arguments[*holds ? 1 : 2]);
    const bool is_decided = row.op == Operator::kAnd ? !*holds : *holds;
    return is_decided ? first : value(row.arguments[1]);
  }

  // The same operation on values.
  Result<Value> apply(const core::Expression& row, std::vector<Value> arguments) {
    core::Definition scratch;
    scratch.expressions.resize(arguments.size() + 1);
    core::Expression& made = scratch.expressions.back();
    made.op = row.op;
    made.name = row.name;
    if (row.name == "matches") values_.steps += kPatternSteps;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      values_.steps += size_of(arguments[i]) / 16;
      scratch.expressions[i].literal = std::move(arguments[i]);
      made.arguments.push_back(static_cast<core::ExpressionId>(i));
    }
    ConstantEnvironment environment;
    const auto whole = static_cast<core::ExpressionId>(made.arguments.size());
    return core::evaluate(scratch, whole, environment, base::limits::kMaxConstantSteps,
                          &values_.steps);
  }

  const core::Definition& tables_;
  ConstantValues& values_;
};

}  // namespace

bool is_constant(const Program& program, core::ExpressionId expression) {
  return expression != kNone &&
         program.expression_facts[expression].reads == ExpressionFacts::kReadsNothing;
}

Result<Value> constant_value(const Program& program, core::ExpressionId expression) {
  return Folder(program).value(expression);
}

std::optional<base::Error> never_computes(const Program& program, core::ExpressionId expression) {
  Folder folder(program);
  const core::Expression& row = program.tables.expressions[expression];
  const bool is_sampled =
      !is_constant(program, expression) && row.arguments.size() > 1 &&
      std::ranges::all_of(row.arguments.begin() + 1, row.arguments.end(),
                          [&](core::ExpressionId each) { return is_constant(program, each); });
  if (!is_sampled && !is_constant(program, expression)) return std::nullopt;
  const auto value = is_sampled ? folder.value_of_sample(row) : folder.value(expression);
  if (value || value.error().code == ErrorCode::kOverloaded) return std::nullopt;
  return value.error();
}

Result<bool> satisfies_where(const Program& program, const core::Type& type, const Value& value) {
  ConstantEnvironment environment(type.where_slot, value);
  if (program.constants.steps > base::limits::kMaxAllConstantSteps) {
    if (program.constants.given_up_at == kNone) program.constants.given_up_at = type.where;
    return too_much();
  }
  const auto holds = Folder(program).evaluate(type.where, environment);
  if (!holds) return fail(holds.error());
  const bool* flag = holds->as<bool>();
  return flag != nullptr && *flag;
}

std::optional<base::Duration> constant_duration(const Program& program,
                                                core::ExpressionId expression) {
  if (!is_constant(program, expression)) return std::nullopt;
  const auto value = constant_value(program, expression);
  const base::Duration* duration = value ? value->as<base::Duration>() : nullptr;
  return duration == nullptr ? std::nullopt : std::optional(*duration);
}

void check_constants_known(const Program& program, Report& report) {
  const core::ExpressionId at = program.constants.given_up_at;
  if (at == kNone) return;
  const core::Expression& row = program.tables.expressions[at];
  report
      .error("E0116", {row.file, row.span_begin, row.span_end},
             "the constants up to here take too long to be computed")
      .note("they are computed before any saga runs, in at most " +
            std::to_string(base::limits::kMaxAllConstantSteps) + " steps for all files together")
      .help("write the results of the long ones instead of how to compute them");
}

}  // namespace saga::dsl
