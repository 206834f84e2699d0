#include <algorithm>
#include <utility>

#include "dsl/check/constants.hpp"
#include "dsl/lower/saga.hpp"
#include "engine/base/limits.hpp"

namespace saga::dsl {

using base::Duration;
using core::ExpressionId;
using core::Retry;
using core::Schedule;
using core::TypeId;
using core::TypeKind;

ExpressionId SagaLowering::duration(const ExpressionView& expression, const std::string& what,
                                    Least least) {
  const ExpressionId id =
      expressions_.lower_as(expression, types_.basic(TypeKind::kDuration), what);
  const auto constant = constant_duration(program_, id);
  if (constant && constant->count() < 0) {
    report_.error("E0114", at(expression.span()), what + " can't be less than nothing");
  } else if (constant && constant->count() == 0 && least == Least::kMoreThanNothing) {
    report_.error("E0114", at(expression.span()), what + " must leave some time");
  }
  return id;
}

namespace {

// The texts that are in a key whatever a saga's data are.
std::vector<std::string> fixed_texts(const core::Definition& tables, ExpressionId key) {
  std::vector<std::string> texts;
  const core::Expression& row = tables.expressions[key];
  std::vector<ExpressionId> parts = {key};
  if (row.op == core::Operator::kInterpolation) parts = row.arguments;
  for (const ExpressionId part : parts) {
    const auto* text = tables.expressions[part].literal.as<std::string>();
    if (text != nullptr) texts.push_back(*text);
  }
  return texts;
}

bool is_plain(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

ExpressionId SagaLowering::key(const ExpressionView& expression, KeyOf of) {
  const ExpressionId id = expressions_.lower(expression);
  const TypeId type = expressions_.build().type_of(id);
  const bool fits = type == kUnknownType || types_.is(type, TypeKind::kString) ||
                    types_.is(type, TypeKind::kInt) || types_.is(type, TypeKind::kUuid);
  if (fits) {
    check_key_text(id, of, at(expression.span()));
    return id;
  }
  report_
      .error("E0103", at(expression.span()),
             "a key is a string, an int or a uuid, this is `" + types_.describe(type) + "`")
      .help("make a text of it: \"{…}\"");
  return expressions_.build().unknown(at(expression.span()));
}

// E0114 for what would park each saga at this key.
void SagaLowering::check_key_text(ExpressionId key, KeyOf of, const core::Span& span) {
  if (expressions_.build().is_unknown(key)) return;
  std::size_t size = 0;
  for (const std::string& text : fixed_texts(program_.tables, key)) {
    size += text.size();
    if (of == KeyOf::kSaga || is_plain(text)) continue;
    report_.error("E0114", span, "a step's key has only printable ASCII characters and no spaces")
        .note("it travels as a header, byte for byte");
    return;
  }
  const bool is_empty = size == 0 &&
                        program_.tables.expressions[key].op == core::Operator::kLiteral &&
                        program_.tables.expressions[key].literal.as<std::string>() != nullptr;
  if (is_empty) report_.error("E0114", span, "a key can't be empty");
  if (size <= base::limits::kMaxKeyBytes) return;
  report_.error("E0114", span,
                "a key has at most " + std::to_string(base::limits::kMaxKeyBytes) +
                    " bytes, and this has " + std::to_string(size));
}

std::optional<Duration> SagaLowering::fixed_duration(const ExpressionView& expression,
                                                     const std::string& what) {
  const ExpressionId id = duration(expression, what);
  if (expressions_.build().is_unknown(id)) return std::nullopt;
  const auto value = constant_duration(program_, id);
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
    if (!view.up_to()) check_pauses(made.schedule, at(view.span()));
  }
  if (const auto times = view.up_to()) {
    made.max_times = static_cast<std::uint32_t>(whole_number(*times, "`up to`", 1, 1'000'000));
  }
  if (const auto jitter = view.jitter())
    made.jitter_per_mille = per_mille(*jitter, "`jitter`", 1000);
  if (const auto within = view.within())
    made.within = duration(*within, "`within`", Least::kMoreThanNothing);
  close_block();
  return made;
}

void SagaLowering::filters(const RetryView& view, Retry& retry, const Action& action) {
  TypeId type = kUnknownType;
  std::map<std::string, core::Span> known;
  for (const NameView& name : view.when()) {
    const auto [first, is_new] = known.try_emplace(name.text(), at(name.span()));
    if (!is_new) {
      report_.error("E0113", at(name.span()), "`" + name.text() + "` stands here twice")
          .label(first->second, "here first");
      continue;
    }
    retry.when.push_back(name.text());
    if (is_fault(name.text())) continue;
    const auto found = module_.error(name, {"Unavailable", "Timeout", "Reset"});
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
  return listed_schedule(view);
}

// `1s, 3s, 10s`, `1s, 10s, ...`.
Schedule SagaLowering::listed_schedule(const RetryView& view) {
  Schedule made;
  made.kind = Schedule::Kind::kList;
  const View list = view.part(NodeKind::kSchedule);
  for (const ExpressionView& delay : view.delays()) {
    made.delays.push_back(fixed_duration(delay, "a delay").value_or(Duration(1000)));
  }
  made.repeats_last = view.repeats_last();
  if (made.delays.empty()) made.kind = Schedule::Kind::kNever;  // faulty source
  if (made.repeats_last && !list.source().ends_with("...")) {
    report_
        .error("E0113", at(list.span()),
               "`...` repeats the last delay for ever, so nothing follows it")
        .help("put it at the end: `retry 1s, 10s, ...`");
  }
  return made;
}

// E0114 for retries that would follow each other without a pause, and never end.
void SagaLowering::check_pauses(const Schedule& schedule, const core::Span& span) {
  using Kind = Schedule::Kind;
  const bool has_none = schedule.from.count() == 0;
  const bool shrinks = schedule.kind == Kind::kExponential && schedule.factor_per_mille < 1000;
  bool is_busy = false;
  switch (schedule.kind) {
    case Kind::kNever: break;
    case Kind::kList: is_busy = schedule.repeats_last && schedule.delays.back().count() == 0; break;
    case Kind::kExponential: is_busy = has_none || shrinks; break;
    case Kind::kLinear: is_busy = has_none && schedule.step.count() == 0; break;
    case Kind::kFixed: is_busy = has_none; break;
  }
  if (!is_busy) return;
  report_.error("E0114", span, "these retries would come without a pause, and never end")
      .help(shrinks ? "a `factor` below 1 lets the delays shrink to nothing"
                    : "give them a delay, or an end: `up to 5 times`");
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
  if (!has_from) {
    report_.error("E0104", at(expression.span()),
                  "`" + name + "` needs its first delay: `from: 1s`");
    made.from = Duration(1000);
  }
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
  const auto value = is_constant(program_, id) ? constant_value(program_, id)
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
  const auto value = is_constant(program_, id) ? constant_value(program_, id)
                                               : base::Result<base::Value>(base::Value());
  const base::Decimal* share = value ? value->as<base::Decimal>() : nullptr;
  const auto scaled = share != nullptr ? share->times(base::Decimal(1000))
                                       : base::Result<base::Decimal>(base::Decimal(-1));
  const auto number = scaled ? scaled->rounded(0).to_integer() : base::Result<std::int64_t>(-1);
  if (number && *number >= 0 && *number <= most) return static_cast<std::int32_t>(*number);
  const bool is_share = most == 1000;
  report_.error("E0115", at(expression.span()),
                what + (is_share ? " takes a fixed share from 0% to 100%, as in `jitter 10%`"
                                 : " takes a fixed number up to " + std::to_string(most / 1000) +
                                       ", as in `factor: 2`"));
  return 0;
}

}  // namespace saga::dsl
