#pragma once

#include <memory>

#include "dsl/check/program.hpp"

namespace saga::dsl {

// The definition of one saga on its own: what it reaches of the shared tables, renumbered in their
// order, with `children` pinned to the definitions given. `hash` is left empty.
// Requires: no errors were reported; `finished[i]` is the definition of program.sagas[i] for every
// callee.
core::Definition extract(const Program& program, const SagaEntry& saga,
                         const std::vector<std::shared_ptr<const core::Definition>>& finished);

}  // namespace saga::dsl
