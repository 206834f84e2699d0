#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/check/type_table.hpp"

namespace saga::dsl {

// A type with holes: `list<T>`, `fn(T) -> U`. Single capitals are holes; `N` takes only what can be
// added (int, decimal, money, duration), `O` only what can be ordered, `S` only what is text at run
// time (string, uuid, enum).
struct Pattern {
  enum class Kind : std::uint8_t { kHole, kType, kOptional, kList, kSet, kMap, kFunction, kPair };
  Kind kind = Kind::kType;
  char hole = 0;                                   // kHole
  core::TypeKind type = core::TypeKind::kNothing;  // kType
  std::vector<Pattern> parts;  // element; key and element; parameter and result; first and second
};

// One way to call a built-in. A method's receiver is the first parameter.
struct Signature {
  std::string_view name;
  std::string_view text;     // as written in the table: `list<T>, fn(T) -> bool -> list<T>`
  bool is_property = false;  // without parentheses: `xs.size`
  std::vector<Pattern> parameters;
  Pattern result;
};

// Every signature of a name, the one to try first in front; empty if there is no such built-in.
std::span<const Signature> signatures_of(std::string_view name);
std::vector<std::string> names_of_builtins();

// The types that a signature's holes stand for, while the arguments of one call are matched.
class Holes {
 public:
  explicit Holes(TypeTable& types) : types_(types) {}
  // Whether a value of `type` may be passed for `pattern`; fills holes that are still open.
  bool match(const Pattern& pattern, core::TypeId type);
  // The type that a pattern stands for so far; kUnknownType while a hole of it is open.
  core::TypeId type_of(const Pattern& pattern);

 private:
  bool match_hole(char hole, core::TypeId type);
  TypeTable& types_;
  std::map<char, core::TypeId> filled_;
};

bool is_ordered(const TypeTable& types, core::TypeId type);   // has `<`
bool is_summable(const TypeTable& types, core::TypeId type);  // has `+`

}  // namespace saga::dsl
