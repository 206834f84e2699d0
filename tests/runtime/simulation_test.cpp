#include "tests/runtime/simulation.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

namespace saga::test {
namespace {

// SAGA_SEED=n runs that seed alone; SAGA_SEEDS=n so many.
std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("whatever fails and whenever the engine dies, every saga ends and every book balances") {
  const Definitions definitions = compile_workflow(kShop);
  const std::uint64_t only = from_environment("SAGA_SEED", 0);
  const std::uint64_t first = only == 0 ? 1 : only;
  const std::uint64_t last = only == 0 ? from_environment("SAGA_SEEDS", 60) : only;
  std::map<std::string, int> endings;
  int crashes = 0;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    Simulation simulation(definitions, seed);
    const std::vector<std::string> faults = simulation.run({});
    for (const std::string& fault : faults) {
      FAIL_CHECK("seed ", seed, ": ", fault);
    }
    if (!faults.empty()) break;
    crashes += simulation.crashes();
    for (const auto& [ending, count] : simulation.endings()) endings[ending] += count;
  }
  if (only != 0) return;
  CHECK(crashes > 0);
  CHECK(endings["completed"] > 0);
  CHECK(endings["compensated"] > 0);
}

}  // namespace saga::test
