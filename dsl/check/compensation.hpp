#pragma once

#include <vector>

#include "dsl/check/places.hpp"
#include "dsl/check/program.hpp"
#include "dsl/check/report.hpp"

namespace saga::dsl {

// E03: what a saga takes back and what it can't. Requires: the places of this saga.
void check_pivots(const Program& program, const std::vector<Place>& places, Report& report);
void check_compensations(const Program& program, const std::vector<Place>& places, Report& report);

// E0307: a compensation that reads the result of its own step though the outcome may be unknown.
void check_own_results(const Program& program, const std::vector<Place>& places, Report& report);

}  // namespace saga::dsl
