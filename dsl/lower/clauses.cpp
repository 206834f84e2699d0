#include <algorithm>
#include <array>
#include <utility>

#include "dsl/check/constants.hpp"
#include "dsl/check/control.hpp"
#include "dsl/check/suggest.hpp"
#include "dsl/lower/saga.hpp"

namespace saga::dsl {

using core::kNone;
using core::NodeId;
using core::TypeId;
using core::TypeKind;

namespace {

constexpr std::array<std::string_view, 3> kFaults = {"Unavailable", "Timeout", "Reset"};

bool is_fault(const std::string& name) { return std::ranges::find(kFaults, name) != kFaults.end(); }

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
  const TypeId value = is_compensation ? types_.basic(TypeKind::kNothing) : action.result;
  for (const ClauseView& clause : clauses) {
    NodeId body = kNone;
    if (clause.kind() == ClauseKind::kUsing) {
      if (policy) report_.error("E0113", at(clause.span()), "a second `using` on one call");
      policy = clause;
    } else if (clause.kind() == ClauseKind::kOn) {
      action.call.handlers.push_back(handler(clause, action, value));
      body = action.call.handlers.back().body;
    } else if (clause.kind() == ClauseKind::kElse) {
      if (action.call.fallback != kNone)
        report_.error("E0113", at(clause.span()), "a second `else` on one call");
      action.facts.fallback = at(clause.span());
      body = action.call.fallback = this->body(clause.body(), value);
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
  return goes_on;
}

// A clause that a policy may hold too.
void SagaLowering::plain_clause(const ClauseView& clause, Action& action) {
  switch (clause.kind()) {
    case ClauseKind::kKey:
      once(action.call.key, clause);
      action.call.key = key(clause.value());
      break;
    case ClauseKind::kTimeout:
      once(action.call.timeout, clause);
      action.call.timeout = duration(clause.value(), "`timeout`");
      action.facts.timeout = at(clause.span());
      break;
    case ClauseKind::kWithin:
      once(action.call.within, clause);
      action.call.within = duration(clause.value(), "`within`");
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
  const Declared* declared = module_.find(name);
  if (declared == nullptr || declared->kind != Declared::Kind::kPolicy) {
    Finding finding = report_.error(
        declared == nullptr ? "E0101" : "E0110", at(clause.name().span()),
        declared == nullptr ? "no policy is called `" + name + "`"
                            : "`" + name + "` is " + describe(declared->kind) + ", and no policy");
    const std::string nearest = declared == nullptr ? nearest_name(name, module_.names()) : "";
    if (!nearest.empty()) finding.help("did you mean `" + nearest + "`?");
    return;
  }
  Action given;
  given.retriable = action.retriable;
  given.possible = action.possible;
  given.call.operation = action.call.operation;
  given.call.child = action.call.child;
  Scopes own = std::exchange(scopes_, Scopes());  // a policy sees no saga's names
  scopes_.open();
  for (const ClauseView& each : module_.policy(*declared).clauses) {
    const bool fits = each.kind() == ClauseKind::kTimeout || each.kind() == ClauseKind::kWithin ||
                      each.kind() == ClauseKind::kRetry;
    if (fits) plain_clause(each, given);  // another kind is reported where the policy stands
  }
  scopes_ = std::move(own);
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

core::Handler SagaLowering::handler(const ClauseView& clause, const Action& action, TypeId value) {
  const std::string what = action.is_known() ? "`" + program_.callee_name(action.call) + "`" : "";
  return handler(clause, action.possible, !action.is_known(), value, what);
}

core::Handler SagaLowering::handler(const ClauseView& clause, const Escapes& possible, bool is_open,
                                    TypeId value, const std::string& what) {
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
  made.body = body(clause.body(), value);
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
  const auto type = module_.error(name);
  if (!type) return kUnknownType;
  if (!is_open && !possible.any_error && !possible.errors.contains(name.text())) {
    Finding finding =
        report_.error("E0404", at(name.span()), what + " never answers `" + name.text() + "`");
    if (!possible.errors.empty()) finding.note("it may answer " + quoted_list(possible.errors));
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
NodeId SagaLowering::body(const BodyView& body, TypeId value) {
  const NonNull::Facts before = non_null_.facts();
  use_types_.push_back(value);
  NodeId made = kNone;
  if (const auto block = body.block()) {
    made = this->block(*block);
  } else {
    core::BlockNode single;
    if (const auto node = statement(body.statement())) single.statements.push_back(*node);
    made = add(at(body.span()), std::move(single));
  }
  use_types_.pop_back();
  non_null_.restore(before);
  return made;
}

}  // namespace saga::dsl
