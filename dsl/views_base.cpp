#include "dsl/views_base.hpp"

#include "engine/base/assert.hpp"

namespace saga::dsl {

NodeKind View::syntax() const {
  SAGA_ASSERT(exists());
  return tree_->node(node_).kind;
}

Span View::span() const { return exists() ? tree_->node(node_).span : Span{}; }

std::string View::source() const {
  if (!exists()) return {};
  const Span whole = span();
  return std::string(tree_->source().substr(whole.begin, whole.end - whole.begin));
}

View View::part(NodeKind kind) const {
  if (!exists()) return {};
  for (const Child& child : tree_->children(node_)) {
    if (!child.is_token && tree_->node(child.index).kind == kind) return {*tree_, child.index};
  }
  return {};
}

std::vector<View> View::parts() const {
  std::vector<View> found;
  if (!exists()) return found;
  for (const Child& child : tree_->children(node_)) {
    if (!child.is_token) found.emplace_back(*tree_, child.index);
  }
  return found;
}

std::vector<View> View::parts(NodeKind kind) const {
  std::vector<View> found;
  for (const View& each : parts()) {
    if (each.syntax() == kind) found.push_back(each);
  }
  return found;
}

bool View::has(std::string_view token) const {
  if (!exists()) return false;
  for (const Child& child : tree_->children(node_)) {
    if (child.is_token && tree_->text(tree_->token(child.index)) == token) return true;
  }
  return false;
}

std::vector<std::string> View::tokens() const {
  std::vector<std::string> found;
  if (!exists()) return found;
  for (const Child& child : tree_->children(node_)) {
    if (child.is_token) found.emplace_back(tree_->text(tree_->token(child.index)));
  }
  return found;
}

std::string NameView::text() const {
  std::string whole;
  for (const std::string& each : tokens()) whole += each;
  if (!whole.empty() || !exists()) return whole;
  const std::vector<View> inner = parts();  // a path of names
  for (const View& each : inner) whole += NameView(each).text();
  return whole;
}

NameView name_in(const View& view) { return NameView(view.part(NodeKind::kName)); }

std::vector<NameView> names_in(const View& view) {
  const View list = view.part(NodeKind::kNames);
  std::vector<NameView> names;
  for (const View& each : (list.exists() ? list : view).parts(NodeKind::kName))
    names.emplace_back(each);
  return names;
}

std::optional<NameView> alias_in(const View& view) {
  const View alias = view.part(NodeKind::kAlias);
  if (!alias.exists()) return std::nullopt;
  return name_in(alias);
}

}  // namespace saga::dsl
