#include "dsl/check/scope.hpp"

#include <utility>

namespace saga::dsl {

using core::Expression;
using core::Operator;

std::vector<Binding> Scopes::close() {
  std::vector<Binding> ended = std::move(blocks_.back());
  blocks_.pop_back();
  forget(ended);
  return ended;
}

void Scopes::forget(const std::vector<Binding>& ended) {
  for (const Binding& each : ended) {
    const auto place = places_.find(each.name);
    place->second.pop_back();
    if (place->second.empty()) places_.erase(place);
  }
}

void Scopes::bind(Binding binding) {
  places_[binding.name].push_back({blocks_.size() - 1, blocks_.back().size()});
  blocks_.back().push_back(std::move(binding));
}

Binding* Scopes::find(const std::string& name) {
  const auto found = places_.find(name);
  if (found == places_.end()) return nullptr;
  const Place& place = found->second.back();
  return &blocks_[place.block][place.index];
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
    if (null.op == Operator::kLiteral && null.literal.is_null()) learn_path(path(other));
  }
}

void NonNull::learn_path(std::string path) {
  if (knows_path(path)) return;
  Mark& place = places_[path];
  learned_.push_back({std::move(path), place});
  place = learned_.size();
}

bool NonNull::knows_path(const std::string& path) const {
  const auto found = places_.find(path);
  return found != places_.end() && found->second > hidden_;
}

void NonNull::restore(Mark mark) {
  while (learned_.size() > mark) {
    const Fact& last = learned_.back();
    if (last.before == 0) {
      places_.erase(last.path);
    } else {
      places_[last.path] = last.before;
    }
    learned_.pop_back();
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
  } else if (row.op == Operator::kIsCase && truth) {
    learn_path(path(row.arguments[0]));
  }
}

bool NonNull::knows(core::ExpressionId value) const { return knows_path(path(value)); }

}  // namespace saga::dsl
