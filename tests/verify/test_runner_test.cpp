#include "engine/verify/test_runner.hpp"

#include <doctest/doctest.h>

#include <string>

#include "dsl/compile.hpp"
#include "engine/journal/hash.hpp"
#include "engine/journal/memory_journal.hpp"

namespace saga::verify {
namespace {

const std::string kShop = R"(
error Out { sku: string }
service Stock {
  write reserve(order: string, qty: int) -> string errors Out idempotent by key
  write release(order: string) idempotent
  write pay(order: string) -> string? idempotent by key resolve paid(key)
  read  paid(key: string) -> string?
  write give(order: string) idempotent by key
  write undo(order: string) errors Busy idempotent
}
error Busy transient
saga Give(order: string) key order deadline 30d {
  step hold = Stock.reserve(order, 2) timeout 5s compensate Stock.release(order)
  pivot step given = Stock.give(order) timeout 5s
}
saga Tidy(order: string) key order {
  step hold = Stock.reserve(order, 2) timeout 5s
    compensate Stock.undo(order) {
      timeout 5s
      retry 1s up to 1 times
      on Busy { step freed = Stock.release(order) timeout 5s }
    }
  fail Out(sku: "x")
}
saga Buy(order: string) -> string key order deadline 30d {
  step hold = Stock.reserve(order, 2) timeout 5s retry 1s, 2s compensate Stock.release(order)
  sleep 12d
  pivot step pay = Stock.pay(order) timeout 5s retry 1s, 1m, ...
  return hold
}
)";

struct Ran {
  dsl::Compilation compilation;
  TestResult result;
  std::string failures;  // their messages, a line each
};

Ran run(const std::string& lines) {
  Ran ran;
  std::vector<dsl::SourceFile> files;
  files.emplace_back("test.saga", kShop + "test \"t\" {\n" + lines + "\n}\n");
  ran.compilation = dsl::compile(std::move(files), dsl::CompileOptions{journal::sha256_hex});
  for (const dsl::Diagnostic& each : ran.compilation.diagnostics) INFO(each.message);
  REQUIRE_EQ(ran.compilation.tests.size(), 1);
  const TestRunner runner(ran.compilation.definitions, [] {
    return std::make_unique<journal::MemoryJournal>(std::string(32, 't'));
  });
  ran.result = runner.run(ran.compilation.tests.front());
  for (const TestFailure& each : ran.result.failures) {
    ran.failures += each.message + "\n";
    for (const std::string& note : each.notes) ran.failures += note + "\n";
  }
  return ran;
}

TEST_CASE("twelve days pass at once") {
  const Ran ran = run("mock Stock.reserve => \"R1\"\nrun Buy(\"O1\")\nexpect completed \"R1\"");
  CHECK_EQ(ran.failures, "");
  CHECK_EQ(ran.result.took, std::chrono::days(12));
}

TEST_CASE("mocks of one operation answer in turn, and the last one stays") {
  const Ran ran = run(
      "mock Stock.reserve => fail\nmock Stock.reserve => timeout\nmock Stock.reserve => \"R3\"\n"
      "run Buy(\"O1\")\nexpect completed \"R3\"");
  CHECK_EQ(ran.failures, "");
  CHECK_EQ(ran.result.calls.size(), 4);  // three attempts, and the payment
}

TEST_CASE("what was done while its answer was lost is done when it is asked for again") {
  const Ran ran =
      run("mock Stock.pay => lost \"P1\"\nrun Buy(\"O1\")\nexpect completed\nexpect called "
          "Stock.pay(order: \"O1\")\nexpect called Stock.pay");
  CHECK_EQ(ran.failures, "");
}

TEST_CASE("an answer that comes late settles a step that still waits") {
  const Ran ran =
      run("mock Stock.reserve => \"R1\" after 5500ms\nrun Buy(\"O1\")\nexpect completed \"R1\"");
  CHECK_EQ(ran.failures, "");
  CHECK_EQ(ran.result.calls.front().attempt, 1);
}

TEST_CASE("a declared error fails the saga, with its fields") {
  const Ran ran =
      run("mock Stock.reserve => fail Out(sku: \"S1\")\nrun Buy(\"O1\")\n"
          "expect failed Out(sku: \"S1\")\nexpect never pay\nexpect never Stock.release\n"
          "expect error.error == \"Out\"");
  CHECK_EQ(ran.failures, "");
}

TEST_CASE("what isn't known to be undone is compensated") {
  const Ran ran =
      run("mock Stock.reserve => timeout\nrun Buy(\"O1\")\nexpect ending compensated\n"
          "expect compensated hold\nexpect called Stock.release(order: \"O1\")");
  CHECK_EQ(ran.failures, "");
}

TEST_CASE("each expectation that doesn't hold says what is so instead") {
  const Ran ran =
      run("mock Stock.reserve => \"R1\"\nrun Buy(\"O1\")\nexpect completed \"R2\"\n"
          "expect failed\nexpect called Stock.reserve(qty: 3)\nexpect never hold\n"
          "expect compensated hold\nexpect ending stuck\nexpect called Stock.pay\n"
          "expect called Stock.reserve");
  CHECK_EQ(ran.failures,
           "the saga gives another result\nexpected \"R2\"\nfound    \"R1\"\n"
           "the saga should fail, it ended completed\n"
           "`Stock.reserve` is called with other arguments\nqty: expected 3, found 2\n"
           "the step `hold` should never begin, and did\n"
           "`hold` should be compensated, and isn't\n"
           "the saga should end stuck, it ended completed\n"
           "`Stock.reserve` is called, but not after the call that is expected above\n");
}

TEST_CASE("what waits for a person is at rest") {
  const Ran pivot = run("mock Stock.give => timeout\nrun Give(\"O1\")\nexpect stuck given");
  CHECK_EQ(pivot.failures, "");
  CHECK_LE(pivot.result.took, std::chrono::days(30));
  const Ran ending = run("mock Stock.give => timeout\nrun Give(\"O1\")\nexpect ending stuck");
  CHECK_EQ(ending.failures, "");
}

TEST_CASE("a compensation's handler sees a transient error that is given up") {
  const Ran ran =
      run("mock Stock.undo => fail Busy()\nrun Tidy(\"O1\")\n"
          "expect ending compensated\nexpect called Stock.release(order: \"O1\")");
  CHECK_EQ(ran.failures, "");
}

TEST_CASE("a test that never ends says so") {
  const Ran ran = run("mock Stock.pay => fail\nrun Buy(\"O1\")\nexpect completed");
  CHECK(ran.failures.starts_with("it doesn't end: "));
}

TEST_CASE("a mock that answers nobody is told") {
  const Ran ran = run("mock Stock.paid => \"P1\"\nrun Buy(\"O1\")\nexpect completed");
  CHECK_EQ(ran.failures, "");
  CHECK_EQ(ran.result.unused_mocks.size(), 1);
}

TEST_CASE("a mock that can't be computed fails the test at its line") {
  const Ran ran =
      run("let n = random(0, 0)\nmock Stock.reserve => \"{1 / n}\"\nrun Buy(\"O1\")\n"
          "expect completed");
  REQUIRE_EQ(ran.result.failures.size(), 1);
  CHECK_EQ(ran.result.failures[0].span.begin, ran.compilation.tests[0].mocks[0].span.begin);
}

TEST_CASE("the same test gives the same history") {
  const std::string lines =
      "mock Stock.reserve => timeout\nmock Stock.reserve => \"R1\"\nrun Buy(\"O1\")\n"
      "expect completed";
  const Ran first = run(lines);
  const Ran second = run(lines);
  REQUIRE_EQ(first.result.history.size(), second.result.history.size());
  for (std::size_t i = 0; i < first.result.history.size(); ++i)
    CHECK_EQ(first.result.history[i].events, second.result.history[i].events);
}

}  // namespace
}  // namespace saga::verify
