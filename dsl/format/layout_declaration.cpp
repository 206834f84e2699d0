#include <algorithm>

#include "dsl/format/layout.hpp"

namespace saga::dsl::format {

namespace {

using enum TokenKind;

constexpr std::uint32_t kIndent = 2;

bool is_header_clause(NodeKind kind, NodeKind of) {
  if (of == NodeKind::kAlias) return kind == of;
  return kind == NodeKind::kVersion || kind == NodeKind::kOption || kind == NodeKind::kTrigger;
}

}  // namespace

// The body's brace stands on a line of its own where the clauses do.
void Layout::declaration_with_body(std::uint32_t node, NodeKind clause) {
  const Children all = tree_.children(node);
  const auto is_clause = [&](const Child& each) {
    return !each.is_token && is_header_clause(kind(each.index), clause);
  };
  const auto first = std::ranges::find_if(all, is_clause);
  const auto begin = static_cast<std::size_t>(first - all.begin());
  std::size_t body = begin;
  while (body < all.size() && is_clause(all[body])) ++body;
  if (first == all.end()) {
    body = 0;
    while (!is_token(all[body], kBraceOpen) && !is_node(all[body], NodeKind::kBlock)) ++body;
  }
  const Children clauses = all.subspan(std::min(begin, body), body - std::min(begin, body));
  document_.open_group();
  words_and_clauses(node, all.first(body - clauses.size()), clauses, kIndent);
  pen_.gap(clauses.empty() ? Gap::kSpace : Gap::kLine);
  document_.close_group();
  if (clause == NodeKind::kAlias) return words(node, all.subspan(body));
  child(all[body]);
  for (const Child& ending : all.subspan(body + 1)) {
    pen_.gap(Gap::kHard, Blank::kAnywhere);
    row(ending);
  }
}

void Layout::with_column(std::uint32_t node, Column column, std::size_t before) {
  const Children all = tree_.children(node);
  words(node, all.first(before));
  pen_.gap(Gap::kSpace);
  document_.column(column);
  words(node, all.subspan(before));
}

void Layout::type(std::uint32_t node) {
  const Children all = tree_.children(node);
  if (!is_node(all.back(), NodeKind::kWhere)) return with_column(node, Column::kTypeBody, 2);
  document_.open_group();
  words(node, all.first(2));
  pen_.gap(Gap::kSpace);
  document_.column(Column::kTypeBody);
  words(node, all.subspan(2, all.size() - 3));
  document_.open_indent(Pen::kContinuation);
  pen_.gap(Gap::kLine);
  child(all.back());
  document_.close_indent();
  document_.close_group();
}

void Layout::function(std::uint32_t node) {
  const Children all = tree_.children(node);
  const Child& value = all.back();
  words(node, all.first(all.size() - 2));
  pen_.gap(Gap::kSpace);
  document_.column(Column::kFunctionBody);
  child(all[all.size() - 2]);
  if (is_node(value, NodeKind::kMatchExpression)) {
    pen_.gap(Gap::kSpace);
    return child(value);
  }
  document_.open_group();
  document_.open_indent(kIndent);
  pen_.gap_before_value(Gap::kLine);
  child(value);
  document_.close_indent();
  document_.close_group();
}

void Layout::field(std::uint32_t node) {
  const Children all = tree_.children(node);
  const NodeKind around = parent_kind(node);
  const bool is_row =
      around == NodeKind::kRecord || around == NodeKind::kView || around == NodeKind::kStream;
  if (is_row && is_token(all[1], kColon)) {
    with_column(node, Column::kFieldType, 2);
  } else {
    words(node);
  }
}

// What ends in braces, which stand below those of the row above.
void Layout::bodied(std::uint32_t node, Column column) {
  const Children all = tree_.children(node);
  std::size_t body = 0;
  while (body < all.size() && !is_token(all[body], kBraceOpen) &&
         !is_node(all[body], NodeKind::kRecord) && !is_node(all[body], NodeKind::kBlock)) {
    ++body;
  }
  if (body == all.size()) return words(node);
  with_column(node, column, body);
}

void Layout::event(std::uint32_t node) {
  const Children all = tree_.children(node);
  const auto key =
      std::ranges::find_if(all, [&](const Child& each) { return is_node(each, NodeKind::kAlias); });
  if (key == all.end()) return bodied(node, Column::kBody);
  const auto before = static_cast<std::size_t>(key - all.begin());
  const bool is_external = is_token(all[1], kIdentifier);  // `external event`
  with_column(node, is_external ? Column::kExternalEventKey : Column::kEventKey, before);
}

void Layout::arrowed(std::uint32_t node) {
  const Children all = tree_.children(node);
  std::size_t arrow = 0;
  while (!is_token(all[arrow], kFatArrow)) ++arrow;
  with_column(node, Column::kArrow, arrow);
}

}  // namespace saga::dsl::format
