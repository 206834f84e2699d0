#include "dsl/check/checks.hpp"

#include "dsl/check/compensation.hpp"
#include "dsl/check/flow.hpp"
#include "dsl/check/time.hpp"

namespace saga::dsl {

void check_saga(const Program& program, const SagaEntry& saga, Report& report) {
  const std::vector<Place> places = places_of(program, saga);
  check_flow(program, saga, report);
  check_pivots(program, places, report);
  check_compensations(program, places, report);
  check_own_results(program, places, report);
  check_retries(program, places, report);
  check_deadline(program, saga, report);
  check_keys(program, saga, places, report);
}

}  // namespace saga::dsl
