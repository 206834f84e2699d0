#include "tests/house/floors.hpp"

#include <doctest/doctest.h>

#include "tests/house/report.hpp"

namespace saga::house {
namespace {

Paths by_path(const std::vector<Source>& sources) {
  Paths paths;
  for (const Source& source : sources) paths.emplace(source.path, &source);
  return paths;
}

// What is wrong with one include in one file of a house that has these headers.
std::vector<std::string> planted(const std::string& path, const std::string& include) {
  const std::vector<Source> house = {
      {path, "#pragma once\n#include " + include + "\n"},
      {"engine/base/result.hpp", ""},
      {"engine/core/state.hpp", ""},
      {"engine/core/definition.hpp", ""},
      {"engine/ports/journal.hpp", ""},
      {"engine/runtime/orchestrator.hpp", ""},
      {"dsl/compile.hpp", ""},
      {"dsl/grammar/kit.hpp", "#include <boost/spirit/home/x3.hpp>\n"},
      {"adapters/http/pool.hpp", "#include <boost/asio/post.hpp>\n"},
      {"cli/options.hpp", ""},
      {"tests/world.hpp", ""},
  };
  const Paths paths = by_path(house);
  std::vector<std::string> breaches = include_breaches(house.front(), paths);
  const std::vector<std::string> leaks = leak_breaches(house.front(), paths);
  breaches.insert(breaches.end(), leaks.begin(), leaks.end());
  return breaches;
}

TEST_CASE("no file includes what its floor may not") {
  const std::vector<Source> project = read_project();
  const Paths paths = by_path(project);
  std::vector<std::string> breaches;
  int files = 0;
  for (const Source& source : project) {
    if (!is_code(source.path)) continue;
    ++files;
    for (const std::string& breach : include_breaches(source, paths)) breaches.push_back(breach);
    for (const std::string& breach : leak_breaches(source, paths)) breaches.push_back(breach);
  }
  CHECK(report(breaches) == "");
  CHECK(files > 200);  // the walk found the project
}

TEST_CASE("an include from a floor above is a breach, one from below is none") {
  CHECK(planted("engine/base/x.hpp", "\"engine/core/state.hpp\"").size() == 1);
  CHECK(planted("engine/core/x.cpp", "\"engine/ports/journal.hpp\"").size() == 1);
  CHECK(planted("engine/runtime/x.cpp", "\"dsl/compile.hpp\"").size() == 1);
  CHECK(planted("engine/journal/x.cpp", "\"engine/runtime/orchestrator.hpp\"").size() == 1);
  CHECK(planted("adapters/http/x.cpp", "\"engine/runtime/orchestrator.hpp\"").size() == 1);
  CHECK(planted("engine/runtime/x.cpp", "\"tests/world.hpp\"").size() == 1);
  CHECK(planted("bench/x.cpp", "\"cli/options.hpp\"").size() == 1);
  CHECK(planted("participant/x.cpp", "\"engine/base/result.hpp\"").size() == 1);
  CHECK(planted("dsl/x.cpp", "\"engine/core/state.hpp\"").size() == 1);
  CHECK(planted("dsl/x.cpp", "\"engine/core/definition.hpp\"").empty());
  CHECK(planted("engine/core/x.cpp", "\"engine/base/result.hpp\"").empty());
  CHECK(planted("engine/runtime/x.cpp", "\"engine/ports/journal.hpp\"").empty());
  CHECK(planted("cli/x.cpp", "\"engine/runtime/orchestrator.hpp\"").empty());
}

TEST_CASE("a library outside its room is a breach") {
  CHECK(planted("dsl/check/x.cpp", "<boost/spirit/home/x3.hpp>").size() == 2);  // and its leak
  CHECK(planted("dsl/grammar/x.cpp", "<boost/spirit/home/x3.hpp>").empty());
  CHECK(planted("engine/journal/x.hpp", "<sqlite3.h>").size() == 1);
  CHECK(planted("engine/journal/x.cpp", "<sqlite3.h>").empty());
  CHECK(planted("engine/core/x.cpp", "<nlohmann/json.hpp>").size() == 1);
  CHECK(planted("engine/core/x.cpp", "<unistd.h>").size() == 1);
  CHECK(planted("engine/core/x.cpp", "<re2/re2.h>").empty());
  CHECK(planted("engine/runtime/orchestrator.cpp", "<boost/asio/post.hpp>").size() == 2);
  CHECK(planted("engine/runtime/engine.cpp", "<boost/asio/post.hpp>").empty());
  CHECK(planted("engine/base/x.cpp", "<absl/strings/str_cat.h>").size() == 1);
  CHECK(planted("cli/x.cpp", "<CLI/CLI.hpp>").empty());
  CHECK(planted("engine/base/x.cpp", "<CLI/CLI.hpp>").size() == 1);
}

TEST_CASE("a library that comes through another room's header is a breach") {
  CHECK(planted("dsl/x.cpp", "\"dsl/grammar/kit.hpp\"") ==
        std::vector<std::string>{"dsl/x.cpp > dsl/grammar/kit.hpp > <boost/spirit/home/x3.hpp>"});
  CHECK(planted("cli/x.cpp", "\"adapters/http/pool.hpp\"").size() == 1);
}

TEST_CASE("a path that is not from the root, or a folder without a room, is a breach") {
  CHECK(planted("engine/core/x.cpp", "\"state.hpp\"").size() == 1);
  CHECK(planted("engine/core/x.cpp", "\"../core/state.hpp\"").size() == 1);
  CHECK(planted("engine/core/x.cpp", "<engine/core/state.hpp>").size() == 1);
  CHECK(planted("engine/extra/x.cpp", "<string>").size() == 1);
}

}  // namespace
}  // namespace saga::house
