#include "dsl/grammar/item_sync.hpp"
#include "dsl/grammar/rules.hpp"

namespace saga::dsl::grammar {

namespace {

using enum TokenKind;

constexpr auto kRowKinds = std::to_array<TokenKind>({kOn, kBraceClose});
constexpr Sync kRows{kRowKinds, {}, false, true};

const auto typed = must[tok{kColon}] >> must[type_reference];
const auto ttl = option(SAGA_WORD("ttl"));

const auto event_key = node{NodeKind::kAlias}[SAGA_WORD("key") >> must[any_name]];
const auto event =
    node{NodeKind::kEvent}[-SAGA_WORD("external") >> SAGA_WORD("event") >> must[identifier] >>
                           -event_key >> -option(SAGA_WORD("keep")) >> must[record]];

const auto keyed = [](std::string_view quoted) {
  return word{quoted} >> must[SAGA_WORD("by")] >> must[expression];
};
const auto dead_letter = SAGA_WORD("dead_letter") >> -option(tok{kAfter});
const auto queue_clause =
    node{NodeKind::kQueueClause}[(SAGA_WORD("delay") >> must[expression]) | keyed("`partition`") |
                                 keyed("`collapse`") | dead_letter];
const auto queue =
    node{NodeKind::kQueue}[SAGA_WORD("queue") >> must[identifier] >> typed >> *queue_clause];

const auto cache =
    node{NodeKind::kCacheDeclaration}[tok{kCache} >> must[identifier] >> typed >> *ttl];
const auto lock = node{NodeKind::kLockDeclaration}[tok{kLock} >> must[identifier] >> typed];

const auto row = node{NodeKind::kField}[any_name >> must[tok{kColon}] >> must[type_reference]];
const auto fold_value =
    node{NodeKind::kFoldValue}[any_name >> must[tok{kEqual}] >> must[expression]];
const auto fold =
    node{NodeKind::kFold}[tok{kOn} >> must[identifier] >> -alias >> must[tok{kBraceOpen}] >>
                          *fold_value >> must[tok{kBraceClose}]];
const auto rows =
    must[tok{kBraceOpen}] >>
    *((no_item >> (fold | row) >> resync{kRows}) | recover{kRows}) >> must[tok{kBraceClose}];
const auto key = node{NodeKind::kField}[SAGA_WORD("key") >> must[any_name] >> typed];
const auto stream =
    node{NodeKind::kStream}[SAGA_WORD("stream") >> must[identifier] >> must[key] >> rows];
const auto view_cache = node{NodeKind::kAlias}[tok{kCache} >> must[identifier] >> -ttl];
const auto view = node{
    NodeKind::kView}[SAGA_WORD("view") >> must[identifier] >> must[key] >> *view_cache >> rows];

const auto messaging_def = event | queue | cache | lock | stream | view;

}  // namespace

SAGA_DEFINE(messaging)

}  // namespace saga::dsl::grammar
