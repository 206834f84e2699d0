#include "dsl/grammar/rules.hpp"
#include "dsl/grammar/statement_sync.hpp"

namespace saga::dsl::grammar {

namespace {

using enum TokenKind;

const auto label = node{NodeKind::kLabel}[text_literal];
const auto plain = [](NodeKind kind, TokenKind keyword) {
  return node{kind}[tok{keyword} >> must[expression]];
};
const auto returned = node{NodeKind::kReturn}[tok{kReturn} >> -(same_line >> expression)];
const auto used = plain(NodeKind::kUse, kUse);
const auto failed = plain(NodeKind::kFail, kFail);

const auto body_def = named{
    "a block, `use`, `fail` or `return`"}[node{NodeKind::kBody}[block | used | failed | returned]];
const auto else_body_def = node{NodeKind::kElse}[tok{kElse} >> must[body]];

const auto branch =
    node{NodeKind::kBranch}[tok{kBranch} >> must[any_name] >> -label >> must[block]];
const auto branch_or_step = (step | branch) >> resync{kStatements};
const auto parallel =
    node{NodeKind::kParallel}[tok{kParallel} >> -SAGA_WORD("any") >> must[tok{kBraceOpen}] >>
                              *(branch_or_step | recover{kStatements}) >> must[tok{kBraceClose}] >>
                              scope_clauses];
const auto scope =
    node{NodeKind::kScope}[tok{kScope} >> must[any_name] >> -label >> must[block] >> scope_clauses];
const auto at_once = node{NodeKind::kAtOnce}[tok{kParallel} >> must[number_literal]];
const auto loop = node{NodeKind::kFor}[tok{kFor} >> must[any_name] >> must[tok{kIn}] >>
                                       must[expression] >> -at_once >> must[block]];
const auto repeat =
    node{NodeKind::kRepeat}[tok{kRepeat} >> must[up_to()] >> -option(SAGA_WORD("every")) >>
                            -alias >> must[block] >> -else_body];

struct choice_class;
using choice_type = x3::rule<choice_class>;
const choice_type choice{"if"};
const auto otherwise = node{NodeKind::kElse}[tok{kElse} >> must[nested[choice] | block]];
const auto choice_def =
    node{NodeKind::kIf}[tok{kIf} >> must[expression] >> must[block] >> -otherwise];
BOOST_SPIRIT_DEFINE(choice)

const auto arm =
    node{NodeKind::kMatchArm}[pattern >> -(tok{kIf} >> must[expression]) >> must[tok{kFatArrow}] >>
                              must[named{"a block or a statement"}[block | statement]] >>
                              -tok{kComma}];
const auto match =
    node{NodeKind::kMatch}[tok{kMatch} >> must[expression] >> must[tok{kBraceOpen}] >>
                           *((arm >> resync{kStatements}) | recover{kStatements}) >>
                           must[tok{kBraceClose}]];

const auto on_event = tok{kOn} >> must[identifier] >> -arguments >> -alias >> must[block];
const auto on_time = option(tok{kAfter}) >> must[block];
const auto select = node{NodeKind::kSelect}[tok{kSelect} >> must[tok{kBraceOpen}] >>
                                            *((node{NodeKind::kSelectCase}[on_event | on_time] >>
                                               resync{kStatements}) |
                                              recover{kStatements}) >>
                                            must[tok{kBraceClose}]];

const auto let = node{NodeKind::kLet}
    [tok{kLet} >> must[any_name] >> -(tok{kColon} >> must[type_reference]) >> must[tok{kEqual}] >>
     must[named{"an expression"}[repeat | select | loop | parallel | expression]]];

const auto wait =
    node{NodeKind::kWait}[tok{kWait} >> must[any_name] >> must[tok{kEqual}] >> must[identifier] >>
                          must[arguments] >> -option(SAGA_WORD("since")) >>
                          must[option(tok{kWithin})] >> -else_body];
const auto sleep = node{NodeKind::kSleep}[tok{kSleep} >> -SAGA_WORD("until") >> must[expression]];
const auto told = [](NodeKind kind, TokenKind keyword) {
  return node{kind}[tok{keyword} >> must[identifier] >> must[arguments] >> -option(tok{kAfter})];
};
const auto slot = node{NodeKind::kSlot}[identifier >> must[tok{kBracketOpen}] >> must[expression] >>
                                        must[tok{kBracketClose}]];
const auto cache_put =
    node{NodeKind::kCachePut}[tok{kCache} >> must[slot] >> must[tok{kEqual}] >> must[expression] >>
                              -option(SAGA_WORD("ttl")) >> -option(SAGA_WORD("version"))];
const auto evict = node{NodeKind::kEvict}[tok{kEvict} >> must[slot] >> -option(tok{kAfter})];
const auto append =
    node{NodeKind::kAppend}[SAGA_WORD("append") >> must[identifier] >> must[arguments] >>
                            -option(SAGA_WORD("expect")) >> -else_body];
const auto require = node{NodeKind::kRequire}[tok{kRequire} >> must[expression] >> must[else_body]];
const auto lock =
    node{NodeKind::kLock}[tok{kLock} >> must[expression] >> -option(tok{kWithin}) >> -else_body];
const auto escalate =
    node{NodeKind::kEscalate}[tok{kEscalate} >> must[text_literal] >> -option(SAGA_WORD("to"))];
const auto alert = node{NodeKind::kAlert}[SAGA_WORD("alert") >> must[text_literal] >>
                                          -option(SAGA_WORD("to")) >> -SAGA_WORD("inconsistency")];
const auto rollback = node{NodeKind::kRollback}[SAGA_WORD("rollback") >> must[any_name]];

const auto flow = let | step | scope | parallel | branch | loop | repeat | choice | match | select;
const auto ends = failed | returned | used | plain(NodeKind::kReply, kReply) | require;
const auto effects = wait | sleep | told(NodeKind::kEmit, kEmit) | told(NodeKind::kSend, kSend) |
                     told(NodeKind::kStart, kStart) | cache_put | evict | append | lock | escalate |
                     alert | plain(NodeKind::kNote, kNote) | rollback;

const auto statement_def = named{"a statement"}[nested[flow | ends | effects]];
const auto block_def =
    node{NodeKind::kBlock}[tok{kBraceOpen} >>
                           *((statement >> resync{kStatements}) | recover{kStatements}) >>
                           must[tok{kBraceClose}]];

}  // namespace

SAGA_DEFINE(body)
SAGA_DEFINE(else_body)
SAGA_DEFINE(statement)
SAGA_DEFINE(block)

}  // namespace saga::dsl::grammar
