#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "dsl/format/format.hpp"
#include "dsl/parse.hpp"
#include "tests/dsl/files.hpp"
#include "tests/dsl/format_support.hpp"
#include "tests/dsl/mutants.hpp"

namespace saga::dsl {
namespace {

// Every .saga file of the repository.
std::map<std::string, std::string> corpus() {
  std::map<std::string, std::string> files;
  for (const char* folder : {"tests", "workflows"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      const auto& path = entry.path();
      if (path.extension() == ".saga") files[path.string()] = test::read_file(path);
    }
  }
  return files;
}

TEST_CASE("given every file of the repository, then formatting it keeps what it promises") {
  const auto files = corpus();
  CHECK_GT(files.size(), 100);
  for (const auto& file : files) {
    CAPTURE(file.first);
    const ParsedFile parsed = parse(SourceFile(file.first, file.second));
    const base::Result<Formatted> formatted = format_file(SourceFile(file.first, file.second));
    REQUIRE(formatted.has_value());
    if (parsed.diagnostics.empty()) {
      CHECK_EQ(test::broken_promise(*parsed.tree), "");
      CHECK(formatted->diagnostics.empty());
    } else {
      CHECK_EQ(formatted->text, file.second);
      CHECK_EQ(formatted->diagnostics.size(), parsed.diagnostics.size());
    }
  }
}

// SAGA_FORMAT_SEED=s begins there, so that a failing mutant is made again.
TEST_CASE("given ten thousand mutants that parse, then formatting them keeps what it promises") {
  constexpr std::size_t kMutants = test::mutants(10'000);
  const char* first = std::getenv("SAGA_FORMAT_SEED");
  std::uint64_t seed = first == nullptr ? 0 : std::strtoull(first, nullptr, 10);
  std::size_t made = 0;
  std::map<std::string, ParsedFile> files;
  for (const auto& file : corpus()) {
    ParsedFile parsed = parse(SourceFile(file.first, file.second));
    if (parsed.diagnostics.empty()) files[file.first] = std::move(parsed);
  }
  while (made < kMutants) {
    for (const auto& file : files) {
      base::SeededRandom random(++seed);
      const std::string mutant = test::mutate_spaces(*file.second.tree, random);
      const ParsedFile parsed = parse(SourceFile("mutant.saga", mutant));
      if (!parsed.diagnostics.empty() || mutant == file.second.tree->source()) continue;
      ++made;
      CAPTURE(file.first);
      CAPTURE(seed);
      const std::string broken = test::broken_promise(*parsed.tree);
      CHECK_MESSAGE(broken.empty(), mutant, "\n=====\n", broken);
    }
  }
}

}  // namespace
}  // namespace saga::dsl
