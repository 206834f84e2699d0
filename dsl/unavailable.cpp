#include "dsl/views_declaration.hpp"

namespace saga::dsl {

namespace {

// Whether this version parses a construct without being able to run it.
bool is_unavailable(const View& view) {
  switch (view.syntax()) {
    case NodeKind::kImport:
    case NodeKind::kUnion:
    case NodeKind::kEvent:
    case NodeKind::kQueue:
    case NodeKind::kCacheDeclaration:
    case NodeKind::kLockDeclaration:
    case NodeKind::kStream:
    case NodeKind::kView:
    case NodeKind::kQuery:
    case NodeKind::kSetting:
    case NodeKind::kTrigger:
    case NodeKind::kLate:
    case NodeKind::kMigrate:
    case NodeKind::kTest:
    case NodeKind::kRepeat:
    case NodeKind::kMatch:
    case NodeKind::kMatchExpression:
    case NodeKind::kSelect:
    case NodeKind::kWait:
    case NodeKind::kEmit:
    case NodeKind::kSend:
    case NodeKind::kCachePut:
    case NodeKind::kAppend:
    case NodeKind::kEvict:
    case NodeKind::kStart:
    case NodeKind::kReply:
    case NodeKind::kLock:
    case NodeKind::kEscalate:
    case NodeKind::kAlert:
    case NodeKind::kRollback:
    case NodeKind::kCachedClause:
    case NodeKind::kRemindClause:
    case NodeKind::kAgainClause: return true;
    case NodeKind::kParallel: return view.has("any");
    case NodeKind::kEnding: return !view.has("failed");
    default: return false;
  }
}

// The first word, which is the construct's own.
Unavailable first_word(const View& view) {
  const Tree& tree = view.tree();
  for (const Child& child : tree.children(view.node())) {
    if (!child.is_token) continue;
    const Token& token = tree.token(child.index);
    return {std::string(tree.text(token)), {token.offset, token.offset + token.length}};
  }
  return {view.source(), view.span()};
}

Unavailable describe(const View& view) {
  Unavailable found = first_word(view);
  if (view.syntax() == NodeKind::kParallel) found.construct = "parallel any";
  if (view.syntax() == NodeKind::kEvent) found.construct = "event";
  if (view.syntax() == NodeKind::kEnding) {
    found.construct = "on " + EndingView(view).ending();
  }
  if (view.syntax() == NodeKind::kTrigger) {
    const std::vector<std::string> words = view.tokens();
    if (words.size() > 1) found.construct = "on " + words[1];
  }
  return found;
}

}  // namespace

std::vector<Unavailable> unavailable_constructs(const Tree& tree) {
  std::vector<Unavailable> found;
  std::vector<std::uint32_t> waiting{0};
  while (!waiting.empty()) {
    const View view(tree, waiting.back());
    waiting.pop_back();
    if (is_unavailable(view)) {
      found.push_back(describe(view));
      continue;
    }
    const std::vector<View> parts = view.parts();
    for (auto each = parts.rbegin(); each != parts.rend(); ++each) waiting.push_back(each->node());
  }
  return found;
}

}  // namespace saga::dsl
