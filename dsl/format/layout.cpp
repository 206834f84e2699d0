#include "dsl/format/layout.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"

namespace saga::dsl::format {

namespace {

using enum TokenKind;

constexpr std::uint32_t kIndent = 2;

// Brackets and dots stand close to what they join.
bool is_path(NodeKind kind) {
  return kind == NodeKind::kPath || kind == NodeKind::kName || kind == NodeKind::kImport ||
         kind == NodeKind::kCaseExpression || kind == NodeKind::kPattern;
}

bool stands_close_before(TokenKind kind, NodeKind parent) {
  switch (kind) {
    case kComma:
    case kColon:
    case kParenClose:
    case kBracketClose:
    case kQuestion:
    case kBracketOpen: return true;
    case kDot: return is_path(parent);
    case kLess:
    case kGreater: return parent == NodeKind::kTypeReference;
    default: return false;
  }
}

bool stands_close_behind(TokenKind kind, NodeKind parent) {
  switch (kind) {
    case kParenOpen:
    case kBracketOpen: return true;
    case kDot: return is_path(parent);
    case kLess: return parent == NodeKind::kTypeReference;
    case kNot:
    case kMinus: return parent == NodeKind::kUnary;
    default: return false;
  }
}

}  // namespace

NodeKind Layout::parent_kind(std::uint32_t node) const { return kind(tree_.node(node).parent); }

bool Layout::is_token(const Child& child, TokenKind wanted) const {
  return child.is_token && tree_.token(child.index).kind == wanted;
}

bool Layout::is_node(const Child& child, NodeKind wanted) const {
  return !child.is_token && kind(child.index) == wanted;
}

std::uint32_t Layout::first_token(const Child& child) const {
  if (child.is_token) return child.index;
  const auto tokens = tree_.tokens();
  const auto found =
      std::ranges::lower_bound(tokens, tree_.node(child.index).span.begin, {}, &Token::offset);
  return static_cast<std::uint32_t>(found - tokens.begin());
}

TokenKind Layout::first_kind(const Child& child) const {
  return tree_.token(first_token(child)).kind;
}

bool Layout::begins_line(const Child& child) const {
  return tree_.trivia(tree_.token(first_token(child))).find('\n') != std::string_view::npos;
}

bool Layout::is_opened(Children children) const {
  std::size_t i = 0;
  while (!is_token(children[i], kBraceOpen)) ++i;
  for (++i; i < children.size(); ++i) {
    if (is_node(children[i], NodeKind::kNames) && is_opened_list(children[i].index)) return true;
    if (!is_token(children[i], kComma) && begins_line(children[i])) return true;
    if (is_token(children[i], kBraceClose)) return false;
  }
  return false;
}

bool Layout::is_opened_list(std::uint32_t names) const {
  return std::ranges::any_of(tree_.children(names), [&](const Child& each) {
    return !is_token(each, kComma) && begins_line(each);
  });
}

void Layout::file() {
  pen_.begin();
  const Children children = tree_.children(0);
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (children[i].is_token) continue;  // the end
    if (i > 0) pen_.gap(Gap::kPart, Blank::kAnywhere);
    document_.open_part();
    row(children[i]);
    document_.close_part();
  }
  pen_.end();
}

void Layout::child(const Child& child) {
  if (child.is_token) {
    SAGA_ASSERT(pen_.next() == child.index);
    pen_.token();
  } else {
    node(child.index);
  }
}

void Layout::row(const Child& each) {
  document_.open_row();
  child(each);
  document_.close_group();
}

void Layout::words(std::uint32_t node, Children children) {
  for (std::size_t i = 0; i < children.size();) {
    if (i > 0 && is_token(children[i - 1], kComma)) {
      behind_comma(children[i++]);
      continue;
    }
    if (i > 0) pen_.gap(gap_between(node, children[i - 1], children[i]));
    if (is_token(children[i], kBraceOpen)) {
      i += braces(node, children.subspan(i), is_opened(children.subspan(i)));
    } else {
      child(children[i++]);
    }
  }
}

// A list without brackets is broken only where a line is full.
void Layout::behind_comma(const Child& each) {
  document_.open_group();
  document_.open_indent(Pen::kContinuation);
  pen_.gap(Gap::kLine);
  document_.close_indent();
  child(each);
  document_.close_group();
}

Gap Layout::gap_between(std::uint32_t node, const Child& before, const Child& after) const {
  const NodeKind parent = kind(node);
  if (before.is_token && stands_close_behind(tree_.token(before.index).kind, parent)) {
    return Gap::kNothing;
  }
  if (after.is_token) {
    return stands_close_before(tree_.token(after.index).kind, parent) ? Gap::kNothing : Gap::kSpace;
  }
  const NodeKind inner = kind(after.index);
  const bool is_in_brackets = inner == NodeKind::kArguments || inner == NodeKind::kParameters ||
                              (inner == NodeKind::kNames && parent == NodeKind::kPattern);
  return is_in_brackets ? Gap::kNothing : Gap::kSpace;
}

std::size_t Layout::braces(std::uint32_t node, Children children, bool is_open, bool owns_group) {
  const bool is_wide = kind(node) == NodeKind::kPolicy || kind(node) == NodeKind::kFold;
  const Gap gap = is_open ? Gap::kHard : is_wide ? Gap::kWideLine : Gap::kLine;
  if (owns_group) document_.open_group();
  child(children[0]);
  document_.open_indent(kIndent);
  std::size_t i = 1;
  bool is_first = true;
  const auto element = [&](const Child& each) {
    if (is_token(each, kComma)) {
      pen_.gap(Gap::kNothing);
      return child(each);
    }
    pen_.gap(is_first && !is_open ? Gap::kLine : gap,
             is_first ? Blank::kBehindComments : Blank::kAnywhere);
    row(each);
    is_first = false;
  };
  for (; !is_token(children[i], kBraceClose); ++i) {
    if (is_node(children[i], NodeKind::kNames)) {
      for (const Child& each : tree_.children(children[i].index)) element(each);
    } else {
      element(children[i]);
    }
  }
  pen_.gap_and_close_indent(is_first ? Gap::kNothing : is_open ? Gap::kHard : Gap::kLine);
  child(children[i]);
  if (owns_group) document_.close_group();
  return i + 1;
}

// The word that stands below the one of the row above: an operation's name, the `=` of a step
// without a label; 0 if there is none.
std::size_t Layout::column_of(std::uint32_t node, Children words) const {
  if (kind(node) == NodeKind::kOperation) return 1;
  if (kind(node) != NodeKind::kStep) return 0;
  std::size_t at = 0;
  while (!is_token(words[at], kEqual)) ++at;
  return is_node(words[at - 1], NodeKind::kLabel) ? 0 : at;
}

void Layout::words_and_clauses(std::uint32_t node, Children words_before, Children clauses,
                               std::uint32_t indent) {
  const bool is_broken =
      std::ranges::any_of(clauses, [&](const Child& each) { return begins_line(each); });
  const std::size_t at = column_of(node, words_before);
  if (at > 0) {
    words(node, words_before.first(at));
    pen_.gap(Gap::kSpace);
    const bool is_operation = kind(node) == NodeKind::kOperation;
    document_.column(is_operation ? Column::kOperationName : Column::kStepCall, is_operation);
    words_before = words_before.subspan(at);
  }
  words(node, words_before);
  document_.open_indent(indent);
  for (const Child& each : clauses) {
    pen_.gap(is_broken ? Gap::kHard : Gap::kLine);
    row(each);
  }
  document_.close_indent();
}

void Layout::node(std::uint32_t node) {
  using enum NodeKind;
  switch (kind(node)) {
    case kSaga: return declaration_with_body(node, kSaga);
    case kView: return declaration_with_body(node, kAlias);
    case kType: return type(node);
    case kFunction: return function(node);
    case kField: return field(node);
    case kErrorDeclaration:
    case kPolicy: return bodied(node, Column::kBody);
    case kFold:
    case kSelectCase: return bodied(node, Column::kCaseBody);
    case kEvent: return event(node);
    case kTestMock:
    case kMatchArm:
    case kMatchValue: return arrowed(node);
    case kOperation:
    case kQueue:
    case kStep: return with_clauses(node, kIndent);
    case kScope:
    case kParallel: return with_clauses(node, 0);
    case kIf: return choice(node);
    case kRequire:
    case kWait:
    case kLock:
    case kAppend:
    case kRepeat: return with_else(node);
    case kRetryClause: return retry(node);
    case kBinary: return binary(node);
    case kCall:
    case kFieldAccess:
    case kIndexAccess: return chain(node);
    case kArguments:
    case kParameters:
    case kParenthesis:
    case kList: return bracketed(node);
    case kNames: return parent_kind(node) == kPattern ? bracketed(node) : words(node);
    case kIfExpression: return conditional(node);
    case kTextLiteral: return pen_.verbatim_up_to(tree_.node(node).span.end);
    case kNameExpression: return name_expression(node);
    default: return words(node);
  }
}

}  // namespace saga::dsl::format
