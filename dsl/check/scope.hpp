#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "dsl/check/program.hpp"

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
  Currency currency{};                     // kLet: of an amount, where it is known
  std::uint32_t lambda = 0;  // kLambda: how many are open with it; 0 for the `it` of a `where`
  bool has_value = true;     // a step without a result has none
  core::Span unbound_by;     // the handler that goes on without a value; empty if there is none
  bool reads_only = false;   // kStep: a read, whose result is all it gives
  bool is_used = false;
};

// The names that are visible at a point, in nested blocks.
class Scopes {
 public:
  void open() { blocks_.emplace_back(); }
  // Ends the innermost block and gives its bindings, in the order in which they were bound.
  std::vector<Binding> close();

  void bind(Binding binding);
  // The binding of a name, or null. The pointer lives until the next bind().
  Binding* find(const std::string& name);
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  struct Place {
    std::size_t block;
    std::size_t index;
  };
  void forget(const std::vector<Binding>& ended);
  std::vector<std::vector<Binding>> blocks_;
  std::unordered_map<std::string, std::vector<Place>> places_;  // of each name, inner last
};

// What is known not to be null at a point: paths of expressions as text.
class NonNull {
 public:
  explicit NonNull(const core::Definition& tables) : tables_(tables) {}

  // What holds after `condition` came out as `truth`.
  void learn(core::ExpressionId condition, bool truth);
  [[nodiscard]] bool knows(core::ExpressionId value) const;

  // A mark to go back to: what was learned after it is forgotten.
  using Mark = std::size_t;
  [[nodiscard]] Mark mark() const { return learned_.size(); }
  void restore(Mark mark);

  // What is known now counts no more until `show` gets the same mark back.
  Mark hide() { return std::exchange(hidden_, mark()); }
  void show(Mark hidden) { hidden_ = hidden; }

 private:
  struct Fact {
    std::string path;
    Mark before;  // where the same path was learned already; 0 if nowhere
  };
  [[nodiscard]] std::string path(core::ExpressionId value) const;
  void learn_comparison(const core::Expression& comparison);
  void learn_path(std::string path);
  [[nodiscard]] bool knows_path(const std::string& path) const;

  const core::Definition& tables_;
  std::vector<Fact> learned_;
  std::unordered_map<std::string, Mark> places_;  // of a path in learned_, counted from 1
  Mark hidden_ = 0;
};

}  // namespace saga::dsl
