#pragma once

#include "engine/base/result.hpp"
#include "engine/core/definition.hpp"

namespace saga::core {

// Ensures what the core relies on: every id inside is in range, expressions refer to earlier ones
// only, nodes form a tree, each node of the right kind where one is wanted. kCorrupt names what
// isn't.
base::Result<void> check_ids(const Definition& definition);

}  // namespace saga::core
