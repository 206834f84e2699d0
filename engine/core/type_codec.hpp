#pragma once

#include <string_view>

#include "engine/base/json.hpp"
#include "engine/core/definition.hpp"

namespace saga::core {

enum class Strictness {
  kClosed,  // start inputs: an unknown field is an error
  kOpen,    // answers, events, caches: unknown fields are dropped and counted
};

struct Decoded {
  base::Value value;
  std::uint32_t dropped_fields = 0;
};

// Reads JSON by a type of the definition: exact decimals, refinements (`where`) checked, defaults
// filled in. kTypeMismatch names the path (`order.items[2].qty`), what is wanted and what was
// found; kInvalidJson for text that is no JSON.
base::Result<Decoded> decode(const Definition& definition, TypeId type, std::string_view json,
                             Strictness strictness);
base::Result<Decoded> decode(const Definition& definition, TypeId type, const base::Json& json,
                             Strictness strictness);

// The name of a type for people: `list<Item>`, `money?`, `Order`.
std::string describe_type(const Definition& definition, TypeId type);

}  // namespace saga::core
