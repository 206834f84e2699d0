#include <utility>

#include "dsl/check/module.hpp"
#include "engine/base/limits.hpp"

namespace saga::dsl {

using core::kNone;
using core::TypeId;
using core::TypeKind;

namespace {

// Finds records and unions that need another of themselves inside: they have no value. Looks only
// at those that may be without end. Each is entered once, with an own stack: chains of records may
// be as long as a file.
class CircleFinder {
 public:
  CircleFinder(const TypeTable& types, const std::vector<std::uint32_t>& depths)
      : types_(types), depths_(depths) {}

  // The first type on a circle that is found from here; kNone if there is none.
  TypeId find(TypeId start) {
    if (depths_[start] != kNone || !entered_.insert(start).second) return kNone;
    std::vector<Open> path = {{start, 0}};
    std::set<TypeId> on_path = {start};
    TypeId found = kNone;
    while (!path.empty()) {
      Open& open = path.back();
      const core::Type& row = types_.row(open.type);
      const bool is_union = row.kind == TypeKind::kUnion;
      if (open.next == (is_union ? row.case_types.size() : row.fields.size())) {
        on_path.erase(open.type);
        path.pop_back();
        continue;
      }
      const TypeId part = is_union ? row.case_types[open.next] : row.fields[open.next].type;
      ++open.next;
      if (part == kUnknownType || depths_[part] != kNone) continue;
      const TypeId inner = types_.base_of(part);
      if (on_path.contains(inner) && found == kNone) found = inner;
      if (entered_.insert(inner).second) {
        on_path.insert(inner);
        path.push_back({inner, 0});
      }
    }
    return found;
  }

 private:
  struct Open {
    TypeId type;
    std::size_t next;  // field or case
  };

  const TypeTable& types_;
  const std::vector<std::uint32_t>& depths_;
  std::set<TypeId> entered_;
};

}  // namespace

void Module::check_circles() {
  constexpr auto kMost = static_cast<std::uint32_t>(base::limits::kMaxJsonDepth);
  const std::vector<std::uint32_t> depths = core::least_depths(program_.tables.types, kMost + 1);
  CircleFinder finder(types_, depths);
  for (const TypeDeclaration& declaration : type_declarations_) {
    if (declaration.type == kUnknownType) continue;
    const bool is_union = types_.is(declaration.type, TypeKind::kUnion);
    if (!declaration.fields && !is_union) continue;
    const TypeId circle = finder.find(declaration.type);
    // Only the first that is too deep: those that hold it are so by its fault.
    if (depths[declaration.type] == kMost + 1 && !is_union) {
      report_
          .error("E0114", declaration.name,
                 "a `" + declaration.short_name + "` always holds more than " +
                     std::to_string(base::limits::kMaxJsonDepth) +
                     " records, one inside the other: no JSON is so deep")
          .help("make a field on the way optional (`T?`) or a list, or leave records out");
    }
    if (circle == kNone) continue;
    const TypeDeclaration& needy = type_declarations_[declared_rows_.at(circle)];
    report_
        .error("E0111", needy.name,
               "a `" + needy.short_name + "` would always need another inside it")
        .help(types_.is(circle, TypeKind::kUnion)
                  ? "add a case that needs none, or make a field optional (`T?`) or a list"
                  : "make the field optional (`T?`) or a list");
  }
}

}  // namespace saga::dsl
