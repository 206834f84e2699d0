#include <algorithm>
#include <set>
#include <string>

#include "dsl/check/control.hpp"
#include "dsl/check/flow.hpp"
#include "dsl/check/key_paths.hpp"

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
  check_stable(program, saga.header.key, true, report);
  check_key_paths(program, saga, report);
  for (const Place& place : places) {
    const Node& node = program.node(place.node);
    const auto* step = std::get_if<StepNode>(&node.body);
    if (step == nullptr) continue;
    const NodeFacts& facts = program.facts.at(place.node);
    check_stable(program, step->action.key, false, report);
    check_retried(program, node, facts.name, step->action, facts.action,
                  place.zone == Zone::kCompensation, report);
    for (const Compensation* each : {&step->compensation, &step->compensation_unknown}) {
      if (each->kind != Compensation::Kind::kCall) continue;
      const bool is_twin = each == &step->compensation_unknown;
      check_stable(program, each->call.key, false, report);
      check_retried(program, node, facts.name, each->call,
                    is_twin ? facts.compensation_unknown : facts.compensation, true, report);
    }
  }
}

}  // namespace saga::dsl
