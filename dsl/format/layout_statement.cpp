#include <algorithm>

#include "dsl/format/layout.hpp"

namespace saga::dsl::format {

namespace {

using enum TokenKind;

bool is_clause(NodeKind kind) {
  return kind == NodeKind::kOperationClause || kind == NodeKind::kQueueClause ||
         (kind >= NodeKind::kUsingClause && kind <= NodeKind::kAgainClause);
}

}  // namespace

void Layout::with_clauses(std::uint32_t node, std::uint32_t indent) {
  const Children all = tree_.children(node);
  const auto first = std::ranges::find_if(
      all, [&](const Child& each) { return !each.is_token && is_clause(kind(each.index)); });
  const auto begin = static_cast<std::size_t>(first - all.begin());
  document_.open_group();
  words_and_clauses(node, all.first(begin), all.subspan(begin), indent);
  document_.close_group();
}

bool Layout::is_any_opened(std::uint32_t choice) const {
  while (true) {
    const Child* otherwise = nullptr;
    for (const Child& each : tree_.children(choice)) {
      if (is_node(each, NodeKind::kBlock) && is_opened(tree_.children(each.index))) return true;
      if (is_node(each, NodeKind::kElse)) otherwise = &each;
    }
    if (otherwise == nullptr) return false;
    const Child& last = tree_.children(otherwise->index).back();
    if (!is_node(last, NodeKind::kIf)) return is_opened(tree_.children(last.index));
    choice = last.index;
  }
}

// All blocks of an `if` with its `else` stand on one line, or none.
void Layout::choice(std::uint32_t node) {
  const bool is_open = is_any_opened(node);
  document_.open_group();
  for (bool goes_on = true; goes_on;) {
    goes_on = false;
    const Children all = tree_.children(node);
    child(all[0]);
    pen_.gap_before_value(Gap::kSpace);
    child(all[1]);
    pen_.gap(Gap::kSpace);
    braces(all[2].index, tree_.children(all[2].index), is_open, false);
    if (all.size() < 4) break;
    const Children otherwise = tree_.children(all[3].index);
    pen_.gap(Gap::kSpace, Blank::kNowhere, 0);
    child(otherwise[0]);
    pen_.gap(Gap::kSpace);
    goes_on = is_node(otherwise[1], NodeKind::kIf);
    node = otherwise[1].index;
    if (!goes_on) braces(node, tree_.children(node), is_open, false);
  }
  document_.close_group();
}

// `else` with a block stays on the line, as long as the author didn't break before it.
void Layout::with_else(std::uint32_t node) {
  const Children all = tree_.children(node);
  const Child& last = all.back();
  if (!is_node(last, NodeKind::kElse)) return words(node);
  const Children before = all.first(all.size() - 1);
  if (is_node(before.back(), NodeKind::kBlock)) {  // `repeat … { … } else …`
    words(node, before);
    pen_.gap(Gap::kSpace, Blank::kNowhere, 0);
    return child(last);
  }
  const Child& body = tree_.children(tree_.children(last.index).back().index).front();
  const bool is_broken = begins_line(last);
  if (!is_broken && is_node(body, NodeKind::kBlock)) return words(node);
  document_.open_group();
  words(node, before);
  document_.open_indent(2);
  pen_.gap(is_broken ? Gap::kHard : Gap::kLine);
  child(last);
  document_.close_indent();
  document_.close_group();
}

void Layout::retry(std::uint32_t node) {
  const Children all = tree_.children(node);
  const auto is_tail = [&](const Child& each) {
    return is_node(each, NodeKind::kUpTo) || is_node(each, NodeKind::kJitter) ||
           is_node(each, NodeKind::kWhen) ||
           (is_node(each, NodeKind::kOption) && first_kind(each) == kWithin);
  };
  document_.open_group();
  for (std::size_t i = 0; i < all.size(); ++i) {
    document_.open_indent(Pen::kContinuation);
    if (i > 0) pen_.gap(is_tail(all[i]) ? Gap::kLine : Gap::kSpace);
    document_.close_indent();
    child(all[i]);
  }
  document_.close_group();
}

}  // namespace saga::dsl::format
