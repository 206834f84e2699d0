#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "engine/base/limits.hpp"
#include "engine/core/definition.hpp"

namespace saga::dsl {

// The type of an expression that is already reported as wrong. It goes with everything, so that one
// mistake gives one diagnostic.
inline constexpr core::TypeId kUnknownType = core::kNone;

// The type rows of a definition under construction: each composite type once, each declared type a
// row of its own. Borrows the definition for its whole life.
class TypeTable {
 public:
  explicit TypeTable(core::Definition& tables) : tables_(tables) {}

  // How deep types may be put into each other: no value that is nested deeper can travel as JSON.
  static constexpr std::size_t kMaxDepth = base::limits::kMaxJsonDepth;

  // kUnknownType of an unknown part, and of one that is kMaxDepth deep already.
  core::TypeId basic(core::TypeKind kind);      // requires: a kind without parts
  core::TypeId optional(core::TypeId element);  // of an optional: itself
  core::TypeId list(core::TypeId element);
  core::TypeId set(core::TypeId element);
  core::TypeId map(core::TypeId key, core::TypeId element);
  core::TypeId anonymous_record(std::vector<core::FieldType> fields);
  // The type of `null` and the element of `[]`: fits every optional and every list.
  core::TypeId null() { return optional(basic(core::TypeKind::kNothing)); }
  core::TypeId empty_list() { return list(basic(core::TypeKind::kNothing)); }

  // A new row for a declared type; its parts may be filled in later through row().
  core::TypeId declare(core::Type type);
  // A new row that is `base` with a name of its own; the caller sets `where`.
  core::TypeId refine(core::TypeId base, std::string name);
  // Takes over the parts of what a refinement refines, once they are known.
  void refresh(core::TypeId refined);

  // Requires: not kUnknownType.
  [[nodiscard]] const core::Type& row(core::TypeId type) const { return tables_.types[type]; }
  core::Type& row(core::TypeId type) { return tables_.types[type]; }

  [[nodiscard]] bool is(core::TypeId type, core::TypeKind kind) const;
  // 1 for a basic type, 2 for a list of it …; declared types begin anew. 0 for kUnknownType.
  [[nodiscard]] std::size_t depth(core::TypeId type) const {
    return type == kUnknownType ? 0 : depths_[type];
  }
  [[nodiscard]] bool is_null(core::TypeId type) const;  // exactly the type of `null`
  // What a `T?` holds; the type itself if it isn't optional.
  [[nodiscard]] core::TypeId without_null(core::TypeId type) const;
  // The type under all refinements.
  [[nodiscard]] core::TypeId base_of(core::TypeId type) const;

  // Whether a value of `from` may stand where `to` is wanted, without any conversion.
  [[nodiscard]] bool fits(core::TypeId from, core::TypeId to) const;
  // Whether `to`, which `from` fits, has a rule that a value of `from` may break.
  [[nodiscard]] bool narrows(core::TypeId from, core::TypeId to) const;
  // How many refinements a type is made of, one of another.
  [[nodiscard]] std::size_t refinements(core::TypeId type) const;
  // What a refinement refines; nullopt for any other type.
  [[nodiscard]] std::optional<core::TypeId> refined_from(core::TypeId type) const;
  // The type of a value that is either; nullopt if there is none.
  std::optional<core::TypeId> join(core::TypeId left, core::TypeId right);

  [[nodiscard]] const core::FieldType* field(core::TypeId type, std::string_view name) const;
  [[nodiscard]] bool has_case(core::TypeId type, const std::string& name);  // of an enum
  // For people: `list<Item>`, `money?`, `Order`.
  [[nodiscard]] std::string describe(core::TypeId type) const;

 private:
  using Composite = std::tuple<core::TypeKind, core::TypeId, core::TypeId>;
  core::TypeId composite(core::TypeKind kind, core::TypeId key, core::TypeId element);
  [[nodiscard]] bool same_parts(core::TypeId from, core::TypeId to) const;
  [[nodiscard]] bool is_usable(core::TypeId part) const {
    return part != kUnknownType && depth(part) < kMaxDepth;
  }

  core::Definition& tables_;
  std::map<Composite, core::TypeId> composites_;
  std::map<core::TypeId, core::TypeId> refined_;  // a refinement's row to what it refines
  std::map<std::string, core::TypeId> anonymous_;
  std::map<core::TypeId, std::set<std::string>> cases_;  // of the enums that were asked for
  std::vector<std::size_t> depths_;                      // beside the rows
};

// The part of a full name after its last dot.
std::string short_name(const std::string& full_name);

}  // namespace saga::dsl
