#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "dsl/check/module.hpp"
#include "dsl/check/program.hpp"
#include "dsl/views.hpp"
#include "engine/core/definition_tests.hpp"

namespace saga::dsl {

// Where the sagas of Module::sagas() stand in Program::sagas; nullopt of those that don't.
using SagaIndexes = std::vector<std::optional<std::uint32_t>>;

// A `test` block whose expressions are still those of the program. The plan names them by their
// place among the statements of `tables`, which binds each by a `let`, so that the extractor keeps
// what a test reaches as it does for a saga.
struct LoweredTest {
  core::TestPlan plan;
  SagaEntry tables;
  std::uint32_t saga = 0;  // in Program::sagas
};

// Checks and lowers the tests of a file: names, types, and what can never happen. Those with an
// error are left out. Requires: the module's sagas are lowered.
std::vector<LoweredTest> lower_tests(Module& module, const FileView& file,
                                     const SagaIndexes& indexes);

// `tables`: extracted from the test's.
core::TestPlan finish_test(LoweredTest test, core::Definition tables,
                           const std::vector<std::shared_ptr<const core::Definition>>& definitions);

}  // namespace saga::dsl
