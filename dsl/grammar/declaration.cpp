#include "dsl/grammar/item_sync.hpp"
#include "dsl/grammar/parser.hpp"
#include "dsl/grammar/rules.hpp"
#include "engine/base/assert.hpp"

namespace saga::dsl::grammar {

namespace {

using enum TokenKind;

const auto path = node{NodeKind::kPath}[tok{kIdentifier} >> *(tok{kDot} >> tok{kIdentifier})];
const auto module_header = node{NodeKind::kModule}[SAGA_WORD("module") >> must[path]];
const auto chosen = tok{kDot} >> must[tok{kBraceOpen}] >> must[name_list] >> must[tok{kBraceClose}];
const auto import = node{NodeKind::kImport}[SAGA_WORD("import") >> must[path] >> -chosen >> -alias];

const auto where = node{NodeKind::kWhere}[SAGA_WORD("where") >> must[expression]];
const auto same_as = tok{kEqual} >> must[type_reference] >> -where;
const auto type =
    node{NodeKind::kType}[SAGA_WORD("type") >> must[identifier] >> must[record | same_as]];
const auto enumeration =
    node{NodeKind::kEnum}[SAGA_WORD("enum") >> must[identifier] >> must[tok{kBraceOpen}] >>
                          must[node{NodeKind::kNames}[identifier >> *(no_item >> -tok{kComma} >>
                                                                      no_item >> identifier)]] >>
                          must[tok{kBraceClose}]];
const auto union_case =
    node{NodeKind::kUnionCase}[no_item >> identifier >> -parameters >> -tok{kComma}];
const auto union_type =
    node{NodeKind::kUnion}[SAGA_WORD("union") >> must[identifier] >> must[tok{kBraceOpen}] >>
                           *union_case >> must[tok{kBraceClose}]];
const auto result = must[tok{kArrow}] >> must[type_reference];
const auto function =
    node{NodeKind::kFunction}[SAGA_WORD("fn") >> must[any_name] >> must[parameters] >> result >>
                              must[tok{kEqual}] >> must[expression]];
const auto error = node{NodeKind::kErrorDeclaration}[SAGA_WORD("error") >> must[identifier] >>
                                                     -SAGA_WORD("transient") >> -record];
const auto query = node{NodeKind::kQuery}[SAGA_WORD("query") >> must[identifier] >>
                                          must[parameters] >> result >> must[block]];
const auto policy =
    node{NodeKind::kPolicy}[SAGA_WORD("policy") >> must[identifier] >> must[tok{kBraceOpen}] >>
                            clauses >> must[tok{kBraceClose}]];
const auto secret = node{NodeKind::kSecret}[SAGA_WORD("secret") >> must[identifier]];
const auto setting =
    node{NodeKind::kSetting}[SAGA_WORD("setting") >> must[identifier] >> must[tok{kColon}] >>
                             must[type_reference] >> must[tok{kEqual}] >> must[expression]];

const auto declaration_def =
    named{"a declaration"}[import | type | enumeration | union_type | function | error | service |
                           messaging | query | policy | secret | setting | saga | test];

// The end is read even in panic: every token has its place in the tree.
struct end_parser : terminal<end_parser> {
  bool read(TokenIterator& at) const {
    if (at->kind != kEnd) return false;
    at.bump();
    return true;
  }
};

const auto file_def =
    node{NodeKind::kFile}[-(module_header >> resync{kItems}) >>
                          *((declaration >> resync{kItems}) | recover{kItems}) >> end_parser{}];

}  // namespace

SAGA_DEFINE(declaration)
SAGA_DEFINE(file)

void parse_tokens(Sink& sink) {
  TokenIterator at(0, &sink);
  const TokenIterator last(static_cast<std::uint32_t>(sink.tokens.size()), &sink);
  unused_type nothing;
  const bool is_read = parse_rule(x3::detail::rule_id<file_class>{}, at, last, nothing, nothing);
  SAGA_ASSERT(is_read && at.token() == sink.tokens.size());
  sink.events.resize(at.event_count());
}

}  // namespace saga::dsl::grammar
