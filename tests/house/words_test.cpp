#include "tests/house/words.hpp"

#include <doctest/doctest.h>

#include "tests/house/report.hpp"

namespace saga::house {
namespace {

std::size_t planted(const std::string& path, const std::string& line) {
  return word_breaches(Source(path, line + "\n")).size();
}

TEST_CASE("no file holds a word that has no place there") {
  std::vector<std::string> breaches;
  for (const Source& source : read_project()) {
    for (const std::string& breach : word_breaches(source)) breaches.push_back(breach);
  }
  CHECK(report(breaches) == "");
}

TEST_CASE("what would make the core impure is seen") {
  const std::string core = "engine/core/x.cpp";
  CHECK(planted(core, "const auto now = std::chrono::steady_clock::now();") == 2);
  CHECK(planted(core, "std::random_device device;") == 1);
  CHECK(planted(core, "#include <random>") == 1);
  CHECK(planted(core, "std::mutex mutex;") == 1);
  CHECK(planted(core, "std::unordered_map<int, int> all;") == 1);
  CHECK(planted(core, "std::map<const Node*, int> all;") == 1);
  CHECK(planted(core, "std::map<std::string, const Node*> all;") == 0);
  CHECK(planted(core, "double sum = 0;") == 1);
  CHECK(planted(core, "printf(\"x\");") == 1);
  CHECK(planted(core, "  static int calls = 0;") == 1);
  CHECK(planted(core, "static std::vector<int> cache;") == 1);
  CHECK(planted(core, "  static const std::vector<Row> table = make_table();") == 0);
  CHECK(planted(core, "static std::size_t arguments_of(Operator op) {") == 0);
  CHECK(planted(core, "  static Value record(Fields fields);") == 0);
  CHECK(planted("dsl/x.cpp", "double sum = 0;") == 0);
}

TEST_CASE("comments and literals are not code") {
  const std::string core = "engine/core/x.cpp";
  CHECK(planted(core, "// never a double") == 0);
  CHECK(planted(core, "/* never\na double */ int x;") == 0);
  CHECK(planted(core, "error(\"a double \\\" or float\");") == 0);
  CHECK(planted(core, "error(R\"x(a \" double)x\"); double y;") == 1);
  CHECK(planted(core, "const char quote = '\"'; double y; // \"") == 1);
  CHECK(planted(core, "const int big = 1'000'000; double y;") == 1);
}

TEST_CASE("a test that sleeps or reads the time of day is seen") {
  CHECK(planted("tests/core/x.cpp", "std::this_thread::sleep_for(1ms);") == 1);
  CHECK(planted("tests/core/x.cpp", "usleep(10);") == 1);
  CHECK(planted("tests/core/x.cpp", "const auto now = std::chrono::system_clock::now();") == 1);
  CHECK(planted("engine/runtime/orchestrator.cpp", "std::chrono::steady_clock::now();") == 1);
  CHECK(planted("engine/runtime/system_clock.hpp", "std::chrono::system_clock::now();") == 0);
}

TEST_CASE("unfinished work and paths of one machine are seen in any file") {
  CHECK(planted("docs/x.md", std::string("TO") + "DO: more") == 1);
  CHECK(planted("dsl/x.cpp", std::string("// FIX") + "ME") == 1);
  CHECK(planted("docs/x.md", std::string("cd /ho") + "me/someone/saga") == 1);
  CHECK(planted("docs/x.md", "GET /v1/work/ and the root of a folder") == 0);
  CHECK(planted("dsl/x.cpp", "using namespace std;") == 1);
  CHECK(planted("dsl/x.cpp", "assert(x);") == 1);
  CHECK(planted("dsl/x.cpp", "static_assert(x);") == 0);
}

}  // namespace
}  // namespace saga::house
