#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/machine/world.hpp"

// Each file in transcripts/ holds a workflow, then inputs (`> …`) and what they gave. SAGA_UPDATE=1
// rewrites the expectations.
namespace saga::test {
namespace {

namespace fs = std::filesystem;
using Changes = std::set<std::pair<core::StepStatus, core::StepChange>>;

struct Transcript {
  std::string source;
  std::vector<std::pair<std::string, std::vector<std::string>>> inputs;  // line, what it gave
};

Transcript read(const fs::path& path) {
  std::ifstream file(path);
  Transcript transcript;
  std::string line;
  while (std::getline(file, line) && line != "---") transcript.source += line + "\n";
  while (std::getline(file, line)) {
    if (line.starts_with("> ")) {
      transcript.inputs.push_back({line.substr(2), {}});
    } else if (!line.empty() && !transcript.inputs.empty()) {
      transcript.inputs.back().second.push_back(line);
    }
  }
  return transcript;
}

void play(const fs::path& path, Changes& changes) {
  const bool update = std::getenv("SAGA_UPDATE") != nullptr;
  Transcript transcript = read(path);
  const Sagas::Definitions definitions = compiled(path.filename().string(), transcript.source);
  if (definitions.empty()) return;
  World world(definitions);
  std::ostringstream out;
  out << transcript.source << "---\n";
  for (auto& [input, expected] : transcript.inputs) {
    const std::string& line = input;  // clang 14 captures no structured binding
    const std::vector<std::string> got = world.run(line);
    out << "\n> " << input << "\n";
    for (const std::string& each : got) out << each << "\n";
    if (!update) CHECK_MESSAGE(got == expected, path.filename().string(), ": > ", line);
  }
  if (update) std::ofstream(path) << out.str();
  for (const std::string& problem : world.sagas().problems()) {
    FAIL_CHECK(path.filename().string(), ": ", problem);
  }
  changes.insert(world.sagas().changes().begin(), world.sagas().changes().end());
}

std::vector<fs::path> files() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator("tests/machine/transcripts")) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

TEST_CASE(
    "every transcript gives its events, replays to the same state and covers the step table") {
  Changes changes;
  for (const fs::path& path : files()) {
    CAPTURE(path.string());
    play(path, changes);
  }
  for (const core::StepRow& row : core::step_table()) {
    CHECK_MESSAGE(changes.contains({row.from, row.change}), "no transcript shows ",
                  core::name_of(row.from), " + ", core::name_of(row.change));
  }
}

}  // namespace saga::test
