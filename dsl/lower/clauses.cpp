#include <algorithm>
#include <utility>

#include "dsl/check/constants.hpp"
#include "dsl/check/control.hpp"
#include "dsl/check/size.hpp"
#include "dsl/lower/saga.hpp"

namespace saga::dsl {

using core::kNone;
using core::NodeId;
using core::TypeId;
using core::TypeKind;

namespace {

bool fits_policy(ClauseKind kind) {
  return kind == ClauseKind::kTimeout || kind == ClauseKind::kWithin || kind == ClauseKind::kRetry;
}

std::string quoted_list(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& each : names) text += (text.empty() ? "`" : ", `") + each + "`";
  return text;
}

}  // namespace

const char* word_of(ClauseKind kind) {
  switch (kind) {
    case ClauseKind::kUsing: return "using";
    case ClauseKind::kKey: return "key";
    case ClauseKind::kTimeout: return "timeout";
    case ClauseKind::kWithin: return "within";
    case ClauseKind::kRetry: return "retry";
    case ClauseKind::kCached: return "cached";
    case ClauseKind::kRemind: return "remind";
    case ClauseKind::kOn: return "on";
    case ClauseKind::kElse: return "else";
    case ClauseKind::kCompensate: return "compensate";
    case ClauseKind::kAgain: return "again";
  }
  return "clause";
}

// Reads the clauses of one call. Gives the span of a handler that goes on without a value; empty if
// there is none. `compensate` is left to the caller: it may read the step's own result.
core::Span SagaLowering::clauses(const std::vector<ClauseView>& clauses, Action& action,
                                 bool is_compensation) {
  std::optional<ClauseView> policy;
  core::Span goes_on;
  Used used = this->used(is_compensation ? types_.basic(TypeKind::kNothing) : action.result);
  used.is_barrier = is_compensation;
  std::map<std::string, core::Span> handled;
  for (const ClauseView& clause : clauses) {
    NodeId body = kNone;
    if (action.is_child) check_child_clause(clause, action);
    if (is_compensation && clause.kind() == ClauseKind::kWithin) {
      report_
          .error("E0113", at(clause.span()),
                 "a compensation has no deadline: `within` ends nothing")
          .help("`retry … within 1h` bounds its retries: after them the saga is stuck");
    }
    if (clause.kind() == ClauseKind::kUsing) {
      if (policy) report_.error("E0113", at(clause.span()), "a second `using` on one call");
      policy = clause;
    } else if (clause.kind() == ClauseKind::kOn) {
      check_handled_once(clause, handled);
      action.call.handlers.push_back(handler(clause, action, used));
      body = action.call.handlers.back().body;
    } else if (clause.kind() == ClauseKind::kElse) {
      if (action.call.fallback != kNone)
        report_.error("E0113", at(clause.span()), "a second `else` on one call");
      action.facts.fallback = at(clause.span());
      body = action.call.fallback = this->body(clause.body(), used);
    } else if (clause.kind() == ClauseKind::kCompensate) {
      if (is_compensation)
        report_.error("E0113", at(clause.span()), "a compensation isn't compensated itself");
    } else {
      plain_clause(clause, action);
    }
    if (body != kNone && goes_on.end == 0 && completes(program_.tables, body))
      goes_on = at(clause.span());
  }
  if (policy) apply_policy(*policy, action);
  check_ladders(action);
  if (is_compensation) {
    action.call.within = kNone;  // of a policy
    action.facts.within = {};
  } else if (used.may_be_null) {
    action.result = types_.optional(action.result);
  }
  return goes_on;
}

// A called saga is no attempt that could be bounded or repeated; its own steps say all that.
void SagaLowering::check_child_clause(const ClauseView& clause, const Action& action) {
  switch (clause.kind()) {
    case ClauseKind::kKey:
    case ClauseKind::kTimeout:
    case ClauseKind::kRetry:
    case ClauseKind::kUsing: break;
    default: return;
  }
  report_
      .error("E0113", at(clause.span()),
             "`" + std::string(word_of(clause.kind())) +
                 "` belongs to the call of an operation, and `" +
                 program_.callee_name(action.call) + "` is a saga")
      .help("its own steps have it; `within` bounds all of it");
}

// E0113: the first handler of an error takes it always.
void SagaLowering::check_handled_once(const ClauseView& clause,
                                      std::map<std::string, core::Span>& handled) {
  for (const NameView& name : clause.names()) {
    const auto [first, is_new] = handled.try_emplace(name.text(), at(name.span()));
    if (is_new) continue;
    report_.error("E0113", at(name.span()), "`" + name.text() + "` is handled already")
        .label(first->second, "here, so this never runs");
  }
}

// E0113: a ladder that never applies, for the first that takes a fault has it.
void SagaLowering::check_ladders(const Action& action) {
  const std::vector<core::Retry>& ladders = action.call.retries;
  std::set<std::string> taken;
  for (std::size_t i = 0; i < ladders.size(); ++i) {
    const bool is_last = i + 1 == ladders.size();
    taken.insert(ladders[i].when.begin(), ladders[i].when.end());
    if (is_last) return;
    const std::vector<std::string>& next = ladders[i + 1].when;
    const auto is_taken = [&](const std::string& name) { return taken.contains(name); };
    const auto is_answer = [&](const std::string& name) {
      return action.is_read && action.possible.errors.contains(name);
    };
    const bool takes_all =
        std::ranges::any_of(ladders.begin(), ladders.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                            [](const core::Retry& each) { return each.when.empty(); });
    const bool is_useless = takes_all ? std::ranges::none_of(next, is_answer)
                                      : !next.empty() && std::ranges::all_of(next, is_taken);
    if (!is_useless) continue;
    report_
        .error("E0113", action.facts.retries[i + 1],
               "this `retry` never applies: what it is for is taken before")
        .label(action.facts.retries[i], "the first `retry` that fits decides")
        .help("say what each is for: `retry 1s, 3s when Busy`");
    return;
  }
}

// The clauses of a policy on their own: the one place where their faults are reported.
void SagaLowering::check_policy(const PolicyDeclaration& policy) {
  Action open;
  scopes_.open();
  for (const ClauseView& clause : policy.clauses) {
    if (fits_policy(clause.kind())) {
      plain_clause(clause, open);
    } else {
      report_.error("E0113", at(clause.span()),
                    "a policy holds `timeout`, `within` and `retry`; this belongs to the step");
    }
  }
  check_ladders(open);
  scopes_.close();
}

// A clause that a policy may hold too.
void SagaLowering::plain_clause(const ClauseView& clause, Action& action) {
  switch (clause.kind()) {
    case ClauseKind::kKey:
      once(action.call.key, clause);
      action.call.key = key(clause.value(), KeyOf::kStep);
      break;
    case ClauseKind::kTimeout:
      once(action.call.timeout, clause);
      action.call.timeout = duration(clause.value(), "`timeout`", Least::kMoreThanNothing);
      action.facts.timeout = at(clause.span());
      break;
    case ClauseKind::kWithin:
      once(action.call.within, clause);
      action.call.within = duration(clause.value(), "`within`", Least::kMoreThanNothing);
      action.facts.within = at(clause.span());
      break;
    case ClauseKind::kRetry:
      action.call.retries.push_back(retry(clause.retry(), action));
      action.facts.retries.push_back(at(clause.span()));
      break;
    default: report_unavailable(report_, word_of(clause.kind()), at(clause.keyword()));
  }
}

void SagaLowering::once(core::ExpressionId given, const ClauseView& clause) {
  if (given == kNone) return;
  report_
      .error("E0113", at(clause.span()),
             "a second `" + std::string(word_of(clause.kind())) + "` on one call")
      .label(expressions_.build().span_of(given), "the first");
}

// What the call doesn't say itself comes from the policy.
void SagaLowering::apply_policy(const ClauseView& clause, Action& action) {
  const std::string name = clause.name().text();
  const core::Span name_span = at(clause.name().span());
  const Declared* declared = module_.find(name);
  const bool is_policy = declared != nullptr && declared->kind == Declared::Kind::kPolicy;
  if (!is_policy) action.facts.timeout = name_span;  // nobody knows what it would say
  if (declared == nullptr) {
    std::vector<std::string> known;
    for (const PolicyDeclaration& each : module_.policies()) known.push_back(each.name);
    module_.suggest(report_.error("E0101", name_span, "no policy is called `" + name + "`"), name,
                    known);
    return;
  }
  if (!is_policy) {
    module_.report_misused(*declared, name_span, "no policy");
    return;
  }
  if (program_.is_full) return;
  expressions_.build().blame(name_span);
  Action given;  // of no operation: a policy may name what only some of its users answer
  Scopes own = std::exchange(scopes_, Scopes());  // a policy sees no saga's names
  const Surroundings::Part part = std::exchange(surroundings_.part, Surroundings::Part::kConstant);
  scopes_.open();
  report_.mute();  // reported once, where the policy stands
  for (const ClauseView& each : module_.policy(*declared).clauses) {
    if (fits_policy(each.kind())) plain_clause(each, given);
  }
  report_.unmute();
  expressions_.build().blame(std::nullopt);
  scopes_ = std::move(own);
  surroundings_.part = part;
  for (const core::Retry& each : given.call.retries)
    charge(program_, bytes_of(each), name_span, report_);
  check_final_filters(given, action, clause);
  if (action.call.timeout == kNone) {
    action.call.timeout = given.call.timeout;
    action.facts.timeout = given.facts.timeout;
  }
  if (action.call.within == kNone) {
    action.call.within = given.call.within;
    action.facts.within = given.facts.within;
  }
  if (action.call.retries.empty()) {
    action.call.retries = std::move(given.call.retries);
    action.facts.retries = std::move(given.facts.retries);
  }
}

// E0404 for a policy that would retry what this operation answers once and for all.
void SagaLowering::check_final_filters(const Action& policy, const Action& action,
                                       const ClauseView& clause) {
  if (!action.is_known() || !action.call.retries.empty()) return;
  for (std::size_t i = 0; i < policy.call.retries.size(); ++i) {
    for (const std::string& name : policy.call.retries[i].when) {
      if (!action.possible.errors.contains(name) || action.retriable.contains(name)) continue;
      report_
          .error("E0404", at(clause.span()),
                 "`" + clause.name().text() + "` retries `" + name + "`, which is final: `" +
                     program_.callee_name(action.call) + "` refuses the same call again")
          .label(policy.facts.retries[i], "this `retry`")
          .help("handle it with `on " + name + "`, or declare the error `transient`");
      return;
    }
  }
}

core::Handler SagaLowering::handler(const ClauseView& clause, const Action& action, Used& used) {
  const std::string what =
      action.is_known() ? "`" + program_.callee_name(action.call) + "` never answers" : "";
  return handler(clause, action.possible, !action.is_known(), used, what);
}

core::Handler SagaLowering::handler(const ClauseView& clause, const Escapes& possible, bool is_open,
                                    Used& used, const std::string& what) {
  core::Handler made;
  TypeId type = kUnknownType;
  for (const NameView& name : clause.names()) {
    made.errors.push_back(name.text());
    type = handled_error(name, possible, is_open, what);
  }
  scopes_.open();
  if (const auto as = clause.alias()) {
    if (made.errors.size() > 1) type = types_.basic(TypeKind::kAnyError);
    made.slot = bind_error(*as, type);
  }
  made.body = body(clause.body(), used);
  close_block();
  return made;
}

// The type of an error that a handler names; E0404 where it can't occur.
TypeId SagaLowering::handled_error(const NameView& name, const Escapes& possible, bool is_open,
                                   const std::string& what) {
  if (is_fault(name.text())) {
    report_
        .error("E0404", at(name.span()),
               "`" + name.text() + "` is a fault, and no answer of the participant")
        .help("`else` goes on without an answer; `retry … when " + name.text() + "` retries it");
    return kUnknownType;
  }
  if (is_open && name.text() == "Insufficient" && module_.find(name.text()) == nullptr)
    return kUnknownType;  // the built-in error of a counter, which is reported as E0001
  const auto type = module_.error(name);
  if (!type) return kUnknownType;
  if (!is_open && !possible.any_error && !possible.errors.contains(name.text())) {
    Finding finding = report_.error("E0404", at(name.span()), what + " `" + name.text() + "`");
    if (!possible.errors.empty()) finding.note("it may be " + quoted_list(possible.errors));
  }
  return *type;
}

core::SlotId SagaLowering::bind_error(const NameView& name, TypeId type) {
  Binding bound;
  bound.kind = Binding::Kind::kError;
  bound.name = name.text();
  bound.span = at(name.span());
  bound.type = type;
  bound.slot = module_.new_slot(bound.name, type);
  const core::SlotId slot = bound.slot;
  bind(std::move(bound));
  return slot;
}

// A handler's or `else`'s body: always a block.
NodeId SagaLowering::body(const BodyView& body, Used& used) {
  const NonNull::Mark before = non_null_.mark();
  uses_.push_back(&used);
  NodeId made = kNone;
  if (const auto block = body.block()) {
    made = this->block(*block);
  } else {
    core::BlockNode single;
    if (const auto node = statement(body.statement())) single.statements.push_back(*node);
    made = add(at(body.span()), std::move(single));
  }
  uses_.pop_back();
  non_null_.restore(before);
  return made;
}

}  // namespace saga::dsl
