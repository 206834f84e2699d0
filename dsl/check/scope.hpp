#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/core/definition.hpp"

namespace saga::dsl {

// What a name stands for inside a saga, a function or a `where`.
struct Binding {
  enum class Kind : std::uint8_t { kParameter, kLet, kStep, kItem, kError, kLambda, kArgument };
  Kind kind = Kind::kLet;
  std::string name;
  core::Span span;  // where it is bound
  core::TypeId type = core::kNone;
  core::SlotId slot = core::kNone;
  core::NodeId node = core::kNone;         // kStep
  core::ExpressionId value = core::kNone;  // kArgument: the row to put in its place
  bool has_value = true;                   // a step without a result has none
  core::Span unbound_by;    // the handler that goes on without a value; empty if there is none
  bool reads_only = false;  // kStep: a read, whose result is all it gives
  bool is_used = false;
};

// The names that are visible at a point, in nested blocks.
class Scopes {
 public:
  void open() { blocks_.emplace_back(); }
  // Ends the innermost block and gives its bindings, in the order in which they were bound.
  std::vector<Binding> close();
  // Ends the innermost block and keeps its bindings in the one around it.
  void merge();

  void bind(Binding binding);
  // The binding of a name, or null. The pointer lives until the next bind().
  Binding* find(const std::string& name);
  // The bindings of the innermost block.
  std::vector<Binding>& innermost() { return blocks_.back(); }
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::vector<std::vector<Binding>> blocks_;
};

// What is known not to be null at a point: paths of expressions as text.
class NonNull {
 public:
  explicit NonNull(const core::Definition& tables) : tables_(tables) {}

  // What holds after `condition` came out as `truth`.
  void learn(core::ExpressionId condition, bool truth);
  [[nodiscard]] bool knows(core::ExpressionId value) const;

  using Facts = std::set<std::string>;
  [[nodiscard]] Facts facts() const { return facts_; }
  void restore(Facts facts) { facts_ = std::move(facts); }

 private:
  [[nodiscard]] std::string path(core::ExpressionId value) const;
  void learn_comparison(const core::Expression& comparison);
  const core::Definition& tables_;
  Facts facts_;
};

}  // namespace saga::dsl
