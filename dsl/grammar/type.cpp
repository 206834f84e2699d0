#include <array>

#include "dsl/grammar/rules.hpp"

namespace saga::dsl::grammar {

namespace {

using enum TokenKind;

constexpr auto kFieldKinds = std::to_array<TokenKind>({kComma, kBraceClose});
constexpr Sync kFields{kFieldKinds, {}, false, true};

const auto type_name =
    node{NodeKind::kName}[tok{kIdentifier} >> *(tok{kDot} >> must[tok{kIdentifier}])];
const auto type_arguments = tok{kLess} >> must[type_reference] >>
                            *(tok{kComma} >> must[type_reference]) >> must[tok{kGreater}];
const auto type_reference_def = named{"a type"}[nested[node{
    NodeKind::kTypeReference}[type_name >> -type_arguments >> -tok{kQuestion}]]];

// `private` is a type's name only where no type follows it.
const auto privately = SAGA_WORD("private") >> type_reference;
const auto field_type = privately | type_reference;
const auto field = node{NodeKind::kField}[any_name >> must[tok{kColon}] >> must[field_type] >>
                                          -(tok{kEqual} >> must[expression])];

const auto parameters_def =
    node{NodeKind::kParameters}[tok{kParenOpen} >> -(field >> *(tok{kComma} >> must[field])) >>
                                must[tok{kParenClose}]];

const auto record_def =
    node{NodeKind::kRecord}[tok{kBraceOpen} >>
                            *((no_item >> field >> resync{kFields} >> -tok{kComma}) |
                              recover{kFields}) >>
                            must[tok{kBraceClose}]];

}  // namespace

SAGA_DEFINE(type_reference)
SAGA_DEFINE(parameters)
SAGA_DEFINE(record)

}  // namespace saga::dsl::grammar
