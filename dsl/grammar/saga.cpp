#include "dsl/grammar/rules.hpp"

namespace saga::dsl::grammar {

namespace {

using enum TokenKind;

const auto overlap =
    SAGA_WORD("overlap") >> must[SAGA_WORD("skip") | SAGA_WORD("queue") | SAGA_WORD("allow")];
const auto schedule = SAGA_WORD("schedule") >> must[text_literal] >>
                      -(SAGA_WORD("tz") >> must[text_literal]) >> -overlap >>
                      -option(SAGA_WORD("catch_up"));
const auto source =
    (SAGA_WORD("queue") >> must[identifier]) | (SAGA_WORD("event") >> must[identifier]) | schedule;
const auto trigger = node{NodeKind::kTrigger}[tok{kOn} >> must[source]];
const auto version = node{NodeKind::kVersion}[SAGA_WORD("version") >> must[number_literal]];
const auto header = version | option(SAGA_WORD("key")) | option(SAGA_WORD("deadline")) | trigger;

const auto ended = SAGA_WORD("failed") | SAGA_WORD("completed") | SAGA_WORD("stuck");
const auto ending = node{NodeKind::kEnding}[tok{kOn} >> must[ended] >> -alias >> must[block]];
const auto late = node{NodeKind::kLate}[SAGA_WORD("late") >> must[identifier] >> must[arguments] >>
                                        -alias >> must[block]];
const auto renamed = any_name >> tok{kFatArrow} >> must[any_name];
const auto given = tok{kLet} >> must[any_name] >> must[tok{kEqual}] >> must[expression];
const auto migrate = node{NodeKind::kMigrate}[SAGA_WORD("migrate") >> must[SAGA_WORD("from")] >>
                                              must[number_literal] >> must[tok{kBraceOpen}] >>
                                              *node{NodeKind::kMigrateRow}[renamed | given] >>
                                              must[tok{kBraceClose}]];

const auto saga_def =
    node{NodeKind::kSaga}[SAGA_WORD("saga") >> must[identifier] >> must[parameters] >>
                          -(tok{kArrow} >> must[type_reference]) >> *header >> must[block] >>
                          *(ending | late | migrate)];

}  // namespace

SAGA_DEFINE(saga)

}  // namespace saga::dsl::grammar
