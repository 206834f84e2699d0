#include "dsl/tree.hpp"

#include <utility>

#include "engine/base/assert.hpp"

namespace saga::dsl {

namespace {

// Lists each node's children as chains first, for a node's children aren't neighbours in the
// events.
class TreeBuilder {
 public:
  TreeBuilder(std::vector<Node>& nodes, std::vector<Child>& children)
      : nodes_(nodes), children_(children) {}

  void build(std::span<const TreeEvent> events, std::span<const Token> tokens) {
    for (const TreeEvent& event : events) {
      switch (event.kind) {
        case TreeEvent::Kind::kOpen: open(event.node); break;
        case TreeEvent::Kind::kClose: close(); break;
        case TreeEvent::Kind::kToken: token(event.token, tokens[event.token]); break;
      }
    }
    SAGA_ASSERT(open_.empty() && !nodes_.empty());
  }

 private:
  void open(NodeKind kind) {
    const auto index = static_cast<std::uint32_t>(nodes_.size());
    Node node;
    node.kind = kind;
    node.parent = open_.empty() ? 0 : open_.back().node;
    SAGA_ASSERT(!open_.empty() || index == 0);
    if (!open_.empty()) pending_.push_back({false, index});
    nodes_.push_back(node);
    open_.push_back({index, pending_.size()});
  }

  void token(std::uint32_t index, const Token& token) {
    SAGA_ASSERT(!open_.empty());
    pending_.push_back({true, index});
    extend(open_.back().node, {token.offset, token.offset + token.length});
  }

  void close() {
    SAGA_ASSERT(!open_.empty());
    const Open closing = open_.back();
    open_.pop_back();
    Node& node = nodes_[closing.node];
    node.first_child = static_cast<std::uint32_t>(children_.size());
    node.child_count = static_cast<std::uint32_t>(pending_.size() - closing.first);
    children_.insert(children_.end(), pending_.begin() + static_cast<std::ptrdiff_t>(closing.first),
                     pending_.end());
    pending_.resize(closing.first);
    if (!open_.empty() && node.span.end != 0) extend(open_.back().node, node.span);
  }

  void extend(std::uint32_t index, Span span) {
    if (span.begin == span.end) return;  // an empty token takes no place
    Span& whole = nodes_[index].span;
    if (whole.end == 0) whole.begin = span.begin;
    whole.end = span.end;
  }

  struct Open {
    std::uint32_t node;
    std::size_t first;  // its first child in pending_
  };
  std::vector<Node>& nodes_;
  std::vector<Child>& children_;
  std::vector<Open> open_;
  std::vector<Child> pending_;
};

// Calls `on_node(index, depth)` and `on_token(index, depth)` in source order, without recursion.
template <class OnNode, class OnToken>
void walk(const Tree& tree, OnNode on_node, OnToken on_token) {
  struct Place {
    Child child;
    std::size_t depth;
  };
  std::vector<Place> waiting{{{false, 0}, 0}};
  while (!waiting.empty()) {
    const auto [child, depth] = waiting.back();
    waiting.pop_back();
    if (child.is_token) {
      on_token(child.index, depth);
      continue;
    }
    on_node(child.index, depth);
    const auto children = tree.children(child.index);
    for (auto each = children.rbegin(); each != children.rend(); ++each) {
      waiting.push_back({*each, depth + 1});
    }
  }
}

}  // namespace

Tree::Tree(std::string text, std::vector<Token> tokens, std::span<const TreeEvent> events)
    : text_(std::move(text)), tokens_(std::move(tokens)) {
  TreeBuilder(nodes_, children_).build(events, tokens_);
}

std::span<const Child> Tree::children(std::uint32_t node) const {
  const Node& parent = nodes_[node];
  return std::span(children_).subspan(parent.first_child, parent.child_count);
}

std::string_view Tree::text(const Token& token) const {
  return std::string_view(text_).substr(token.offset, token.length);
}

std::string_view Tree::trivia(const Token& token) const {
  return std::string_view(text_).substr(token.trivia_offset, token.offset - token.trivia_offset);
}

std::string text(const Tree& tree) {
  std::string whole;
  whole.reserve(tree.source().size());
  walk(
      tree, [](std::uint32_t, std::size_t) {},
      [&](std::uint32_t index, std::size_t) {
        const Token& token = tree.token(index);
        whole += tree.trivia(token);
        whole += tree.text(token);
      });
  return whole;
}

std::string dump(const Tree& tree) {
  std::string out;
  walk(
      tree,
      [&](std::uint32_t index, std::size_t depth) {
        out += std::string(2 * depth, ' ') + std::string(name_of(tree.node(index).kind)) + "\n";
      },
      [&](std::uint32_t index, std::size_t depth) {
        out +=
            std::string(2 * depth, ' ') + "'" + std::string(tree.text(tree.token(index))) + "'\n";
      });
  return out;
}

}  // namespace saga::dsl
