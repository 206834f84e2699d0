#include "dsl/check/scope.hpp"

#include <iterator>
#include <utility>

namespace saga::dsl {

using core::Expression;
using core::Operator;

std::vector<Binding> Scopes::close() {
  std::vector<Binding> ended = std::move(blocks_.back());
  blocks_.pop_back();
  return ended;
}

void Scopes::merge() {
  std::vector<Binding> ended = close();
  std::move(ended.begin(), ended.end(), std::back_inserter(blocks_.back()));
}

void Scopes::bind(Binding binding) { blocks_.back().push_back(std::move(binding)); }

Binding* Scopes::find(const std::string& name) {
  for (auto block = blocks_.rbegin(); block != blocks_.rend(); ++block) {
    for (auto each = block->rbegin(); each != block->rend(); ++each) {
      if (each->name == name) return &*each;
    }
  }
  return nullptr;
}

std::vector<std::string> Scopes::names() const {
  std::vector<std::string> all;
  for (const auto& block : blocks_) {
    for (const Binding& each : block) all.push_back(each.name);
  }
  return all;
}

std::string NonNull::path(core::ExpressionId value) const {
  const Expression& row = tables_.expressions[value];
  if (row.op == Operator::kSlot) return "s" + std::to_string(row.slot);
  const bool is_field = row.op == Operator::kField || row.op == Operator::kOptionalField;
  if (is_field) return path(row.arguments[0]) + "." + row.name;
  return "e" + std::to_string(value);
}

void NonNull::learn_comparison(const Expression& comparison) {
  for (int side = 0; side < 2; ++side) {
    const core::ExpressionId other = comparison.arguments[static_cast<std::size_t>(1 - side)];
    const Expression& null =
        tables_.expressions[comparison.arguments[static_cast<std::size_t>(side)]];
    if (null.op == Operator::kLiteral && null.literal.is_null()) facts_.insert(path(other));
  }
}

void NonNull::learn(core::ExpressionId condition, bool truth) {
  const Expression& row = tables_.expressions[condition];
  const bool is_and = row.op == Operator::kAnd;
  const bool is_or = row.op == Operator::kOr;
  if ((is_and && truth) || (is_or && !truth)) {
    learn(row.arguments[0], truth);
    learn(row.arguments[1], truth);
  } else if (row.op == Operator::kNot) {
    learn(row.arguments[0], !truth);
  } else if ((row.op == Operator::kNotEqual && truth) || (row.op == Operator::kEqual && !truth)) {
    learn_comparison(row);
  }
}

bool NonNull::knows(core::ExpressionId value) const { return facts_.contains(path(value)); }

}  // namespace saga::dsl
