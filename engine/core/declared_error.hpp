#pragma once

#include <string_view>

#include "engine/base/names.hpp"
#include "engine/core/definition.hpp"

namespace saga::core {

// The error that an operation declares under this name, as an answer says it (without its module);
// null if it declares none such.
inline const Type* declared_error(const Definition& definition, const Operation& operation,
                                  std::string_view name) {
  for (const TypeId id : operation.errors) {
    if (base::bare_name(definition.types[id].name) == name) return &definition.types[id];
  }
  return nullptr;
}

}  // namespace saga::core
