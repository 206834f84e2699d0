#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/cli/command.hpp"

namespace saga::cli::test {
namespace {

const std::string kTested = R"(module shop
service Payment {
  write charge(order: string) -> string idempotent by key
  write refund(order: string) idempotent
}
saga Sell(order: string) -> string key order {
  step paid = Payment.charge(order) timeout 5s compensate Payment.refund(order)
  return paid
}
test "it sells" {
  mock Payment.charge => "C1"
  run Sell("O1")
  expect completed "C1"
}
test "it sells <twice>" {
  mock Payment.charge => "C2"
  mock Payment.refund => null
  run Sell("O1")
  expect completed "C1"
}
)";

std::string tested(const Folder& folder) {
  std::string path = (std::filesystem::path(folder.path()) / "sell.saga").string();
  std::ofstream(path) << kTested;
  return path;
}

TEST_CASE("the project's own workflows pass their tests") {
  const Ended ended = saga({"test", "workflows"});
  INFO(ended.out);
  CHECK(ended.code == 0);
  CHECK(has(ended.out, " passed, 0 failed\n"));
}

TEST_CASE("a failed test shows its place, what it expected, the calls and the history") {
  const Folder folder;
  const Ended ended = saga({"test", tested(folder)});
  CHECK(ended.code == 1);
  CHECK(has(ended.out, "sell.saga: it sells\n"));
  CHECK(has(ended.out, "the saga gives another result"));
  CHECK(has(ended.out, "sell.saga:19:3"));
  CHECK(has(ended.out, "expected \"C1\""));
  CHECK(has(ended.out, R"(Payment.charge{"order":"O1"} by `paid` → "C2")"));
  CHECK(has(ended.out, "the saga's history:"));
  CHECK(has(ended.out, "1 passed, 1 failed\n"));
  CHECK(has(ended.err, "sell.saga:17: this mock answered nobody"));
}

TEST_CASE("only tests whose names hold a text are run, and none is told") {
  const Folder folder;
  const std::string path = tested(folder);
  const Ended one = saga({"test", path, "--only", "twice"});
  CHECK(one.code == 1);
  CHECK(has(one.out, "0 passed, 1 failed\n"));
  const Ended none = saga({"test", path, "--only", "thrice"});
  CHECK(none.code == 6);
  CHECK(has(none.err, "none of the 2 tests has a name with `thrice` in it"));
}

TEST_CASE("tests are told in JSON and for JUnit") {
  const Folder folder;
  const std::string report = (std::filesystem::path(folder.path()) / "report.xml").string();
  const Ended ended = saga({"test", tested(folder), "-o", "json", "--junit", report});
  const nlohmann::json json = parse(ended.out);
  CHECK(json["passed"] == 1);
  CHECK(json["tests"][1]["failures"][0]["message"] == "the saga gives another result");
  CHECK(json["tests"][1]["calls"][0]["arguments"]["order"] == "O1");
  std::ifstream file(report);
  const std::string xml((std::istreambuf_iterator<char>(file)), {});
  CHECK(has(xml, "<testsuites tests=\"2\" failures=\"1\">"));
  CHECK(has(xml, "name=\"it sells &lt;twice&gt;\""));
}

}  // namespace
}  // namespace saga::cli::test
