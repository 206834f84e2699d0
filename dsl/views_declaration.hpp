#pragma once

#include <set>

#include "dsl/views_statement.hpp"

namespace saga::dsl {

// A field of a record, or a parameter.
class FieldView : public View {
 public:
  explicit FieldView(const View& view) : View(view) {}
  [[nodiscard]] NameView name() const { return name_in(*this); }
  [[nodiscard]] TypeView type() const { return TypeView(part(NodeKind::kTypeReference)); }
  [[nodiscard]] bool is_private() const { return has("private"); }
  [[nodiscard]] std::optional<ExpressionView> default_value() const;
};

// The parameters of an operation, saga, function or case, or the fields of a record.
class ParametersView : public View {
 public:
  ParametersView() = default;
  explicit ParametersView(const View& view) : View(view) {}
  [[nodiscard]] std::vector<FieldView> fields() const;
};

// What all declarations have.
class NamedView : public View {
 public:
  NamedView() = default;
  explicit NamedView(const View& view) : View(view) {}
  [[nodiscard]] NameView name() const { return name_in(*this); }
  [[nodiscard]] ParametersView parameters() const;             // missing if it takes none
  [[nodiscard]] std::optional<ParametersView> record() const;  // its `{ fields }`
  [[nodiscard]] std::optional<TypeView> type() const;          // after `:`, `=` or `->`
  [[nodiscard]] std::string documentation() const;  // the `///` lines right above, joined
};

class TypeDeclarationView : public NamedView {
 public:
  using NamedView::NamedView;
  static constexpr NodeKind kSyntax = NodeKind::kType;
  [[nodiscard]] std::optional<ExpressionView> where() const;
};

class EnumView : public NamedView {
 public:
  using NamedView::NamedView;
  static constexpr NodeKind kSyntax = NodeKind::kEnum;
  [[nodiscard]] std::vector<NameView> cases() const { return names_in(*this); }
};

class UnionView : public NamedView {
 public:
  using NamedView::NamedView;
  static constexpr NodeKind kSyntax = NodeKind::kUnion;
  [[nodiscard]] std::vector<NamedView> cases() const;
};

class FunctionView : public NamedView {
 public:
  using NamedView::NamedView;
  static constexpr NodeKind kSyntax = NodeKind::kFunction;
  [[nodiscard]] ExpressionView body() const { return expression_in(*this); }
};

class ErrorView : public NamedView {
 public:
  using NamedView::NamedView;
  static constexpr NodeKind kSyntax = NodeKind::kErrorDeclaration;
  [[nodiscard]] bool is_transient() const { return has("transient"); }
};

class EventView : public NamedView {
 public:
  using NamedView::NamedView;
  static constexpr NodeKind kSyntax = NodeKind::kEvent;
  [[nodiscard]] bool is_external() const { return has("external"); }
  [[nodiscard]] std::optional<NameView> key() const;
  [[nodiscard]] std::optional<ExpressionView> keep() const { return option_in(*this, "keep"); }
};

// `resolve charge_of(key)`.
class ResolveView : public View {
 public:
  explicit ResolveView(const View& view) : View(view) {}
  [[nodiscard]] NameView name() const { return name_in(*this); }
  [[nodiscard]] std::vector<ArgumentView> arguments() const { return arguments_in(*this); }
};

class OperationView : public NamedView {
 public:
  using NamedView::NamedView;
  [[nodiscard]] std::string effect() const;  // `read`, `write` or `notify`
  [[nodiscard]] std::optional<TypeView> result() const { return type(); }
  [[nodiscard]] std::vector<NameView> errors() const;
  [[nodiscard]] bool is_idempotent() const;
  [[nodiscard]] std::optional<NameView> idempotent_by() const;
  [[nodiscard]] std::optional<ResolveView> resolve() const;
  [[nodiscard]] bool is_async() const;
  [[nodiscard]] std::optional<NameView> http_method() const;
  [[nodiscard]] std::optional<ExpressionView> http_path() const;  // a kText
  // Every clause as written, to find one that stands twice; the first word says which it is.
  [[nodiscard]] std::vector<View> clauses() const { return parts(NodeKind::kOperationClause); }

 private:
  [[nodiscard]] View clause(std::string_view word) const;
};

class ServiceView : public NamedView {
 public:
  using NamedView::NamedView;
  static constexpr NodeKind kSyntax = NodeKind::kService;
  [[nodiscard]] std::optional<NameView> auth() const;  // a secret
  [[nodiscard]] std::vector<OperationView> operations() const;
};

class PolicyView : public NamedView {
 public:
  using NamedView::NamedView;
  static constexpr NodeKind kSyntax = NodeKind::kPolicy;
  [[nodiscard]] std::vector<ClauseView> clauses() const { return clauses_in(*this); }
};

class SecretView : public NamedView {
 public:
  using NamedView::NamedView;
  static constexpr NodeKind kSyntax = NodeKind::kSecret;
};

class SettingView : public NamedView {
 public:
  using NamedView::NamedView;
  static constexpr NodeKind kSyntax = NodeKind::kSetting;
  [[nodiscard]] ExpressionView value() const { return expression_in(*this); }
};

// `on failed as e { … }`.
class EndingView : public View {
 public:
  explicit EndingView(const View& view) : View(view) {}
  [[nodiscard]] std::string ending() const;  // `failed`, `completed` or `stuck`
  [[nodiscard]] std::optional<NameView> alias() const { return alias_in(*this); }
  [[nodiscard]] BlockView block() const { return BlockView(part(NodeKind::kBlock)); }
};

class SagaView : public NamedView {
 public:
  using NamedView::NamedView;
  static constexpr NodeKind kSyntax = NodeKind::kSaga;
  [[nodiscard]] std::optional<TypeView> result() const { return type(); }
  // The first of each; the header's parts() show one that stands twice.
  [[nodiscard]] std::optional<ExpressionView> version() const;  // a kNumber
  [[nodiscard]] std::optional<ExpressionView> key() const { return option_in(*this, "key"); }
  [[nodiscard]] std::optional<ExpressionView> deadline() const {
    return option_in(*this, "deadline");
  }
  [[nodiscard]] BlockView body() const { return BlockView(part(NodeKind::kBlock)); }
  [[nodiscard]] std::vector<EndingView> endings() const;
};

class ImportView : public View {
 public:
  explicit ImportView(const View& view) : View(view) {}
  static constexpr NodeKind kSyntax = NodeKind::kImport;
  [[nodiscard]] NameView path() const { return NameView(part(NodeKind::kPath)); }
  [[nodiscard]] std::vector<NameView> names() const { return names_in(*this); }
  [[nodiscard]] std::optional<NameView> alias() const { return alias_in(*this); }
};

// A test: its lines are kTestLet, kTestMock, kTestRun and kTestExpect nodes.
class TestView : public View {
 public:
  explicit TestView(const View& view) : View(view) {}
  static constexpr NodeKind kSyntax = NodeKind::kTest;
  [[nodiscard]] ExpressionView title() const {
    return ExpressionView(part(NodeKind::kTextLiteral));
  }
  [[nodiscard]] std::vector<View> lines() const;
};

// A whole file.
class FileView : public View {
 public:
  FileView() = default;
  explicit FileView(const Tree& tree) : View(tree, 0) {}
  [[nodiscard]] std::optional<NameView> module_name() const;
  // All declarations in order; look at syntax(), or ask for one sort: `all<SagaView>()`.
  [[nodiscard]] std::vector<NamedView> declarations() const;
  template <class Declaration>
  [[nodiscard]] std::vector<Declaration> all() const {
    std::vector<Declaration> found;
    for (const View& each : parts(Declaration::kSyntax)) found.emplace_back(each);
    return found;
  }
};

// A construct of the language that this version parses but doesn't run.
struct Unavailable {
  std::string construct;  // as people call it: `select`, `parallel any`
  Span span;              // its first word
  Span whole;
  // Steps may stand in it, or a path end in it: nothing can be said of the paths around it.
  bool hides_paths = false;
};

// Every such construct of a file, in source order, the outermost only.
std::vector<Unavailable> unavailable_constructs(const Tree& tree);

// The names that stand inside these constructs: what they mean isn't looked at, but whoever bears
// one of them may be used there.
std::set<std::string> names_mentioned(const Tree& tree, const std::vector<Unavailable>& inside);

}  // namespace saga::dsl
