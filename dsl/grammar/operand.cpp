#include "dsl/grammar/rules.hpp"

namespace saga::dsl::grammar {

namespace {

using enum TokenKind;

// Succeeds, reading nothing, if the token after the next is of this kind.
struct followed_by : terminal<followed_by> {
  explicit constexpr followed_by(TokenKind wanted) : kind(wanted) {}
  bool read(TokenIterator& at) const {
    const std::size_t next = at.token() + std::size_t{1};
    return next < at.sink().tokens.size() && at.sink().tokens[next].kind == kind;
  }
  TokenKind kind;
};

// A reserved word where a value is read. What can only go on with a construct (`step x`, `retry
// 1s`) or begins a line isn't meant as a name.
struct word_as_value_parser : terminal<word_as_value_parser> {
  bool read(TokenIterator& at) const {
    if (at.sink().panic || !is_reserved(at->kind) || at.sink().begins_line(at.token()))
      return false;
    switch (at->kind) {
      case kElse:
      case kOn:
      case kThen:
      case kAs:
      case kIn:
      case kWhen:
      case kIf:
      case kMatch: return false;
      default: break;
    }
    if (may_begin_value(at.sink().tokens[at.token() + 1].kind) &&
        !at.sink().begins_line(at.token() + 1)) {
      return false;
    }
    unused_type nothing;
    return any_name.parse(at, at, nothing, nothing, nothing);
  }

 private:
  static bool may_begin_value(TokenKind kind) {
    return kind == kIdentifier || kind == kNumber || kind == kQuoteOpen || kind == kBraceOpen ||
           (is_reserved(kind) && kind != kThen && kind != kElse && kind != kIn);
  }
};
const word_as_value_parser word_as_value{};

const auto insert =
    node{NodeKind::kInsert}[tok{kInsertOpen} >> must[expression] >> must[tok{kInsertClose}]];
const auto text_literal_def = named{"a text in quotes"}[node{
    NodeKind::kTextLiteral}[tok{kQuoteOpen} >> *(tok{kText} | insert) >> must[tok{kQuoteClose}]]];
const auto number_literal_def = node{NodeKind::kNumberLiteral}[tok{kNumber}];

const auto lambda = node{
    NodeKind::kLambda}[followed_by{kFatArrow} >> any_name >> tok{kFatArrow} >> must[expression]];
const auto label = followed_by{kColon} >> any_name >> tok{kColon};
const auto argument =
    node{NodeKind::kArgument}[lambda | (label >> must[lambda | expression]) | expression];
const auto arguments_def =
    node{NodeKind::kArguments}[tok{kParenOpen} >> -(argument >> *(tok{kComma} >> must[argument])) >>
                               must[tok{kParenClose}]];

const auto entry = expression >> -(tok{kColon} >> must[expression]);
const auto list =
    node{NodeKind::kList}[tok{kBracketOpen} >> -(entry >> *(tok{kComma} >> must[entry])) >>
                          must[tok{kBracketClose}]];
const auto parenthesis =
    node{NodeKind::kParenthesis}[tok{kParenOpen} >> must[expression] >> must[tok{kParenClose}]];
const auto conditional =
    node{NodeKind::kIfExpression}[tok{kIf} >> must[expression] >> must[tok{kThen}] >>
                                  must[expression] >> must[tok{kElse}] >> must[expression]];

const auto negative_number = node{NodeKind::kUnary}[tok{kMinus} >> number_literal];
const auto constant =
    number_literal | negative_number | text_literal | node{NodeKind::kTrueLiteral}[tok{kTrue}] |
    node{NodeKind::kFalseLiteral}[tok{kFalse}] | node{NodeKind::kNullLiteral}[tok{kNull}];
const auto pattern_name =
    node{NodeKind::kName}[tok{kIdentifier} >> *(tok{kDot} >> must[tok{kIdentifier}])];
const auto bindings =
    node{NodeKind::kNames}[tok{kParenOpen} >> must[name_list] >> must[tok{kParenClose}]];
const auto pattern_def = named{
    "a pattern"}[node{NodeKind::kPattern}[constant | (-tok{kDot} >> pattern_name >> -bindings)]];

const auto match_value = node{
    NodeKind::kMatchValue}[pattern >> must[tok{kFatArrow}] >> must[expression] >> -tok{kComma}];
const auto match_expression =
    node{NodeKind::kMatchExpression}[tok{kMatch} >> must[expression] >> must[tok{kBraceOpen}] >>
                                     *match_value >> must[tok{kBraceClose}]];

const auto case_expression = node{NodeKind::kCaseExpression}[tok{kDot} >> must[any_name]];
const auto name_expression =
    node{NodeKind::kNameExpression}[node{NodeKind::kName}[tok{kIdentifier}] | word_as_value];

const auto primary_def = number_literal | text_literal | node{NodeKind::kTrueLiteral}[tok{kTrue}] |
                         node{NodeKind::kFalseLiteral}[tok{kFalse}] |
                         node{NodeKind::kNullLiteral}[tok{kNull}] | conditional | match_expression |
                         case_expression | parenthesis | list | name_expression;

}  // namespace

SAGA_DEFINE(text_literal)
SAGA_DEFINE(number_literal)
SAGA_DEFINE(arguments)
SAGA_DEFINE(pattern)
SAGA_DEFINE(primary)

}  // namespace saga::dsl::grammar
