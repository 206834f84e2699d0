#include <algorithm>

#include "dsl/format/layout.hpp"

namespace saga::dsl::format {

namespace {

using enum TokenKind;

constexpr std::uint32_t kIndent = 2;

// Operators of one level stand below each other where they don't fit on a line.
int level(TokenKind op) {
  switch (op) {
    case kCoalesce: return 1;
    case kOr: return 2;
    case kAnd: return 3;
    case kPlus:
    case kMinus: return 5;
    case kStar:
    case kSlash:
    case kPercent: return 6;
    default: return 4;
  }
}

}  // namespace

void Layout::binary(std::uint32_t node) {
  const auto operation = [&](std::uint32_t of) {
    return tree_.token(tree_.children(of)[1].index).kind;
  };
  std::vector<std::uint32_t> outer_first = {node};
  Child operand = tree_.children(node)[0];
  while (is_node(operand, NodeKind::kBinary) &&
         level(operation(operand.index)) == level(operation(node))) {
    outer_first.push_back(operand.index);
    operand = tree_.children(operand.index)[0];
  }
  document_.open_group();
  child(operand);
  document_.open_indent(Pen::kContinuation);
  for (std::size_t i = outer_first.size(); i > 0; --i) {
    const Children parts = tree_.children(outer_first[i - 1]);
    pen_.gap(Gap::kLine);
    child(parts[1]);
    pen_.gap(Gap::kSpace);
    child(parts[2]);
  }
  document_.close_indent();
  document_.close_group();
}

// Breaks before each call behind the first: a break before a name that isn't called could be read
// as the next pattern of a `match`.
void Layout::chain(std::uint32_t node) {
  std::vector<std::uint32_t> outer_first;
  Child base{false, node};
  while (is_node(base, NodeKind::kCall) || is_node(base, NodeKind::kFieldAccess) ||
         is_node(base, NodeKind::kIndexAccess)) {
    outer_first.push_back(base.index);
    base = tree_.children(base.index)[0];
  }
  const std::vector<std::uint32_t> links(outer_first.rbegin(), outer_first.rend());
  const auto is = [&](std::size_t i, NodeKind wanted) {
    return i < links.size() && kind(links[i]) == wanted;
  };
  const auto leads_to_call = [&](std::size_t i) {
    while (is(i, NodeKind::kFieldAccess)) ++i;
    return is(i, NodeKind::kCall);
  };
  document_.open_group();
  child(base);
  bool has_called = false, is_indented = false;
  for (std::size_t i = 0; i < links.size(); ++i) {
    const bool begins = is(i, NodeKind::kFieldAccess) && !is(i - 1, NodeKind::kFieldAccess);
    const bool may_break = has_called && begins && leads_to_call(i);
    if (may_break && !is_indented) document_.open_indent(Pen::kContinuation);
    is_indented = is_indented || may_break;
    pen_.gap(may_break ? Gap::kSoft : Gap::kNothing);
    one_postfix(links[i]);
    has_called = has_called || is(i, NodeKind::kCall);
  }
  if (is_indented) document_.close_indent();
  document_.close_group();
}

void Layout::one_postfix(std::uint32_t node) {
  const Children all = tree_.children(node);
  child(all[1]);
  for (const Child& each : all.subspan(2)) {
    pen_.gap(Gap::kNothing);
    child(each);
  }
}

// The last argument goes on behind its bracket where it is one itself, so that nothing but it is
// indented.
bool Layout::is_hugging(std::uint32_t node) const {
  const Children all = tree_.children(node);
  if (kind(node) != NodeKind::kArguments || all.size() < 3) return false;
  const Child& last = all[all.size() - 2];
  const Child& value = tree_.children(last.index).back();
  if (is_node(value, NodeKind::kMatchExpression)) return true;
  if (all.size() != 3) return false;
  if (is_node(value, NodeKind::kList)) return true;
  if (!is_node(value, NodeKind::kCall)) return false;
  Child callee = tree_.children(value.index)[0];
  while (is_node(callee, NodeKind::kFieldAccess)) callee = tree_.children(callee.index)[0];
  return is_node(callee, NodeKind::kNameExpression);
}

void Layout::bracketed(std::uint32_t node) {
  const Children all = tree_.children(node);
  const bool hugs = is_hugging(node);
  if (hugs) {
    document_.open_hugging_group();
  } else {
    document_.open_group();
  }
  child(all[0]);
  document_.open_indent(kIndent);
  if (all.size() == 2) {
    pen_.gap_and_close_indent(Gap::kNothing);
  } else {
    pen_.gap_before_value(Gap::kSoft);
    if (!hugs) document_.open_group();
    elements(all.subspan(1, all.size() - 2), hugs);
    if (!hugs) document_.close_group();
    pen_.gap_and_close_indent(Gap::kSoft);
  }
  child(all.back());
  document_.close_group();
}

void Layout::elements(Children inside, bool hugs) {
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const bool is_behind_comma = i > 0 && is_token(inside[i - 1], kComma);
    if (is_behind_comma) {
      pen_.gap_before_value(Gap::kLine);
    } else if (i > 0) {
      pen_.gap(is_token(inside[i - 1], kColon) ? Gap::kSpace : Gap::kNothing);
    }
    if (hugs && i + 1 == inside.size()) document_.hug_point();
    child(inside[i]);
  }
}

void Layout::conditional(std::uint32_t node) {
  const Children all = tree_.children(node);
  document_.open_group();
  child(all[0]);
  document_.open_indent(kIndent);
  for (std::size_t i = 1; i < all.size(); ++i) {
    const bool begins = is_token(all[i], kThen) || is_token(all[i], kElse);
    pen_.gap(begins ? Gap::kLine : Gap::kSpace);
    child(all[i]);
  }
  document_.close_indent();
  document_.close_group();
}

void Layout::name_expression(std::uint32_t node) {
  const TokenKind kind = pen_.next_kind();
  child(tree_.children(node)[0]);
  if (is_reserved(kind)) pen_.was_word_as_value();
}

}  // namespace saga::dsl::format
