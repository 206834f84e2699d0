#include <doctest/doctest.h>

#include <filesystem>

#include "tests/cli/command.hpp"

namespace saga::cli::test {
namespace {

TEST_CASE("the demo places its orders, proves its balance and leaves a journal to look at") {
  const Folder folder;
  Launch launch = command({"demo"});
  launch.added["TMPDIR"] = folder.path();
  const Ended ended = saga::test::run(launch);
  CHECK_MESSAGE(ended.code == 0, ended.err);
  CHECK_FALSE(has(ended.err, "error"));
  CHECK(has(ended.out, "nothing left over"));
  CHECK(has(ended.out, "goods for 100.00 CNY"));
  CHECK(has(ended.out, "buyer -148.00 CNY, held 0.00 CNY, merchant 148.00 CNY"));
  CHECK(has(ended.out, "tea 1000000 delivered = 999992 available + 8 reserved"));
  CHECK(has(ended.out, "Checked: the ending of each of 5 orders, and the books\n6 passed"));
  CHECK(has(ended.out, "from here on it is new"));
  CHECK(has(lines_of(ended.out).back(), "6 passed, 0 failed"));
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    const Ended list = saga({"list", "--db", (entry.path() / "saga.db").string()});
    CHECK(lines_of(list.out).size() == 5);
  }
}

TEST_CASE("a demo without its participants says what is missing") {
  const Ended ended = saga({"demo", "--participant", "no/such/program"});
  CHECK(ended.code == 6);
  CHECK(has(ended.err, "no/such/program"));
}

}  // namespace
}  // namespace saga::cli::test
