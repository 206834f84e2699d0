#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/cli/command.hpp"

namespace saga::cli::test {
namespace {

const std::string kLoose = "// of a shop\ntype Id=string\nerror Late{by:duration}\n";
const std::string kTidy = "// of a shop\ntype Id = string\nerror Late { by: duration }\n";
const std::string kFaulty = "type Id=\nerror {\n";

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

// `saga` with a text as its standard input.
Ended saga_with_input(const Words& arguments, const std::string& input, const Folder& folder) {
  std::string line = std::string(SAGA_COMMAND);
  for (const std::string& each : arguments) line += " '" + each + "'";
  Launch launch;
  launch.words = {"/bin/sh", "-c", line + " < '" + folder.write("input", input) + "'"};
  return saga::test::run(launch);
}

TEST_CASE("a file is rewritten and named if that changes it, and keeps its mode") {
  const Folder folder;
  const std::string loose = folder.write("loose.saga", kLoose);
  const std::string tidy = folder.write("tidy.saga", kTidy);
  REQUIRE(::chmod(loose.c_str(), 0640) == 0);
  const Ended ended = saga({"fmt", loose, tidy});
  CHECK(ended.code == 0);
  CHECK(ended.err.empty());
  CHECK(ended.out == loose + "\n");
  CHECK(read(loose) == kTidy);
  CHECK(mode_of(loose) == 0640);
  const Ended again = saga({"fmt", loose, tidy});
  CHECK(again.code == 0);
  CHECK(again.out.empty());
}

TEST_CASE("the project's own workflows are laid out so") {
  const Ended ended = saga({"fmt", "--check", "workflows"});
  CHECK(ended.code == 0);
  CHECK(ended.out.empty());
}

TEST_CASE("a file that isn't changed isn't written") {
  const Folder folder;
  const std::string tidy = folder.write("tidy.saga", kTidy);
  struct stat before {
  }, after{};
  REQUIRE(::stat(tidy.c_str(), &before) == 0);
  CHECK(saga({"fmt", tidy}).code == 0);
  REQUIRE(::stat(tidy.c_str(), &after) == 0);
  CHECK(before.st_ino == after.st_ino);
}

TEST_CASE("a link stays a link, and its target is formatted") {
  const Folder folder;
  const std::string loose = folder.write("loose.saga", kLoose);
  const std::string link = folder.file("link.saga");
  std::filesystem::create_symlink(loose, link);
  CHECK(saga({"fmt", link}).code == 0);
  CHECK(std::filesystem::is_symlink(link));
  CHECK(read(loose) == kTidy);
}

TEST_CASE("with --check nothing is written, what would change is listed, and the answer is no") {
  const Folder folder;
  const std::string loose = folder.write("loose.saga", kLoose);
  const std::string tidy = folder.write("tidy.saga", kTidy);
  const Ended ended = saga({"fmt", "--check", loose, tidy});
  CHECK(ended.code == 1);
  CHECK(ended.out == loose + "\n");
  CHECK(read(loose) == kLoose);
  CHECK(saga({"fmt", "--check", tidy}).code == 0);
}

TEST_CASE("with --diff nothing is written, and a patch is shown") {
  const Folder folder;
  const std::string loose = folder.write("loose.saga", kLoose);
  const Ended ended = saga({"fmt", "--diff", loose});
  CHECK(ended.code == 1);
  CHECK(ended.out == "--- " + loose + "\n+++ " + loose +
                         "\n@@ -1,3 +1,3 @@\n // of a shop\n"
                         "-type Id=string\n-error Late{by:duration}\n"
                         "+type Id = string\n+error Late { by: duration }\n");
  CHECK(read(loose) == kLoose);
  CHECK(saga({"fmt", "--diff", folder.write("tidy.saga", kTidy)}).out.empty());
  CHECK(saga({"fmt", "--diff", "--check", loose}).code == 2);
}

TEST_CASE("standard input goes to standard output") {
  const Folder folder;
  const Ended ended = saga_with_input({"fmt", "-"}, kLoose, folder);
  CHECK(ended.code == 0);
  CHECK(ended.out == kTidy);
  CHECK(saga_with_input({"fmt", "-"}, "", folder).out.empty());
  CHECK(saga_with_input({"fmt", "--check", "-"}, kLoose, folder).out == "standard input\n");
  CHECK(saga_with_input({"fmt", "--check", "-"}, kTidy, folder).code == 0);
  CHECK(saga_with_input({"fmt", "--diff", "-"}, kLoose, folder).code == 1);
  CHECK(saga_with_input({"fmt", "-", "x.saga"}, kLoose, folder).code == 2);
  CHECK(saga_with_input({"fmt", "-", "-o", "json"}, kLoose, folder).code == 2);
}

TEST_CASE("standard input with faults gives no text, so that an editor keeps its own") {
  const Folder folder;
  const Ended ended = saga_with_input({"fmt", "-"}, kFaulty, folder);
  CHECK(ended.code == 1);
  CHECK(ended.out.empty());
  CHECK(has(ended.err, "E0002"));
}

TEST_CASE("a file with faults is left alone and told, and the others are formatted") {
  const Folder folder;
  const std::string faulty = folder.write("a.saga", kFaulty);
  const std::string loose = folder.write("b.saga", kLoose);
  const Ended ended = saga({"fmt", faulty, loose});
  CHECK(ended.code == 1);
  CHECK(ended.out == loose + "\n");
  CHECK(has(ended.err, faulty + ":"));
  CHECK(read(faulty) == kFaulty);
  CHECK(read(loose) == kTidy);
  CHECK(saga({"fmt", "--check", faulty}).code == 1);
}

TEST_CASE("a folder means all its workflow files, those in folders inside too") {
  const Folder folder;
  std::filesystem::create_directories(folder.file("in/side"));
  const std::string outer = folder.write("b.saga", kLoose);
  const std::string inner = folder.write("in/side/a.saga", kLoose);
  const std::string other = folder.write("in/text.txt", kLoose);
  const Ended ended = saga({"fmt", folder.path(), outer});
  CHECK(ended.code == 0);
  CHECK(ended.out == outer + "\n" + inner + "\n");
  CHECK(read(inner) == kTidy);
  CHECK(read(other) == kLoose);
  std::filesystem::create_directories(folder.file("empty"));
  const Ended empty = saga({"fmt", folder.file("empty")});
  CHECK(empty.code == 0);
  CHECK(has(empty.err, "there is no .saga file under"));
}

TEST_CASE("a file that isn't there or is no text is an error, and the others are formatted") {
  const Folder folder;
  const std::string loose = folder.write("loose.saga", kLoose);
  const Ended ended = saga({"fmt", folder.file("none.saga"), loose});
  CHECK(ended.code == 2);
  CHECK(has(ended.err, "none.saga: there is no such file"));
  CHECK(read(loose) == kTidy);
  const std::string bytes = folder.write("bytes.saga", "type \xFF\xFE = int\n");
  const Ended no_text = saga({"fmt", bytes});
  CHECK(no_text.code == 1);
  CHECK(has(no_text.err, "E0003"));
  CHECK(saga({"fmt"}).code == 2);
}

TEST_CASE("a read-only file is refused, and nothing is left beside it") {
  const Folder folder;
  const std::string loose = folder.write("loose.saga", kLoose);
  REQUIRE(::chmod(loose.c_str(), 0444) == 0);
  const Ended ended = saga({"fmt", loose});
  CHECK(ended.code == 5);
  CHECK(ended.out.empty());
  CHECK(has(ended.err, "is read-only"));
  CHECK(read(loose) == kLoose);
  CHECK(saga({"fmt", "--check", loose}).code == 1);
  const std::filesystem::directory_iterator files(folder.path());
  CHECK(std::distance(begin(files), end(files)) == 1);
}

TEST_CASE("what happened to each file is told as JSON too") {
  const Folder folder;
  const std::string loose = folder.write("loose.saga", kLoose);
  const std::string faulty = folder.write("faulty.saga", kFaulty);
  const Ended ended = saga({"fmt", "--diff", loose, faulty, "-o", "json"});
  CHECK(ended.code == 1);
  const nlohmann::json list = parse(ended.out);
  REQUIRE(list.size() == 2);
  CHECK(list[0]["file"] == loose);
  CHECK(list[0]["changed"] == true);
  CHECK(has(list[0]["diff"], "+error Late { by: duration }\n"));
  CHECK(list[0]["diagnostics"].empty());
  CHECK(list[1]["changed"] == false);
  CHECK(list[1]["diagnostics"][0]["code"] == "E0002");
  const std::vector<std::string> lines = lines_of(saga({"fmt", loose, "-o", "jsonl"}).out);
  REQUIRE(lines.size() == 1);
  CHECK(parse(lines[0])["changed"] == true);
}

}  // namespace
}  // namespace saga::cli::test
