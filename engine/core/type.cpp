#include "engine/core/type.hpp"

#include <algorithm>

namespace saga::core {

namespace {

// The deepest of the fields' types that a value can't be without; kNone while one isn't known.
std::uint32_t deepest_of(const Type& type, const std::vector<std::uint32_t>& depths) {
  std::uint32_t deepest = 0;
  for (const FieldType& field : type.fields) {
    if (field.type >= depths.size()) continue;
    deepest = std::max(deepest, depths[field.type]);
  }
  return deepest;
}

std::uint32_t depth_of(const Type& type, const std::vector<std::uint32_t>& depths) {
  switch (type.kind) {
    case TypeKind::kRecord:
    case TypeKind::kError: {
      const std::uint32_t inside = deepest_of(type, depths);
      return inside == kNone ? kNone : inside + 1;
    }
    case TypeKind::kUnion: {
      std::uint32_t least = kNone;
      for (const TypeId each : type.case_types) {
        if (each < depths.size()) least = std::min(least, depths[each]);
      }
      return least;
    }
    default: return 0;  // may be empty or null
  }
}

}  // namespace

// Each round knows all that are one record deeper.
std::vector<std::uint32_t> least_depths(const std::vector<Type>& types, std::uint32_t most) {
  std::vector<std::uint32_t> depths(types.size(), kNone);
  for (std::uint32_t round = 0; round <= most + 1; ++round) {
    bool is_changed = false;
    for (std::size_t i = 0; i < types.size(); ++i) {
      const std::uint32_t depth = depth_of(types[i], depths);
      is_changed = is_changed || depth != depths[i];
      depths[i] = depth;
    }
    if (!is_changed) break;
  }
  return depths;
}

std::size_t simplest_case(const std::vector<Type>& types, TypeId of, std::uint32_t most) {
  const std::vector<TypeId>& cases = types[of].case_types;
  const std::vector<std::uint32_t> depths = least_depths(types, most);
  const auto depth = [&](TypeId id) { return id < depths.size() ? depths[id] : kNone; };
  const auto found = std::ranges::min_element(cases, {}, depth);
  if (found == cases.end() || depth(*found) == kNone) return cases.size();
  return static_cast<std::size_t>(found - cases.begin());
}

}  // namespace saga::core
