#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>

#include "engine/base/ids.hpp"
#include "engine/core/definition_codec.hpp"
#include "tests/dsl/check_support.hpp"
#include "tests/dsl/files.hpp"
#include "tests/dsl/mutants.hpp"

namespace saga::dsl {
namespace {

// SAGA_MUTANTS=n makes n of each file, for a long run under sanitizers; SAGA_SEED=s begins at that
// seed, so that SAGA_SEED=s SAGA_MUTANTS=1 makes a failing mutant again.
std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::map<std::string, std::string> corpus() {
  std::map<std::string, std::string> files;
  for (const char* folder : {"tests/dsl/fixtures", "tests/dsl/check_golden", "tests/dsl/mistakes",
                             "tests/dsl/sound", "workflows"}) {
    for (const auto& path : test::saga_files(folder)) files[path.string()] = test::read_file(path);
  }
  return files;
}

std::uint64_t mixed(std::uint64_t seed, const std::string& path) {
  return seed * 1'000'003 + base::hash64(path);
}

std::string told(const Compilation& compilation) {
  std::string text = rendered(compilation);
  for (const auto& definition : compilation.definitions) text += definition->hash + "\n";
  return text;
}

// What holds for any text: it is checked to the end, twice the same, and what has no error is a
// definition that the engine takes.
void check_any(const std::string& source) {
  const Compilation compilation = compile_text(source);
  CHECK_EQ(told(compilation), told(compile_text(source)));
  CHECK_EQ(compilation.has_errors() && !compilation.definitions.empty(), false);
  for (const Diagnostic& each : compilation.diagnostics) {
    CHECK_LE(each.span.begin, each.span.end);
    CHECK_LE(each.span.end, source.size());
  }
  for (const auto& definition : compilation.definitions) {
    const auto decoded = core::decode_definition(core::encode(*definition));
    CHECK_MESSAGE(decoded.has_value(), (decoded ? "" : decoded.error().message));
  }
}

TEST_CASE("given mutants of every file, then each is checked to its end, twice the same") {
  const std::uint64_t first = number_from("SAGA_SEED", 1);
  const std::uint64_t many = number_from("SAGA_MUTANTS", 3);
  const std::map<std::string, std::string> files = corpus();
  const test::WordMutator words(files);
  for (const auto& file : files) {
    const std::string& path = file.first;  // clang 14 captures no structured binding
    const std::string& text = file.second;
    for (std::uint64_t seed = first; seed < first + many; ++seed) {
      base::SeededRandom random(mixed(seed, path));
      const bool of_bytes = random.between(0, 2) == 0;
      const std::string mutant =
          of_bytes ? test::mutate_bytes(text, random) : words.mutate(text, random);
      CAPTURE(path);
      CAPTURE(seed);
      check_any(mutant);
    }
  }
}

}  // namespace
}  // namespace saga::dsl
