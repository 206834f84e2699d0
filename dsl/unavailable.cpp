#include <algorithm>

#include "dsl/views_declaration.hpp"

namespace saga::dsl {

namespace {

enum class Sort : std::uint8_t { kAvailable, kUnavailable, kHidesPaths };

// What this version parses without being able to run it.
Sort sort_of(NodeKind kind) {
  switch (kind) {
    case NodeKind::kImport:
    case NodeKind::kLockDeclaration:
    case NodeKind::kSetting:
    case NodeKind::kLate:
    case NodeKind::kMigrate:
    case NodeKind::kEmit:
    case NodeKind::kSend:
    case NodeKind::kCachePut:
    case NodeKind::kEvict:
    case NodeKind::kStart:
    case NodeKind::kCachedClause:
    case NodeKind::kRemindClause: return Sort::kUnavailable;
    case NodeKind::kSelect:
    case NodeKind::kWait:
    case NodeKind::kAppend:
    case NodeKind::kLock: return Sort::kHidesPaths;
    default: return Sort::kAvailable;
  }
}

// What is unavailable only where it stands, or as it is written.
Sort sort_of(const View& view) {
  const NodeKind kind = view.syntax();
  switch (kind) {
    case NodeKind::kTrigger: return view.has("schedule") ? Sort::kAvailable : Sort::kUnavailable;
    default: return sort_of(kind);
  }
}

Unavailable first_word(const View& view) {
  const Tree& tree = view.tree();
  for (const Child& child : tree.children(view.node())) {
    if (!child.is_token) continue;
    const Token& token = tree.token(child.index);
    return {std::string(tree.text(token)), {token.offset, token.offset + token.length}, {}, false};
  }
  return {view.source(), view.span(), {}, false};
}

std::string name_of_construct(const View& view, const std::string& word) {
  switch (view.syntax()) {
    case NodeKind::kTrigger: {
      const std::vector<std::string> words = view.tokens();
      return words.size() > 1 ? "on " + words[1] : word;
    }
    default: return word;
  }
}

Unavailable describe(const View& view, Sort sort) {
  Unavailable found = first_word(view);
  found.construct = name_of_construct(view, found.construct);
  found.whole = view.span();
  found.hides_paths = sort == Sort::kHidesPaths;
  return found;
}

}  // namespace

std::vector<Unavailable> unavailable_constructs(const Tree& tree) {
  std::vector<Unavailable> found;
  std::vector<std::uint32_t> waiting{0};
  while (!waiting.empty()) {
    const View view(tree, waiting.back());
    waiting.pop_back();
    if (const Sort sort = sort_of(view); sort != Sort::kAvailable) {
      found.push_back(describe(view, sort));
      continue;
    }
    const auto children = tree.children(view.node());
    for (auto each = children.rbegin(); each != children.rend(); ++each) {
      if (!each->is_token) waiting.push_back(each->index);
    }
  }
  return found;
}

std::set<std::string> names_mentioned(const Tree& tree, const std::vector<Unavailable>& inside) {
  std::set<std::string> names;
  const auto tokens = tree.tokens();
  for (const Unavailable& each : inside) {
    auto token = std::ranges::lower_bound(tokens, each.whole.begin, {}, &Token::offset);
    for (; token != tokens.end() && token->offset < each.whole.end; ++token) {
      if (token->kind == TokenKind::kIdentifier || is_reserved(token->kind))
        names.emplace(tree.text(*token));
    }
  }
  return names;
}

}  // namespace saga::dsl
