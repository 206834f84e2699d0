#pragma once

#include "dsl/check/program.hpp"
#include "dsl/check/report.hpp"

namespace saga::dsl {

// E0503 and E0504: two calls of one saga that would have one key, and keys that every round of a
// loop shares. Keys in different arms of an `if` never meet.
void check_key_paths(const Program& program, const SagaEntry& saga, Report& report);

}  // namespace saga::dsl
