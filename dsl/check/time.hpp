#pragma once

#include <vector>

#include "dsl/check/places.hpp"
#include "dsl/check/program.hpp"
#include "dsl/check/report.hpp"

namespace saga::dsl {

// E04: retries against `within`, endless retries, missing time-outs.
void check_retries(const Program& program, const std::vector<Place>& places, Report& report);

// The time of the longest path to the pivot, or to the end without one. Requires: that of the sagas
// that it calls is known.
base::Duration longest_path(const Program& program, const SagaEntry& saga);

// E0402: the longest path to the pivot (or to the end, without one) against `deadline`. A loop
// counts as one round, so that what is reported is too long even then. Requires: longest_path.
void check_deadline(const Program& program, const SagaEntry& saga, Report& report);

}  // namespace saga::dsl
