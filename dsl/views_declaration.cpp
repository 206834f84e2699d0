#include "dsl/views_declaration.hpp"

#include <algorithm>

namespace saga::dsl {

namespace {

std::optional<ExpressionView> present(const ExpressionView& view) {
  return view.exists() ? std::optional(view) : std::nullopt;
}

bool is_declaration(NodeKind kind) {
  switch (kind) {
    case NodeKind::kName:
    case NodeKind::kModule:
    case NodeKind::kImport:
    case NodeKind::kTest:
    case NodeKind::kError: return false;
    default: return true;
  }
}

}  // namespace

std::optional<ExpressionView> FieldView::default_value() const {
  return present(expression_in(*this));
}

std::vector<FieldView> ParametersView::fields() const {
  std::vector<FieldView> found;
  for (const View& each : parts(NodeKind::kField)) found.emplace_back(each);
  return found;
}

ParametersView NamedView::parameters() const { return ParametersView(part(NodeKind::kParameters)); }

std::optional<ParametersView> NamedView::record() const {
  const View found = part(NodeKind::kRecord);
  return found.exists() ? std::optional(ParametersView(found)) : std::nullopt;
}

std::optional<TypeView> NamedView::type() const {
  const View found = part(NodeKind::kTypeReference);
  return found.exists() ? std::optional(TypeView(found)) : std::nullopt;
}

std::string NamedView::documentation() const {
  if (!exists()) return {};
  std::string_view before = tree().source().substr(0, span().begin);
  std::string text;
  while (true) {
    const std::size_t line_end = before.rfind('\n');
    if (line_end == std::string_view::npos) return text;
    before = before.substr(0, line_end);
    std::string_view line = before.substr(before.rfind('\n') + 1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.starts_with("///")) return text;
    line.remove_prefix(line.starts_with("/// ") ? 4 : 3);
    if (line.ends_with('\r')) line.remove_suffix(1);
    text = text.empty() ? std::string(line) : std::string(line) + "\n" + text;
  }
}

std::optional<ExpressionView> TypeDeclarationView::where() const {
  return present(expression_in(part(NodeKind::kWhere)));
}

std::vector<NamedView> UnionView::cases() const {
  std::vector<NamedView> found;
  for (const View& each : parts(NodeKind::kUnionCase)) found.emplace_back(each);
  return found;
}

std::optional<NameView> EventView::key() const { return alias_in(*this); }

std::string OperationView::effect() const {
  const std::vector<std::string> own = tokens();
  return own.empty() ? "" : own.front();
}

View OperationView::clause(std::string_view word) const {
  for (const View& each : clauses()) {
    const std::vector<std::string> own = each.tokens();
    if (!own.empty() && own.front() == word) return each;
  }
  return {};
}

std::vector<NameView> OperationView::errors() const { return names_in(clause("errors")); }
bool OperationView::is_idempotent() const { return clause("idempotent").exists(); }

std::optional<NameView> OperationView::idempotent_by() const {
  const NameView found = name_in(clause("idempotent"));
  return found.exists() ? std::optional(found) : std::nullopt;
}

std::optional<ResolveView> OperationView::resolve() const {
  const View found = clause("resolve");
  return found.exists() ? std::optional(ResolveView(found)) : std::nullopt;
}

bool OperationView::is_async() const { return clause("async").exists(); }

std::optional<NameView> OperationView::http_method() const {
  const NameView found = name_in(clause("http"));
  return found.exists() ? std::optional(found) : std::nullopt;
}

std::optional<ExpressionView> OperationView::http_path() const {
  return present(expression_in(clause("http")));
}

std::optional<NameView> ServiceView::auth() const { return alias_in(*this); }

std::vector<OperationView> ServiceView::operations() const {
  std::vector<OperationView> found;
  for (const View& each : parts(NodeKind::kOperation)) found.emplace_back(each);
  return found;
}

std::string EndingView::ending() const {
  const std::vector<std::string> own = tokens();
  return own.size() > 1 ? own[1] : "";
}

std::optional<ExpressionView> SagaView::version() const {
  return present(expression_in(part(NodeKind::kVersion)));
}

std::vector<EndingView> SagaView::endings() const {
  std::vector<EndingView> found;
  for (const View& each : parts(NodeKind::kEnding)) found.emplace_back(each);
  return found;
}

std::vector<View> TestView::lines() const {
  std::vector<View> found;
  for (const View& each : parts()) {
    if (each.syntax() != NodeKind::kTextLiteral && each.syntax() != NodeKind::kError)
      found.push_back(each);
  }
  return found;
}

std::optional<NameView> FileView::module_name() const {
  const View path = part(NodeKind::kModule).part(NodeKind::kPath);
  return path.exists() ? std::optional(NameView(path)) : std::nullopt;
}

std::vector<NamedView> FileView::declarations() const {
  std::vector<NamedView> found;
  for (const View& each : parts()) {
    if (is_declaration(each.syntax())) found.emplace_back(each);
  }
  return found;
}

}  // namespace saga::dsl
