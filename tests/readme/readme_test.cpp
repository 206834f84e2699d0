#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/readme/blocks.hpp"

namespace saga::readme {
namespace {

std::string read_page(const std::string& name) {
  REQUIRE(std::filesystem::exists(name));
  std::ifstream in(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Runs a page from its first block to its last and compares what it shows.
void try_page(const std::string& name) {
  const std::vector<Block> blocks = blocks_of(read_page(name));
  REQUIRE_FALSE(blocks.empty());
  const Run run = run_blocks(blocks);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const std::string where = name + ":" + std::to_string(blocks[i].line);
    INFO(where, " printed\n", run.outcomes[i].output);
    REQUIRE(run.outcomes[i].was_run);
    if (blocks[i].has_output) CHECK(shows(blocks[i].output, run.outcomes[i].output));
  }
  INFO("the last block printed\n", run.outcomes.back().output);
  CHECK(run.status == 0);
}

TEST_CASE("every workflow of docs/language.md is laid out, checked, and passes its tests") {
  const std::vector<Block> workflows = workflows_of(read_page("docs/language.md"));
  REQUIRE(workflows.size() > 5);
  const Run run = run_blocks(workflows);
  for (std::size_t i = 0; i < workflows.size(); ++i) {
    const std::string where = "docs/language.md:" + std::to_string(workflows[i].line);
    INFO(where, " printed\n", run.outcomes[i].output);
    CHECK(run.outcomes[i].was_run);
  }
  INFO("the last workflow printed\n", run.outcomes.back().output);
  CHECK(run.status == 0);
}
TEST_CASE("every command of docs/language.md does what it shows") { try_page("docs/language.md"); }
TEST_CASE("every command of README.md does what it shows") { try_page("README.md"); }
TEST_CASE("every command of docs/cli.md does what it shows") { try_page("docs/cli.md"); }
TEST_CASE("every command of docs/mocks.md does what it shows") { try_page("docs/mocks.md"); }
TEST_CASE("every command of docs/testing.md does what it shows") { try_page("docs/testing.md"); }

}  // namespace
}  // namespace saga::readme
