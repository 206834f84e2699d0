#include "dsl/views_expression.hpp"

namespace saga::dsl {

namespace {

View without_parentheses(View view) {
  while (view.exists() && view.syntax() == NodeKind::kParenthesis) {
    View inner;
    for (const View& each : view.parts()) {
      if (is_expression(each.syntax())) inner = each;
    }
    view = inner;
  }
  return view;
}

// The characters of a text's token, without its escapes.
std::string decode(std::string_view written) {
  std::string text;
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written[i] != '\\' || i + 1 == written.size()) {
      text += written[i];
      continue;
    }
    const char c = written[++i];
    text += c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
  }
  return text;
}

}  // namespace

bool is_expression(NodeKind kind) {
  switch (kind) {
    case NodeKind::kNumberLiteral:
    case NodeKind::kTextLiteral:
    case NodeKind::kTrueLiteral:
    case NodeKind::kFalseLiteral:
    case NodeKind::kNullLiteral:
    case NodeKind::kNameExpression:
    case NodeKind::kCaseExpression:
    case NodeKind::kParenthesis:
    case NodeKind::kList:
    case NodeKind::kIfExpression:
    case NodeKind::kMatchExpression:
    case NodeKind::kCall:
    case NodeKind::kFieldAccess:
    case NodeKind::kIndexAccess:
    case NodeKind::kUnary:
    case NodeKind::kBinary:
    case NodeKind::kLambda: return true;
    default: return false;
  }
}

std::vector<ExpressionView> expressions_in(const View& view) {
  std::vector<ExpressionView> found;
  for (const View& each : view.parts()) {
    if (is_expression(each.syntax())) found.emplace_back(each);
  }
  return found;
}

ExpressionView expression_in(const View& view, std::size_t nth) {
  const std::vector<ExpressionView> all = expressions_in(view);
  return nth < all.size() ? all[nth] : ExpressionView();
}

std::vector<ArgumentView> arguments_in(const View& view) {
  std::vector<ArgumentView> found;
  for (const View& each : view.part(NodeKind::kArguments).parts(NodeKind::kArgument)) {
    found.emplace_back(each);
  }
  return found;
}

std::optional<ExpressionView> option_in(const View& view, std::string_view word) {
  for (const View& each : view.parts(NodeKind::kOption)) {
    if (each.has(word)) return expression_in(each);
  }
  return std::nullopt;
}

ExpressionView::ExpressionView(const View& view) : View(without_parentheses(view)) {}

ExpressionKind ExpressionView::kind() const {
  if (!exists()) return ExpressionKind::kMissing;
  switch (syntax()) {
    case NodeKind::kNumberLiteral: return ExpressionKind::kNumber;
    case NodeKind::kTextLiteral: return ExpressionKind::kText;
    case NodeKind::kTrueLiteral: return ExpressionKind::kTrue;
    case NodeKind::kFalseLiteral: return ExpressionKind::kFalse;
    case NodeKind::kNullLiteral: return ExpressionKind::kNull;
    case NodeKind::kNameExpression: return ExpressionKind::kName;
    case NodeKind::kCaseExpression: return ExpressionKind::kCase;
    case NodeKind::kList: return has(":") ? ExpressionKind::kMap : ExpressionKind::kList;
    case NodeKind::kIfExpression: return ExpressionKind::kConditional;
    case NodeKind::kMatchExpression: return ExpressionKind::kMatch;
    case NodeKind::kCall: return ExpressionKind::kCall;
    case NodeKind::kFieldAccess: return ExpressionKind::kField;
    case NodeKind::kIndexAccess: return ExpressionKind::kIndex;
    case NodeKind::kUnary: return ExpressionKind::kUnary;
    case NodeKind::kBinary: return ExpressionKind::kBinary;
    case NodeKind::kLambda: return ExpressionKind::kLambda;
    default: return ExpressionKind::kMissing;
  }
}

std::string ExpressionView::text() const {
  return kind() == ExpressionKind::kNumber ? source() : "";
}

std::vector<TextPart> ExpressionView::parts() const {
  std::vector<TextPart> found;
  if (kind() != ExpressionKind::kText) return found;
  for (const Child& child : tree().children(node())) {
    if (!child.is_token) {
      const View insert(tree(), child.index);
      if (insert.syntax() == NodeKind::kInsert)
        found.push_back({"", expression_in(insert), insert.span()});
      continue;
    }
    const Token& token = tree().token(child.index);
    if (token.kind != TokenKind::kText) continue;
    found.push_back(
        {decode(tree().text(token)), std::nullopt, {token.offset, token.offset + token.length}});
  }
  return found;
}

NameView ExpressionView::name() const { return name_in(*this); }

std::vector<ExpressionView> ExpressionView::items() const {
  return exists() && syntax() == NodeKind::kList ? expressions_in(*this)
                                                 : std::vector<ExpressionView>();
}

ExpressionView ExpressionView::condition() const { return expression_in(*this, 0); }
ExpressionView ExpressionView::then_value() const { return expression_in(*this, 1); }
ExpressionView ExpressionView::else_value() const { return expression_in(*this, 2); }
ExpressionView ExpressionView::subject() const { return expression_in(*this); }

std::vector<MatchValueView> ExpressionView::arms() const {
  std::vector<MatchValueView> found;
  for (const View& each : View::parts(NodeKind::kMatchValue)) found.emplace_back(each);
  return found;
}

ExpressionView ExpressionView::callee() const { return expression_in(*this); }
std::vector<ArgumentView> ExpressionView::arguments() const { return arguments_in(*this); }
ExpressionView ExpressionView::object() const { return expression_in(*this, 0); }
ExpressionView ExpressionView::index() const { return expression_in(*this, 1); }
bool ExpressionView::is_optional() const { return has("?."); }

std::string ExpressionView::symbol() const {
  if (kind() != ExpressionKind::kUnary && kind() != ExpressionKind::kBinary) return {};
  const std::vector<std::string> own = tokens();
  return own.empty() ? "" : own.front();
}

ExpressionView ExpressionView::operand() const { return expression_in(*this); }
ExpressionView ExpressionView::left() const { return expression_in(*this, 0); }
ExpressionView ExpressionView::right() const { return expression_in(*this, 1); }
ExpressionView ExpressionView::body() const { return expression_in(*this); }

std::optional<NameView> ArgumentView::name() const {
  const NameView found = name_in(*this);
  return found.exists() ? std::optional(found) : std::nullopt;
}

ExpressionView ArgumentView::value() const { return expression_in(*this); }

std::optional<ExpressionView> PatternView::literal() const {
  const ExpressionView found = expression_in(*this);
  return found.exists() ? std::optional(found) : std::nullopt;
}

NameView PatternView::name() const { return name_in(*this); }
bool PatternView::is_shorthand() const { return has("."); }

std::vector<NameView> PatternView::bindings() const {
  const View list = part(NodeKind::kNames);
  return list.exists() ? names_in(list) : std::vector<NameView>();
}

PatternView MatchValueView::pattern() const { return PatternView(part(NodeKind::kPattern)); }
ExpressionView MatchValueView::value() const { return expression_in(*this); }

NameView TypeView::name() const { return name_in(*this); }

std::vector<TypeView> TypeView::arguments() const {
  std::vector<TypeView> found;
  for (const View& each : parts(NodeKind::kTypeReference)) found.emplace_back(each);
  return found;
}

bool TypeView::is_optional() const { return has("?"); }

}  // namespace saga::dsl
