#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace saga::core {

// Indexes into a Definition's tables. kNone stands for "there is none".
using TypeId = std::uint32_t;
using ExpressionId = std::uint32_t;
using NodeId = std::uint32_t;
using SlotId = std::uint32_t;
using OperationId = std::uint32_t;
inline constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

enum class TypeKind : std::uint8_t {
  kNothing,  // an operation without a result
  kBool,
  kInt,
  kDecimal,
  kString,
  kBytes,
  kUuid,
  kTime,
  kDate,
  kDuration,
  kMoney,
  kJson,      // any JSON, kept as text
  kOptional,  // element
  kList,
  kSet,       // element
  kMap,       // key, element
  kRecord,    // fields
  kEnum,      // cases (names)
  kUnion,     // cases (each a record type in `case_types`)
  kError,     // fields; name is the error's
  kAnyError,  // `e` of `else … as e` and `on failed as e`: message and error only
};

struct FieldType {
  std::string name;
  TypeId type = kNone;
  bool is_private = false;
  ExpressionId default_value = kNone;  // evaluated without bindings
};

// One row of a Definition's type table. A refinement is a row of its own: the kind and parts of
// what it refines, and `where` over the slot `it`.
struct Type {
  TypeKind kind = TypeKind::kNothing;
  std::string name;    // full name of a declared type (`shop.orders.Order`), else empty
  TypeId key = kNone;  // kMap
  TypeId element = kNone;
  std::vector<FieldType> fields;
  std::vector<std::string> cases;  // kEnum, kUnion
  std::vector<TypeId> case_types;  // kUnion: a kRecord for each case
  bool is_transient = false;       // kError
  ExpressionId where = kNone;
  SlotId where_slot = kNone;  // what `it` is in `where`
};

// How many records stand one inside the other, at least, in a value of each type; kNone where a
// value would never end, and perhaps where it takes more than `most`.
std::vector<std::uint32_t> least_depths(const std::vector<Type>& types, std::uint32_t most);
// The case of a union that is least deep, the first of several; `case_types.size()` if none ends.
std::size_t simplest_case(const std::vector<Type>& types, TypeId of, std::uint32_t most);

}  // namespace saga::core
