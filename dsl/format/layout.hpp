#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dsl/format/pen.hpp"

namespace saga::dsl::format {

// How each construct of the language is laid out: writes a whole tree by a pen. Most are words with
// a space between; the others have a function of their own. What the author broke into lines stays
// so where a list has no separators (statements, clauses, arms): there a line break may also be
// what tells one element from the next. Requires a tree without syntax faults.
class Layout {
 public:
  Layout(const Tree& tree, Document& document)
      : tree_(tree), document_(document), pen_(tree, document) {}

  void file();

 private:
  using Children = std::span<const Child>;

  // What a tree holds.
  [[nodiscard]] NodeKind kind(std::uint32_t node) const { return tree_.node(node).kind; }
  [[nodiscard]] NodeKind parent_kind(std::uint32_t node) const;
  [[nodiscard]] bool is_token(const Child& child, TokenKind wanted) const;
  [[nodiscard]] bool is_node(const Child& child, NodeKind wanted) const;
  [[nodiscard]] TokenKind first_kind(const Child& child) const;
  [[nodiscard]] std::uint32_t first_token(const Child& child) const;
  [[nodiscard]] bool begins_line(const Child& child) const;
  // Whether an element of the braces that begin there, or their end, begins a line.
  [[nodiscard]] bool is_opened(Children children) const;
  [[nodiscard]] bool is_opened_list(std::uint32_t names) const;
  [[nodiscard]] bool is_any_opened(std::uint32_t choice) const;  // of an `if` with all its `else`

  // layout.cpp: the common shapes.
  void child(const Child& child);
  void node(std::uint32_t node);
  void words(std::uint32_t node) { words(node, tree_.children(node)); }
  void words(std::uint32_t node, Children children);
  void behind_comma(const Child& child);
  [[nodiscard]] Gap gap_between(std::uint32_t node, const Child& before, const Child& after) const;
  void row(const Child& child);
  // What begins with `{`; the number of children written.
  std::size_t braces(std::uint32_t node, Children children, bool is_open, bool owns_group = true);
  [[nodiscard]] std::size_t column_of(std::uint32_t node, Children words) const;
  // Words, then clauses, each on a line of its own unless all are on one.
  void words_and_clauses(std::uint32_t node, Children words, Children clauses,
                         std::uint32_t indent);

  // layout_declaration.cpp
  void declaration_with_body(std::uint32_t node, NodeKind clause);  // saga, view
  void type(std::uint32_t node);
  void function(std::uint32_t node);
  void field(std::uint32_t node);
  void with_column(std::uint32_t node, Column column, std::size_t before);
  void bodied(std::uint32_t node, Column column);
  void event(std::uint32_t node);
  void arrowed(std::uint32_t node);

  // layout_statement.cpp
  void with_clauses(std::uint32_t node, std::uint32_t indent);
  void choice(std::uint32_t node);
  void with_else(std::uint32_t node);
  void retry(std::uint32_t node);

  // layout_expression.cpp
  void binary(std::uint32_t node);
  void chain(std::uint32_t node);
  void one_postfix(std::uint32_t node);
  void bracketed(std::uint32_t node);
  void elements(Children inside, bool is_hugging);
  [[nodiscard]] bool is_hugging(std::uint32_t node) const;
  void conditional(std::uint32_t node);
  void name_expression(std::uint32_t node);

  const Tree& tree_;
  Document& document_;
  Pen pen_;
};

}  // namespace saga::dsl::format
