#include "dsl/check/time.hpp"

#include <string>

#include "dsl/check/budget.hpp"
#include "dsl/check/constants.hpp"
#include "dsl/check/control.hpp"

namespace saga::dsl {

using base::Duration;
using core::Call;
using core::kNone;
using core::Node;
using core::Retry;
using core::StepNode;

namespace {

class RetryRules {
 public:
  RetryRules(const Program& program, const Node& node, const Place& place, const Call& call,
             const CallFacts& facts, Report& report)
      : program_(program),
        node_(node),
        place_(place),
        call_(call),
        facts_(facts),
        report_(report) {}

  void check(bool is_compensation) {
    const bool says_none = call_.timeout == kNone && facts_.timeout.end == 0;
    if (program_.operation(call_) != nullptr && says_none && !is_compensation) {
      report_
          .warning("E0405", facts_.callee,
                   "no `timeout`: each attempt of `" + node_.name + "` may take the default of 10s")
          .help("say how long an answer may take: `timeout 2s`");
    }
    for (std::size_t i = 0; i < call_.retries.size(); ++i) {
      check_sum(call_.retries[i], facts_.retries[i]);
      if (!is_compensation) check_end(call_.retries[i], facts_.retries[i]);
    }
  }

 private:
  // E0401: delays that reach past the time that bounds them, so that the last retries never happen.
  void check_sum(const Retry& retry, const core::Span& span) {
    const auto own = constant_duration(program_, retry.within);
    const auto outer = constant_duration(program_, call_.within);
    const bool by_step = outer && (!own || *outer < *own);
    const auto within = by_step ? outer : own;
    const Delays delays = delays_of(program_, retry);
    if (!within || delays.is_endless || delays.sum() < *within) return;
    const std::string sum = base::describe_duration(delays.sum());
    Finding finding =
        report_.error("E0401", span,
                      "these retries take " + sum + ", but `within` ends them after " +
                          base::describe_duration(*within));
    if (by_step) finding.label(facts_.within, "the step with all its retries");
    finding.note(join_durations(delays.listed) + (delays.unlisted == 0 ? "" : "+…") + " = " + sum +
                 " of waiting alone");
    finding.help("leave out the last delays, or set `within " +
                 base::describe_duration(add(delays.sum(), Duration(1000))) + "` or more");
  }

  // E0403: before the pivot somebody waits for the ending.
  void check_end(const Retry& retry, const core::Span& span) {
    const auto& step = std::get<StepNode>(node_.body);
    if (place_.zone != Zone::kForward || !place_.before_pivot || step.is_pivot) return;
    if (call_.within != kNone || retry.within != kNone) return;
    if (!delays_of(program_, retry).is_endless) return;
    report_
        .error("E0403", span,
               "`" + node_.name + "` may retry for ever, and stands before the pivot")
        .label(facts_.callee, "nothing before the pivot may wait without end")
        .help("bound it: `within 10m`, or end the list of delays");
  }

  const Program& program_;
  const Node& node_;
  const Place& place_;
  const Call& call_;
  const CallFacts& facts_;
  Report& report_;
};

}  // namespace

void check_retries(const Program& program, const std::vector<Place>& places, Report& report) {
  for (const Place& place : places) {
    const Node& node = program.node(place.node);
    const auto* step = std::get_if<StepNode>(&node.body);
    if (step == nullptr) continue;
    const NodeFacts& facts = program.facts.at(place.node);
    const bool in_compensation = place.zone == Zone::kCompensation;
    RetryRules(program, node, place, step->action, facts.action, report).check(in_compensation);
    if (step->compensation.kind == core::Compensation::Kind::kCall) {
      RetryRules(program, node, place, step->compensation.call, facts.compensation, report)
          .check(true);
    }
    if (step->compensation_unknown.kind == core::Compensation::Kind::kCall) {
      RetryRules(program, node, place, step->compensation_unknown.call, facts.compensation_unknown,
                 report)
          .check(true);
    }
  }
}

}  // namespace saga::dsl
