#pragma once

#include "dsl/views_base.hpp"

namespace saga::dsl {

enum class ExpressionKind : std::uint8_t {
  kMissing,
  kNumber,
  kText,
  kTrue,
  kFalse,
  kNull,
  kName,
  kCase,
  kList,
  kMap,
  kConditional,
  kMatch,
  kCall,
  kField,
  kIndex,
  kUnary,
  kBinary,
  kLambda,
};

class ArgumentView;
class MatchValueView;
struct TextPart;

// An expression. Parentheses are looked through. Each accessor belongs to the kinds beside it and
// is missing or empty for others.
class ExpressionView : public View {
 public:
  ExpressionView() = default;
  explicit ExpressionView(const View& view);

  [[nodiscard]] ExpressionKind kind() const;

  [[nodiscard]] std::string text() const;             // kNumber: as written
  [[nodiscard]] std::vector<TextPart> parts() const;  // kText
  [[nodiscard]] NameView name() const;  // kName, kCase, kField: the member, kLambda: the parameter
  [[nodiscard]] std::vector<ExpressionView> items() const;  // kList; kMap: keys and values in turn
  [[nodiscard]] ExpressionView condition() const;           // kConditional
  [[nodiscard]] ExpressionView then_value() const;          // kConditional
  [[nodiscard]] ExpressionView else_value() const;          // kConditional
  [[nodiscard]] ExpressionView subject() const;             // kMatch
  [[nodiscard]] std::vector<MatchValueView> arms() const;   // kMatch
  [[nodiscard]] ExpressionView callee() const;  // kCall: a kName or kField if well-formed
  [[nodiscard]] std::vector<ArgumentView> arguments() const;  // kCall
  [[nodiscard]] ExpressionView object() const;                // kField, kIndex
  [[nodiscard]] ExpressionView index() const;                 // kIndex
  [[nodiscard]] bool is_optional() const;                     // kField: `?.`
  [[nodiscard]] std::string symbol() const;                   // kUnary, kBinary: `+`, `in` …
  [[nodiscard]] ExpressionView operand() const;               // kUnary
  [[nodiscard]] ExpressionView left() const;                  // kBinary
  [[nodiscard]] ExpressionView right() const;                 // kBinary
  [[nodiscard]] ExpressionView body() const;                  // kLambda
};

// A piece of a text: characters with escapes decoded, or a value to insert.
struct TextPart {
  std::string text;
  std::optional<ExpressionView> value;
  Span span;
};

class ArgumentView : public View {
 public:
  explicit ArgumentView(const View& view) : View(view) {}
  [[nodiscard]] std::optional<NameView> name() const;  // of `name: value`
  [[nodiscard]] ExpressionView value() const;
};

// What stands left of `=>`: a literal, or a dotted name with the names that it binds.
class PatternView : public View {
 public:
  PatternView() = default;
  explicit PatternView(const View& view) : View(view) {}
  [[nodiscard]] std::optional<ExpressionView> literal() const;
  [[nodiscard]] NameView name() const;      // without a leading dot; `_` is a name
  [[nodiscard]] bool is_shorthand() const;  // `.case`
  [[nodiscard]] std::vector<NameView> bindings() const;
};

class MatchValueView : public View {
 public:
  explicit MatchValueView(const View& view) : View(view) {}
  [[nodiscard]] PatternView pattern() const;
  [[nodiscard]] ExpressionView value() const;
};

// A type where it is named: `map<K, V>?`.
class TypeView : public View {
 public:
  TypeView() = default;
  explicit TypeView(const View& view) : View(view) {}
  [[nodiscard]] NameView name() const;
  [[nodiscard]] std::vector<TypeView> arguments() const;
  [[nodiscard]] bool is_optional() const;
};

bool is_expression(NodeKind kind);
std::vector<ExpressionView> expressions_in(const View& view);
// The nth expression part, missing if there are fewer.
ExpressionView expression_in(const View& view, std::size_t nth = 0);
std::vector<ArgumentView> arguments_in(const View& view);
// The value of `word value` among the view's options: `within 5s`, `ttl 10m`.
std::optional<ExpressionView> option_in(const View& view, std::string_view word);

}  // namespace saga::dsl
