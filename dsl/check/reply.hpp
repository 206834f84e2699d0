#pragma once

#include "dsl/check/program.hpp"
#include "dsl/check/report.hpp"

namespace saga::dsl {

// E0113 for a `reply` where the saga may have replied already. Whether every path that reaches the
// saga's end has replied, so that it needs no `return`.
bool check_replies(const Program& program, const SagaEntry& saga, Report& report);

}  // namespace saga::dsl
