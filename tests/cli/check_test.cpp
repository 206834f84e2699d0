#include <doctest/doctest.h>

#include <filesystem>

#include "tests/cli/command.hpp"

namespace saga::cli::test {
namespace {

// A write without a compensation, in line 6.
const std::string kFaulty = R"(module shop
service Payment {
  write charge(order: string) -> string idempotent by key
}
saga Sell(order: string) -> string {
  step paid = Payment.charge(order)
  step twice = Payment.charge(order) compensate none "a test"
  return twice
}
)";

TEST_CASE("a sound file is told its sagas") {
  const Ended ended = saga({"check", fixture("sells.saga")});
  CHECK(ended.code == 0);
  CHECK(has(ended.out, "ok shop.sells.Sell\n"));
  CHECK(has(ended.out, "ok shop.sells.Keep\n"));
  CHECK(ended.err.empty());
}

TEST_CASE("of a folder all workflow files are checked, each once, and faults name their file") {
  const Folder folder;
  std::filesystem::create_directory(folder.file("inner"));
  const std::string sound = folder.write("b.saga", "module b\nsaga Two() { note \"x\" }\n");
  folder.write("inner/a.saga", "module a\nsaga One() { note \"x\" }\n");
  folder.write("notes.txt", "no saga");
  const Ended ended = saga({"check", folder.path(), sound});
  CHECK(ended.code == 0);
  CHECK(ended.out == "ok b.Two\nok a.One\n");
  const std::string faulty = folder.write("inner/c.saga", kFaulty);
  const Ended told = saga({"check", folder.path()});
  CHECK(told.code == 1);
  CHECK(has(told.err, faulty + ":6"));
  CHECK(has(told.err, "1 error"));
}

TEST_CASE("a saga of a folder is run by its name") {
  const Folder folder;
  folder.write("a.saga", "module a\nsaga One() { note \"one\" }\n");
  folder.write("b.saga", "module b\nsaga Two() { note \"two\" }\n");
  const Ended ended = saga({"run", folder.path(), "Two"});
  CHECK(ended.code == 0);
  CHECK(has(ended.out, "two"));
}

TEST_CASE("a bare name that several sagas bear isn't guessed: the full names are listed") {
  const Folder folder;
  folder.write("a.saga", "module a\nsaga One() { note \"first\" }\n");
  folder.write("b.saga", "module b\nsaga One() { note \"second\" }\n");
  const Ended bare = saga({"run", folder.path(), "One"});
  CHECK(bare.code == 2);
  CHECK(has(bare.err, "say which of `a.One`, `b.One`"));
  const Ended full = saga({"run", folder.path(), "b.One"});
  CHECK(full.code == 0);
  CHECK(has(full.out, "second"));
}

TEST_CASE("the project's own workflow is sound") {
  CHECK(saga({"check", "workflows/order.saga"}).code == 0);
}

TEST_CASE("a faulty file is told its faults with place and code, and the answer is no") {
  const Folder folder;
  const std::string file = folder.write("faulty.saga", kFaulty);
  const Ended text = saga({"check", file});
  CHECK(text.code == 1);
  CHECK(text.out.empty());
  CHECK(has(text.err, "E03"));
  CHECK(has(text.err, file + ":6"));
  CHECK(has(text.err, "1 error"));
}

TEST_CASE("faults as JSON are a list, or a line each") {
  const Folder folder;
  const std::string file = folder.write("faulty.saga", kFaulty);
  const Ended json = saga({"check", file, "-o", "json"});
  CHECK(json.code == 1);
  CHECK(json.err.empty());
  const nlohmann::json list = parse(json.out);
  REQUIRE(list.is_array());
  REQUIRE_FALSE(list.empty());
  for (const char* member : {"code", "severity", "message", "file", "begin", "end"}) {
    CHECK_MESSAGE(list[0].contains(member), list[0].dump());
  }
  const Ended by_line = saga({"check", file, "-o", "jsonl"});
  CHECK(by_line.code == 1);
  const std::vector<std::string> lines = lines_of(by_line.out);
  CHECK(lines.size() == list.size());
  CHECK(parse(lines[0]) == list[0]);
  CHECK(saga({"check", fixture("sells.saga"), "-o", "json"}).out == "[]\n");
  CHECK(saga({"check", fixture("sells.saga"), "-o", "jsonl"}).out.empty());
}

TEST_CASE("several files are checked at once, and one fault is enough") {
  const Folder folder;
  const std::string file = folder.write("faulty.saga", kFaulty);
  CHECK(saga({"check", fixture("sells.saga"), "workflows/order.saga"}).code == 0);
  CHECK(saga({"check", fixture("sells.saga"), file}).code == 1);
}

}  // namespace
}  // namespace saga::cli::test
