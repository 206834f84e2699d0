#include "dsl/lower/taken.hpp"

namespace saga::dsl {

using core::TypeKind;

Taken::Taken(const TypeTable& types, core::TypeId subject) {
  if (subject == kUnknownType) return;
  const core::Type& plain = types.row(types.without_null(subject));
  is_countable_ = plain.kind == TypeKind::kEnum || plain.kind == TypeKind::kBool ||
                  plain.kind == TypeKind::kUnion || plain.kind == TypeKind::kError;
  if (plain.kind == TypeKind::kBool) all_ = {"true", "false"};
  if (plain.kind == TypeKind::kEnum || plain.kind == TypeKind::kUnion) {
    for (const std::string& each : plain.cases) all_.push_back("." + each);
  }
  if (plain.kind == TypeKind::kError) all_ = {short_name(plain.name)};
  if (types.is(subject, TypeKind::kOptional)) all_.emplace_back("null");
}

std::optional<core::Span> Taken::taken_by(const std::string& value) const {
  if (by_all_) return by_all_;
  if (value == "_") return is_complete() ? std::optional(last_) : std::nullopt;
  const auto known = taken_.find(value);
  return known == taken_.end() ? std::nullopt : std::optional(known->second);
}

std::optional<core::Span> Taken::take(const std::string& value, const core::Span& span) {
  if (const auto earlier = taken_by(value)) return earlier;
  if (value == "_") {
    by_all_ = span;
  } else {
    taken_.emplace(value, span);
    last_ = span;
  }
  return std::nullopt;
}

std::vector<std::string> Taken::left_out() const {
  std::vector<std::string> found;
  for (const std::string& each : all_) {
    if (is_countable_ && !taken_.contains(each)) found.push_back(each);
  }
  return found;
}

}  // namespace saga::dsl
