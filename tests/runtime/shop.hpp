#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "engine/core/definition.hpp"

namespace saga::test {

using Definitions = std::vector<std::shared_ptr<const core::Definition>>;

// Compiles a workflow; the last saga of the file comes last. Fails the test if it has errors.
Definitions compile_workflow(std::string_view source);

// A saga with everything in it: branches, a loop, a child, a sleep, a pivot and what follows it.
// Its services are idempotent by key; `find` resolves.
extern const std::string_view kShop;

}  // namespace saga::test
