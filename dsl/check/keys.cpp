#include <algorithm>
#include <set>
#include <string>

#include "dsl/check/control.hpp"
#include "dsl/check/flow.hpp"
#include "dsl/check/key_paths.hpp"
#include "engine/base/names.hpp"

namespace saga::dsl {

using core::Call;
using core::Compensation;
using core::Expression;
using core::ExpressionId;
using core::kNone;
using core::Node;
using core::Operator;
using core::StepNode;

namespace {

core::Span span_of(const Program& program, ExpressionId id) {
  const Expression& row = program.tables.expressions[id];
  return {row.file, row.span_begin, row.span_end};
}

// What is another value each time it is read; nullptr for what isn't.
const char* changing(Operator op, bool of_saga) {
  switch (op) {
    case Operator::kNow: return "now()";
    case Operator::kAttempt: return "attempt()";
    default: break;
  }
  if (!of_saga) return nullptr;  // in a step these are journaled once
  switch (op) {
    case Operator::kUuid: return "uuid()";
    case Operator::kRandom: return "random()";
    case Operator::kSagaId: return "saga_id()";
    default: return nullptr;
  }
}

// E0502. A saga's key is made before the saga: only its parameters are there.
void check_stable(const Program& program, ExpressionId key, bool of_saga, Report& report) {
  if (key == kNone) return;
  std::string read;
  walk_expression(program.tables, key, [&](const Expression& part) {
    if (const char* name = changing(part.op, of_saga)) read = name;
  });
  if (read.empty()) return;
  report
      .error("E0502", span_of(program, key),
             "this key is another one each time: it reads `" + read + "`")
      .help("make the key from what identifies the request, as `order.id` does");
}

// E0506. Of all sagas with this key, or all calls with it, but the first is done.
void check_tells_apart(const Program& program, ExpressionId key, const char* whose,
                       Report& report) {
  if (key == kNone || program.tables.expressions[key].type == kNone) return;
  if (program.expression_facts[key].reads != ExpressionFacts::kReadsNothing) return;
  if (report.has_error_in(span_of(program, key))) return;
  report.warning("E0506", span_of(program, key), std::string("this key is the same for ") + whose)
      .help("make the key from what identifies the request, as `order.id` does");
}

// A key that could be meant: the first parameter that can be one.
std::string key_of_parameters(const Program& program, const SagaEntry& saga) {
  const core::Type& input = program.tables.types[saga.header.input];
  for (const core::FieldType& field : input.fields) {
    const core::TypeKind kind =
        field.type == kNone ? core::TypeKind::kNothing : program.tables.types[field.type].kind;
    if (kind == core::TypeKind::kString || kind == core::TypeKind::kUuid) return field.name;
  }
  return "order.id";
}

// E0505. Whoever starts it again after a lost answer starts another one.
void check_has_key(const Program& program, const SagaEntry& saga, const std::vector<Place>& places,
                   Report& report) {
  const bool could_have = !saga.header.parameters.empty() && !saga.is_partial;
  if (saga.header.key != kNone || saga.has_trigger || !could_have) return;
  const auto index = static_cast<std::uint32_t>(&saga - program.sagas.data());
  const bool is_called = std::ranges::any_of(program.sagas, [&](const SagaEntry& other) {
    return std::ranges::find(other.callees, index) != other.callees.end();
  });
  const bool writes = std::ranges::any_of(places, [&](const Place& place) {
    const auto* step = std::get_if<StepNode>(&program.node(place.node).body);
    return step != nullptr && program.writes(step->action);
  });
  if (is_called || !writes) return;
  report
      .warning("E0505", saga.name,
               "`" + base::bare_name(saga.header.name) +
                   "` has no `key`: started again with the same "
                   "input, it does everything again")
      .help("say what makes two starts the same one: `key " + key_of_parameters(program, saga) +
            "`");
}

bool may_repeat_work(const Program& program, const Call& call) {
  const core::Operation* called = program.operation(call);
  return called != nullptr && called->effect == core::OperationEffect::kWrite &&
         called->idempotence == core::Idempotence::kNone;
}

// Whether a ladder makes a second attempt after one that may have been executed.
bool repeats_unknown(const core::Retry& retry) {
  if (retry.after == kNone && retry.schedule.kind == core::Schedule::Kind::kNever) return false;
  return retry.when.empty() || std::ranges::any_of(retry.when, [](const std::string& fault) {
           return fault == "Timeout" || fault == "Reset";
         });
}

constexpr const char* kHowToRetry =
    "declare it `idempotent by key` if it is, or retry only what surely wasn't executed: `when "
    "Unavailable`";

// E0501: after a time-out a second attempt may do the work twice.
void check_retried(const Program& program, const Node& node, const core::Span& step,
                   const Call& call, const CallFacts& facts, bool is_compensation, Report& report) {
  if (!may_repeat_work(program, call)) return;
  const std::string callee = "`" + program.callee_name(call) + "`";
  if (is_compensation && call.retries.empty()) {
    report
        .error(
            "E0501", facts.callee,
            "a compensation is repeated until it is done, and " + callee + " may do its work twice")
        .label(step, "what it takes back")
        .help(kHowToRetry);
    return;
  }
  for (std::size_t i = 0; i < call.retries.size(); ++i) {
    if (!repeats_unknown(call.retries[i])) continue;
    report.error("E0501", facts.retries[i], "a retry of `" + node.name + "` may do the work twice")
        .label(facts.callee, callee + " isn't idempotent")
        .help(kHowToRetry);
    return;
  }
}

}  // namespace

void check_keys(const Program& program, const SagaEntry& saga, const std::vector<Place>& places,
                Report& report) {
  check_has_key(program, saga, places, report);
  check_stable(program, saga.header.key, true, report);
  check_tells_apart(program, saga.header.key, "every saga", report);
  check_key_paths(program, saga, report);
  for (const Place& place : places) {
    const Node& node = program.node(place.node);
    const auto* step = std::get_if<StepNode>(&node.body);
    if (step == nullptr) continue;
    const NodeFacts& facts = program.facts.at(place.node);
    check_stable(program, step->action.key, false, report);
    check_tells_apart(program, step->action.key, "the calls of every saga", report);
    check_retried(program, node, facts.name, step->action, facts.action,
                  place.zone == Zone::kCompensation, report);
    for (const Compensation* each : {&step->compensation, &step->compensation_unknown}) {
      if (each->kind != Compensation::Kind::kCall) continue;
      const bool is_twin = each == &step->compensation_unknown;
      check_stable(program, each->call.key, false, report);
      check_tells_apart(program, each->call.key, "the calls of every saga", report);
      check_retried(program, node, facts.name, each->call,
                    is_twin ? facts.compensation_unknown : facts.compensation, true, report);
    }
  }
}

}  // namespace saga::dsl
