#include "dsl/grammar/item_sync.hpp"
#include "dsl/grammar/rules.hpp"

namespace saga::dsl::grammar {

namespace {

using enum TokenKind;

const auto result = tok{kArrow} >> must[type_reference];
const auto by_name = SAGA_WORD("by") >> must[any_name];
const auto errors = SAGA_WORD("errors") >> must[name_list];
const auto idempotent = SAGA_WORD("idempotent") >> -by_name;
const auto resolve = SAGA_WORD("resolve") >> must[identifier] >> must[arguments];
const auto http = SAGA_WORD("http") >> must[identifier] >> must[text_literal];
const auto operation_clause =
    node{NodeKind::kOperationClause}[errors | idempotent | resolve | SAGA_WORD("async") | http];
const auto effect = SAGA_WORD("read") | SAGA_WORD("write") | SAGA_WORD("notify");
const auto operation = node{NodeKind::kOperation}[effect >> must[any_name] >> must[parameters] >>
                                                  -result >> *operation_clause];

const auto auth = node{NodeKind::kAlias}[SAGA_WORD("auth") >> must[identifier]];
const auto service_def =
    node{NodeKind::kService}[SAGA_WORD("service") >> must[identifier] >> -auth >>
                             must[tok{kBraceOpen}] >>
                             *((operation >> resync{kOperations}) | recover{kOperations}) >>
                             must[tok{kBraceClose}]];

}  // namespace

SAGA_DEFINE(service)

}  // namespace saga::dsl::grammar
