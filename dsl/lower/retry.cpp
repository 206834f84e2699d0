#include <algorithm>
#include <utility>

#include "dsl/check/constants.hpp"
#include "dsl/lower/saga.hpp"

namespace saga::dsl {

using base::Duration;
using core::ExpressionId;
using core::kNone;
using core::Retry;
using core::Schedule;
using core::TypeId;
using core::TypeKind;

ExpressionId SagaLowering::duration(const ExpressionView& expression, const std::string& what) {
  const ExpressionId id =
      expressions_.lower_as(expression, types_.basic(TypeKind::kDuration), what);
  const auto constant = constant_duration(program_.tables, id);
  if (constant && constant->count() < 0) {
    report_.error("E0114", at(expression.span()), what + " can't be less than nothing");
  }
  return id;
}

ExpressionId SagaLowering::key(const ExpressionView& expression) {
  const ExpressionId id = expressions_.lower(expression);
  const TypeId type = expressions_.build().type_of(id);
  const bool fits = type == kUnknownType || types_.is(type, TypeKind::kString) ||
                    types_.is(type, TypeKind::kInt) || types_.is(type, TypeKind::kUuid);
  if (fits) return id;
  report_
      .error("E0103", at(expression.span()),
             "a key is a string, an int or a uuid, this is `" + types_.describe(type) + "`")
      .help("make a text of it: \"{…}\"");
  return expressions_.build().unknown(at(expression.span()));
}

std::optional<Duration> SagaLowering::fixed_duration(const ExpressionView& expression,
                                                     const std::string& what) {
  const ExpressionId id = duration(expression, what);
  if (expressions_.build().is_unknown(id)) return std::nullopt;
  const auto value = constant_duration(program_.tables, id);
  if (!value) {
    report_.error("E0115", at(expression.span()),
                  what + " is fixed when the file is compiled: this depends on a saga's data");
  }
  return value;
}

Retry SagaLowering::retry(const RetryView& view, const Action& action) {
  Retry made;
  scopes_.open();
  filters(view, made, action);
  if (const auto after = view.after()) {
    made.after = duration(*after, "`retry after`");
  } else {
    made.schedule = schedule(view);
  }
  if (const auto times = view.up_to()) {
    made.max_times = static_cast<std::uint32_t>(whole_number(*times, "`up to`", 1, 1'000'000));
  }
  if (const auto jitter = view.jitter())
    made.jitter_per_mille = per_mille(*jitter, "`jitter`", 1000);
  if (const auto within = view.within()) made.within = duration(*within, "`within`");
  close_block();
  return made;
}

void SagaLowering::filters(const RetryView& view, Retry& retry, const Action& action) {
  TypeId type = kUnknownType;
  for (const NameView& name : view.when()) {
    retry.when.push_back(name.text());
    if (name.text() == "Unavailable" || name.text() == "Timeout" || name.text() == "Reset")
      continue;
    const auto found = module_.error(name);
    if (!found) continue;
    type = *found;
    if (action.retriable.contains(name.text()) || !action.is_known()) continue;
    const bool is_final = action.possible.errors.contains(name.text());
    report_
        .error("E0404", at(name.span()),
               is_final ? "`" + name.text() + "` is final: the same call is refused again"
                        : "`" + program_.callee_name(action.call) + "` never answers `" +
                              name.text() + "`")
        .help(is_final ? "handle it with `on " + name.text() + "`, or declare the error `transient`"
                       : "`when` may name Unavailable, Timeout, Reset and what the operation "
                         "declares `transient`");
  }
  const auto as = view.alias();
  if (!as) return;
  if (retry.when.size() > 1) type = types_.basic(TypeKind::kAnyError);
  retry.slot = bind_error(*as, type);
}

Schedule SagaLowering::schedule(const RetryView& view) {
  Schedule made;
  if (view.is_never()) return made;
  if (const auto policy = view.policy()) return named_schedule(*policy);
  if (const auto every = view.every()) {
    made.kind = Schedule::Kind::kFixed;
    made.from = fixed_duration(*every, "`every`").value_or(Duration(1000));
    return made;
  }
  if (view.is_forever()) return core::compensation_schedule();
  made.kind = Schedule::Kind::kList;
  for (const ExpressionView& delay : view.delays()) {
    made.delays.push_back(fixed_duration(delay, "a delay").value_or(Duration(1000)));
  }
  made.repeats_last = view.repeats_last();
  if (made.delays.empty()) made.kind = Schedule::Kind::kNever;  // faulty source
  return made;
}

// `exponential(from:, factor:, max:)`, `linear(from:, step:, max:)`, `fixed(d)`, or one delay.
Schedule SagaLowering::named_schedule(const ExpressionView& expression) {
  Schedule made;
  const bool is_call = expression.kind() == ExpressionKind::kCall &&
                       expression.callee().kind() == ExpressionKind::kName;
  const std::string name = is_call ? expression.callee().name().text() : "";
  if (name == "exponential") {
    made.kind = Schedule::Kind::kExponential;
  } else if (name == "linear") {
    made.kind = Schedule::Kind::kLinear;
  } else if (name == "fixed") {
    made.kind = Schedule::Kind::kFixed;
  } else {
    made.kind = Schedule::Kind::kList;
    made.delays = {fixed_duration(expression, "a delay").value_or(Duration(1000))};
    return made;
  }
  std::size_t next = 0;
  bool has_from = false;
  for (const ArgumentView& argument : expression.arguments()) {
    static constexpr const char* kOrder[][3] = {
        {"from", "factor", "max"}, {"from", "step", "max"}, {"from", "", ""}};
    const std::size_t row = name == "exponential" ? 0 : name == "linear" ? 1 : 2;
    const std::string field = argument.name() ? argument.name()->text()
                              : next < 3      ? kOrder[row][next]
                                              : "";
    ++next;
    has_from = has_from || field == "from";
    if (!set_schedule(made, field, argument.value())) {
      report_.error("E0104", at(argument.value().span()), "`" + name + "` has no such setting")
          .help(
              "write `exponential(from: 1s, factor: 2, max: 1m)`, `linear(from: 1s, step: 1s, max: "
              "1m)` or `fixed(5s)`");
    }
  }
  if (!has_from)
    report_.error("E0104", at(expression.span()),
                  "`" + name + "` needs its first delay: `from: 1s`");
  return made;
}

bool SagaLowering::set_schedule(Schedule& schedule, const std::string& field,
                                const ExpressionView& value) {
  using Kind = Schedule::Kind;
  if (field == "from") {
    schedule.from = fixed_duration(value, "a delay").value_or(Duration(1000));
  } else if (field == "step" && schedule.kind == Kind::kLinear) {
    schedule.step = fixed_duration(value, "`step`").value_or(Duration(1000));
  } else if (field == "max" && schedule.kind != Kind::kFixed) {
    schedule.max = fixed_duration(value, "`max`").value_or(Duration(0));
  } else if (field == "factor" && schedule.kind == Kind::kExponential) {
    schedule.factor_per_mille = per_mille(value, "`factor`", 1'000'000);
  } else {
    return false;
  }
  return true;
}

std::int64_t SagaLowering::whole_number(const ExpressionView& expression, const std::string& what,
                                        std::int64_t least, std::int64_t most) {
  const ExpressionId id = expressions_.lower_as(expression, types_.basic(TypeKind::kInt), what);
  if (expressions_.build().is_unknown(id)) return least;
  const auto value = is_constant(program_.tables, id) ? constant_value(program_.tables, id)
                                                      : base::Result<base::Value>(base::Value());
  const std::int64_t* number = value ? value->as<std::int64_t>() : nullptr;
  if (number != nullptr && *number >= least && *number <= most) return *number;
  report_.error(
      "E0115", at(expression.span()),
      what + " takes a number from " + std::to_string(least) + " to " + std::to_string(most));
  return least;
}

std::int32_t SagaLowering::per_mille(const ExpressionView& expression, const std::string& what,
                                     std::int32_t most) {
  const ExpressionId id = expressions_.lower_as(expression, types_.basic(TypeKind::kDecimal), what);
  if (expressions_.build().is_unknown(id)) return 0;
  const auto value = is_constant(program_.tables, id) ? constant_value(program_.tables, id)
                                                      : base::Result<base::Value>(base::Value());
  const base::Decimal* share = value ? value->as<base::Decimal>() : nullptr;
  const auto scaled = share != nullptr ? share->times(base::Decimal(1000))
                                       : base::Result<base::Decimal>(base::Decimal(-1));
  const auto number = scaled ? scaled->rounded(0).to_integer() : base::Result<std::int64_t>(-1);
  if (number && *number >= 0 && *number <= most) return static_cast<std::int32_t>(*number);
  report_.error("E0115", at(expression.span()),
                what + " takes a fixed number, as in `jitter 10%` or `factor: 2`");
  return 0;
}

}  // namespace saga::dsl
