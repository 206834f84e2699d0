#pragma once

#include "engine/base/json.hpp"
#include "engine/core/definition.hpp"

namespace saga::verify {

// What an operation that isn't mocked answers: numbers 1, texts "sample", false, null where it may
// be null, no items, an enum's first case. Whether that keeps a type's rules isn't looked at.
base::JsonText sample(const core::Definition& definition, core::TypeId type);

}  // namespace saga::verify
