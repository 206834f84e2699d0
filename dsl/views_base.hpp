#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/tree.hpp"

namespace saga::dsl {

// A place in a syntax tree, read by the kind of its node. All views are values of two words that
// borrow the tree; a missing view (of a part that the source lacks) answers every question with
// nothing, so that checks also work on files with syntax errors. Thread-safe as any const object.
class View {
 public:
  View() = default;
  View(const Tree& tree, std::uint32_t node) : tree_(&tree), node_(node) {}

  [[nodiscard]] bool exists() const { return tree_ != nullptr; }
  [[nodiscard]] NodeKind syntax() const;     // requires exists()
  [[nodiscard]] Span span() const;           // {0, 0} if missing
  [[nodiscard]] std::string source() const;  // as written, comments inside included

  // Direct parts. A part that isn't there gives a missing view.
  [[nodiscard]] View part(NodeKind kind) const;
  [[nodiscard]] std::vector<View> parts() const;
  [[nodiscard]] std::vector<View> parts(NodeKind kind) const;
  // Whether a token of the node itself is this word or symbol.
  [[nodiscard]] bool has(std::string_view token) const;
  [[nodiscard]] std::vector<std::string> tokens() const;     // of the node itself, as written
  [[nodiscard]] const Tree& tree() const { return *tree_; }  // requires exists()
  [[nodiscard]] std::uint32_t node() const { return node_; }

 private:
  const Tree* tree_ = nullptr;
  std::uint32_t node_ = 0;
};

// A name where it is declared or used; a path (`shop.orders`) counts as one.
class NameView : public View {
 public:
  NameView() = default;
  explicit NameView(const View& view) : View(view) {}
  [[nodiscard]] std::string text() const;  // "" if missing
};

// The `names()` and `alias()` parts that many constructs share.
NameView name_in(const View& view);
std::vector<NameView> names_in(const View& view);
std::optional<NameView> alias_in(const View& view);

}  // namespace saga::dsl
