#include "tests/readme/blocks.hpp"

#include <doctest/doctest.h>

namespace saga::readme {
namespace {

Block block(const std::string& commands) { return {1, commands + "\n", "", false}; }

TEST_CASE("a page's sh blocks are found with their outputs") {
  const std::vector<Block> blocks = blocks_of(
      "# Page\n```sh\necho a\necho b\n```\nprints\n```text\na\nb\n```\n"
      "```json\n{}\n```\n```text\nnobody's\n```\n```sh\ntrue\n```\n");
  REQUIRE(blocks.size() == 2);
  CHECK(blocks[0].line == 2);
  CHECK(blocks[0].commands == "echo a\necho b\n");
  CHECK(blocks[0].has_output);
  CHECK(blocks[0].output == "a\nb\n");
  CHECK(blocks[1].commands == "true\n");
  CHECK_FALSE(blocks[1].has_output);
}

TEST_CASE("a page's whole workflows are found, and a faulty one fails") {
  const std::string good = "module a\n\nsaga A(id: string)\n  key id\n{\n  note \"{id}\"\n}\n";
  const std::string page = "# Page\n```saga\n" + good + "```\n```saga\nkey id\n```\n";
  const std::vector<Block> found = workflows_of(page + "```saga\n" + good + "```\n");
  REQUIRE(found.size() == 2);
  CHECK(found[0].line == 2);
  CHECK(found[1].line == 14);
  CHECK(run_blocks(found).status == 0);
  const std::string unused =
      "module a\n\nsaga A(id: string)\n  key id\n{\n  let x = id\n  note \"{id}\"\n}\n";
  const std::string untidy = "module a\n\n\n\nsaga A(id: string) key id { note \"{id}\" }\n";
  for (const std::string& faulty : {unused, untidy}) {
    CHECK(run_blocks(workflows_of("```saga\n" + faulty + "```\n")).status != 0);
  }
}

TEST_CASE("blocks share a shell and a folder that holds the repository") {
  const Run run = run_blocks({block("x=7; echo one > mine"), block("cat mine; echo $x"),
                              block("test -f CMakeLists.txt && test -d build/release && ls dev")});
  CHECK(run.status == 0);
  REQUIRE(run.outcomes.size() == 3);
  CHECK(run.outcomes[0].output.empty());
  CHECK(run.outcomes[1].output == "one\n7\n");
  CHECK(run.outcomes[2].output == "dev\n");
}

TEST_CASE("what a block leaves running has ended when the shell does") {
  const Run run = run_blocks({block("mkfifo p; exec 3<>p"),
                              block("bash -c 'trap \"echo ended; exit\" TERM; echo up > ready; "
                                    "read -r' <&3 &"),
                              block("until [ -s ready ]; do :; done")});
  CHECK(run.status == 0);
  CHECK(run.outcomes[2].output.find("ended") == std::string::npos);
  CHECK(run.rest == "ended\n");
}

TEST_CASE("after a command that fails nothing more is run") {
  const Run run = run_blocks({block("echo a"), block("echo b; false; echo c"), block("echo d")});
  CHECK(run.status == 1);
  REQUIRE(run.outcomes.size() == 3);
  CHECK(run.outcomes[1].was_run);
  CHECK(run.outcomes[1].output == "b\n");
  CHECK_FALSE(run.outcomes[2].was_run);
}

TEST_CASE("what differs from run to run is made equal, and nothing else") {
  CHECK(normalised("0197a3c2-1111-7222-8333-444455556666 at 2026-11-22T10:00:00.123Z") ==
        "ID at TIME");
  CHECK(normalised("+0.012s  done after 1m13s on 127.0.0.1:4711") ==
        "+SPAN done after SPAN on ADDRESS");
  CHECK(normalised("order O-1001 costs 42.50 CNY") == "order O-1001 costs 42.50 CNY");
}

TEST_CASE("a page may leave lines out, and shows no others than were printed") {
  CHECK(shows("a\nb\n", "a\nb\n"));
  CHECK(shows("a\n…\nd\n", "a\nb\nc\nd\n"));
  CHECK(shows("…\nd\n", "d\n"));
  CHECK(shows("done after 2ms\n", "done after 31ms\n"));
  CHECK_FALSE(shows("a\nb\n", "a\nc\n"));
  CHECK_FALSE(shows("a\n", "a\nb\n"));
  CHECK_FALSE(shows("a\n…\nd\n", "a\nb\n"));
  CHECK_FALSE(shows("a.\n", "ab\n"));
}

}  // namespace
}  // namespace saga::readme
