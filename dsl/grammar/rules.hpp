#pragma once

#include "dsl/grammar/kit.hpp"

// The seams between the grammar's translation units, and the small rules that all of them share.
namespace saga::dsl::grammar {

#define SAGA_RULE(name)                                               \
  using name##_type = ::boost::spirit::x3::rule<struct name##_class>; \
  inline const name##_type name{#name};                               \
  BOOST_SPIRIT_DECLARE(name##_type)

// Each is DEFINEd in the .cpp beside which it stands.
SAGA_RULE(expression)      // expression.cpp
SAGA_RULE(text_literal)    // operand.cpp
SAGA_RULE(number_literal)  // operand.cpp
SAGA_RULE(arguments)       // operand.cpp
SAGA_RULE(primary)         // operand.cpp: an operand without what may follow it
SAGA_RULE(pattern)         // operand.cpp
SAGA_RULE(statement)       // statement.cpp
SAGA_RULE(block)           // statement.cpp
SAGA_RULE(body)            // statement.cpp
SAGA_RULE(else_body)       // statement.cpp: `else` with a body
SAGA_RULE(step)            // clause.cpp
SAGA_RULE(clauses)         // clause.cpp: those of a step
SAGA_RULE(scope_clauses)   // clause.cpp
SAGA_RULE(type_reference)  // type.cpp
SAGA_RULE(parameters)      // type.cpp
SAGA_RULE(record)          // type.cpp
SAGA_RULE(declaration)     // declaration.cpp
SAGA_RULE(service)         // service.cpp
SAGA_RULE(messaging)       // messaging.cpp: event, queue, cache, lock, stream, view
SAGA_RULE(saga)            // saga.cpp
SAGA_RULE(test)            // test.cpp
SAGA_RULE(file)            // declaration.cpp
#undef SAGA_RULE

#define SAGA_DEFINE(name)   \
  BOOST_SPIRIT_DEFINE(name) \
  BOOST_SPIRIT_INSTANTIATE(name##_type, TokenIterator, unused_type)

// A name that is declared here, or that refers to a declaration.
inline const auto identifier = named{"a name"}[node{NodeKind::kName}[tok{TokenKind::kIdentifier}]];
inline const auto name_list = identifier >> *(tok{TokenKind::kComma} >> must[identifier]);
inline const auto alias = node{NodeKind::kAlias}[tok{TokenKind::kAs} >> must[any_name]];

// `word expression`.
template <class Word>
auto option(const Word& introduced_by) {
  return node{NodeKind::kOption}[introduced_by >> must[expression]];
}
inline auto up_to() {
  return node{NodeKind::kUpTo}[SAGA_WORD("up") >> must[SAGA_WORD("to")] >> must[number_literal] >>
                               must[SAGA_WORD("times")]];
}

}  // namespace saga::dsl::grammar
