#include <algorithm>
#include <utility>

#include "dsl/check/control.hpp"
#include "dsl/lower/saga.hpp"

namespace saga::dsl {

using core::kNone;
using core::NodeId;
using core::TypeKind;

// What takes back a scope that came to its end, in the place of its steps' own compensations. It
// reads whatever the scope bound: it runs only where all of that is there.
void SagaLowering::scope_compensation(const ClauseView& clause, core::ScopeNode& scope,
                                      std::vector<Binding>& bound) {
  if (clause.is_none() || clause.is_unknown()) {
    report_
        .error("E0113", at(clause.keyword()),
               clause.is_none()
                   ? "a scope isn't a write: what needs no compensation is one of its steps"
                   : "a scope has no unknown outcome, its steps have")
        .help("say it beside the step");
    return;
  }
  if (scope.compensation != kNone) {
    report_.error("E0113", at(clause.keyword()), "a second `compensate` of one scope");
    return;
  }
  const Surroundings::Part outer =
      std::exchange(surroundings_.part, Surroundings::Part::kCompensation);
  const NonNull::Mark known = non_null_.mark();
  scopes_.open();
  for (const Binding& each : bound) bind(each);
  Used nothing = used(types_.basic(TypeKind::kNothing));
  nothing.is_barrier = true;
  uses_.push_back(&nothing);
  const auto block = clause.block();
  scope.compensation = block ? this->block(*block) : call_block(clause);
  uses_.pop_back();
  const std::vector<Binding> read = scopes_.close();
  for (std::size_t i = 0; i < bound.size() && i < read.size(); ++i) {
    bound[i].is_used = bound[i].is_used || read[i].is_used;
  }
  non_null_.restore(known);
  surroundings_.part = outer;
}

// `compensate Shop.close(…) { … }`: the block that holds this call as its one step.
NodeId SagaLowering::call_block(const ClauseView& clause) {
  const core::Span span = at(clause.span());
  Action action = this->action(clause.value());
  if (action.is_child) {
    report_
        .error("E0113", at(clause.value().span()), "a compensation calls an operation, and no saga")
        .help("call the saga in a block: `compensate { step … }`");
    return add(span, core::BlockNode());
  }
  clauses(clause.clauses(), action, true);
  std::string name = "undo";
  if (action.call.operation != kNone) name = program_.tables.operations[action.call.operation].name;
  const NodeId step = reserve(span, std::move(name), {});
  NodeFacts facts;
  facts.name = at(clause.value().span());
  facts.action = std::move(action.facts);
  program_.facts[step] = std::move(facts);
  core::StepNode made;
  made.action = std::move(action.call);
  fill(step, std::move(made));
  return add(span, core::BlockNode{{step}});
}

// When, and how often, a scope that failed is run anew.
void SagaLowering::again(const ClauseView& clause, const Escapes& inside, const std::string& what,
                         core::ScopeNode& scope) {
  const RetryView view = clause.retry();
  if (!scope.again.empty()) {
    report_.error("E0113", at(clause.keyword()), "a second `again` of one scope");
    return;
  }
  if (view.after() || view.alias()) {
    report_
        .error("E0113", at(clause.keyword()),
               "what a scope failed with says nothing of when it may be run again")
        .help("write the delays: `again retry 1m, 10m`");
    return;
  }
  Action fails;  // its errors are checked here: they are those of all that stands inside
  core::Retry made = retry(view, fails);
  for (const NameView& name : view.when()) {
    const bool is_fault =
        name.text() == "Unavailable" || name.text() == "Timeout" || name.text() == "Reset";
    const bool is_possible =
        inside.any_error || (is_fault ? inside.gives_up : inside.errors.contains(name.text()));
    // What isn't available yet may fail with it.
    if (is_possible || program_.is_full || module_.is_mentioned(name.text())) continue;
    const Declared* declared = module_.peek(name.text());
    const bool is_error = declared != nullptr && declared->kind == Declared::Kind::kError;
    if (!is_fault && !is_error) continue;  // it is reported as unknown
    report_.error("E0404", at(name.span()), what + " `" + name.text() + "`");
  }
  const bool is_endless = core::is_endless(made.schedule) && made.max_times == 0;
  if (is_endless && made.within == kNone) {
    report_.error("E0403", at(clause.span()), "a scope that may be run again for ever")
        .help("bound it: `within 1d`, `up to 5 times`, or end the list of delays");
  }
  scope.again.push_back(std::move(made));
}

void SagaLowering::keep_from_rollback(NodeId scope, NodeId block) {
  walk(program_.tables, block, [&](NodeId id) {
    if (std::holds_alternative<core::StepNode>(program_.node(id).body)) kept_by_[id] = scope;
  });
}

}  // namespace saga::dsl
