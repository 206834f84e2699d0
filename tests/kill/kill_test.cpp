#include <doctest/doctest.h>

#include <cstdlib>
#include <random>

#include "tests/kill/audit.hpp"
#include "tests/kill/stage.hpp"

// The engine and the participants are killed with -9 again and again while 64 sagas are in flight
// and the participants fail in every way. SAGA_KILL_SEED repeats a run's draws (not its timing),
// SAGA_KILL_TIMES changes how often.
namespace saga::kill {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoull(text);
}

TEST_CASE("killed at 200 random moments, every saga ends and every promise holds") {
  const std::uint64_t seed = number_from("SAGA_KILL_SEED", std::random_device()());
  const std::uint64_t kills = number_from("SAGA_KILL_TIMES", 200);
  MESSAGE("SAGA_KILL_SEED=", seed);
  Dice dice(seed);
  Stage stage(dice);
  for (std::uint64_t life = 1; life <= kills; ++life) {
    stage.add_faults();
    stage.live_and_die(static_cast<int>(life));
    REQUIRE(stage.promises().failure == "");
  }
  stage.clear_faults();
  CHECK(stage.finish());
  CHECK(stage.promises().failure == "");
  const Audit found = audit(stage);
  for (const std::string& fault : found.faults) FAIL_CHECK(fault);
  MESSAGE(kills, " kills, ", stage.promises().started.size(), " acknowledged starts, ", found.sagas,
          " sagas, ", found.compensated, " compensated, ", found.rows, " rows");
  // A run in which nothing happened proves nothing.
  CHECK(found.compensated > 0);
  CHECK(stage.promises().started.size() > kills);
}

}  // namespace
}  // namespace saga::kill
