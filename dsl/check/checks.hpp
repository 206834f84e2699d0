#pragma once

#include "dsl/check/program.hpp"
#include "dsl/check/report.hpp"

namespace saga::dsl {

// All that is checked on the lowered tables of one saga: flow (E02), compensation (E03), time
// (E04), keys (E05). Requires: the saga and those that it calls are lowered.
void check_saga(const Program& program, const SagaEntry& saga, Report& report);

}  // namespace saga::dsl
