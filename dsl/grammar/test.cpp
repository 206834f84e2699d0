#include "dsl/grammar/item_sync.hpp"
#include "dsl/grammar/rules.hpp"

namespace saga::dsl::grammar {

namespace {

using enum TokenKind;

constexpr auto kLineKinds = std::to_array<TokenKind>({kLet});
constexpr auto kLineWords = std::to_array<std::string_view>({"mock", "run", "expect"});
constexpr Sync kLines{kLineKinds, kLineWords};

const auto value = same_line >> expression;
const auto bind =
    node{NodeKind::kTestLet}[tok{kLet} >> must[any_name] >> must[tok{kEqual}] >> must[expression]];
const auto path = node{NodeKind::kPath}[tok{kIdentifier} >> *(tok{kDot} >> must[any_name])];
const auto answer =
    (tok{kFail} >> -value) | tok{kTimeout} | (SAGA_WORD("lost") >> value) | expression;
const auto mock =
    node{NodeKind::kTestMock}[SAGA_WORD("mock") >> must[path] >> must[tok{kFatArrow}] >>
                              must[named{"an answer"}[answer]] >> -option(tok{kAfter})];
const auto run = node{NodeKind::kTestRun}[SAGA_WORD("run") >> must[expression]];
const auto outcome = SAGA_WORD("failed") | SAGA_WORD("completed") | SAGA_WORD("stuck") |
                     SAGA_WORD("compensated") | SAGA_WORD("never") | SAGA_WORD("emitted") |
                     SAGA_WORD("called");
const auto wanted = (SAGA_WORD("ending") >> identifier) | (outcome >> -value) | expression;
const auto expect =
    node{NodeKind::kTestExpect}[SAGA_WORD("expect") >> must[named{"what is expected"}[wanted]]];

const auto line = (bind | mock | run | expect) >> resync{kLines};
const auto test_def =
    node{NodeKind::kTest}[SAGA_WORD("test") >> must[text_literal] >> must[tok{kBraceOpen}] >>
                          *(line | recover{kLines}) >> must[tok{kBraceClose}]];

}  // namespace

SAGA_DEFINE(test)

}  // namespace saga::dsl::grammar
