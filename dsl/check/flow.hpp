#pragma once

#include <vector>

#include "dsl/check/places.hpp"
#include "dsl/check/program.hpp"
#include "dsl/check/report.hpp"

namespace saga::dsl {

// E0201 and E0202: statements that no path reaches, paths that end without the declared result.
void check_flow(const Program& program, const SagaEntry& saga, Report& report);

// E05: keys that change, that collide, that don't tell the rounds of a loop apart, and writes that
// are retried though they aren't idempotent.
void check_keys(const Program& program, const SagaEntry& saga, const std::vector<Place>& places,
                Report& report);

}  // namespace saga::dsl
