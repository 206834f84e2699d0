#include "dsl/grammar/rules.hpp"

namespace saga::dsl::grammar {

namespace {

using enum TokenKind;

const auto using_clause = node{NodeKind::kUsingClause}[tok{kUsing} >> must[identifier]];
const auto key_clause = node{NodeKind::kKeyClause}[SAGA_WORD("key") >> must[expression]];
const auto timeout_clause = node{NodeKind::kTimeoutClause}[tok{kTimeout} >> must[expression]];
const auto within_clause = node{NodeKind::kWithinClause}[tok{kWithin} >> must[expression]];
const auto cached_clause = node{
    NodeKind::kCachedClause}[SAGA_WORD("cached") >> must[expression] >> -option(SAGA_WORD("ttl"))];
const auto remind_clause =
    node{NodeKind::kRemindClause}[SAGA_WORD("remind") >> -SAGA_WORD("every") >> must[expression]];

const auto schedule = node{
    NodeKind::kSchedule}[number_literal >> *(tok{kComma} >> must[number_literal | tok{kEllipsis}])];
const auto ladder = SAGA_WORD("never") | (SAGA_WORD("forever") >> -option(SAGA_WORD("every"))) |
                    schedule | option(tok{kAfter}) | expression;
const auto when = node{NodeKind::kWhen}[tok{kWhen} >> must[name_list] >> -alias];
const auto jitter = node{NodeKind::kJitter}[SAGA_WORD("jitter") >> must[number_literal]];
const auto retry_clause =
    node{NodeKind::kRetryClause}[tok{kRetry} >> must[named{"a delay or a policy"}[ladder]] >>
                                 -up_to() >> -jitter >> -option(tok{kWithin}) >> -when];

const auto on_clause =
    node{NodeKind::kOnClause}[tok{kOn} >> must[name_list] >> -alias >> must[body]];
const auto else_clause = node{NodeKind::kElseClause}[tok{kElse} >> must[body]];

const auto nothing = SAGA_WORD("none") >> must[text_literal];
const auto call_clauses = tok{kBraceOpen} >> clauses >> must[tok{kBraceClose}];
const auto call = -SAGA_WORD("unknown") >> expression >> -call_clauses;
const auto compensate_clause = node{NodeKind::kCompensateClause}
    [tok{kCompensate} >> must[named{"a call, a block or `none`"}[nothing | block | call]]];

const auto clause = using_clause | key_clause | timeout_clause | within_clause | retry_clause |
                    cached_clause | remind_clause | on_clause | else_clause |
                    nested[compensate_clause];
const auto clauses_def = *clause;

const auto again_clause = node{NodeKind::kAgainClause}[SAGA_WORD("again") >> must[retry_clause]];
const auto scope_clauses_def =
    *(on_clause | else_clause | nested[compensate_clause] | again_clause);

const auto label = node{NodeKind::kLabel}[text_literal];
const auto step_def =
    node{NodeKind::kStep}[-tok{kPivot} >> tok{kStep} >> must[any_name] >> -label >>
                          must[tok{kEqual}] >> must[expression] >> clauses];

}  // namespace

SAGA_DEFINE(clauses)
SAGA_DEFINE(scope_clauses)
SAGA_DEFINE(step)

}  // namespace saga::dsl::grammar
