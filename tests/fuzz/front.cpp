// The language's front on any bytes: lexer, parser, formatter, checker, lowering, and what is
// printed of it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "dsl/compile.hpp"
#include "dsl/parse.hpp"
#include "engine/base/assert.hpp"
#include "engine/base/ids.hpp"
#include "engine/core/definition_codec.hpp"
#include "tests/dsl/format_support.hpp"
#include "tests/dsl/mutants.hpp"

namespace {

using saga::base::SeededRandom;

std::string hash_of(std::string_view text) { return std::to_string(saga::base::hash64(text)); }

// What the formatter promises of a text that follows the grammar.
void check_format(const saga::dsl::ParsedFile& parsed) {
  if (!parsed.diagnostics.empty()) return;
  const std::string broken = saga::dsl::test::broken_promise(*parsed.tree);
  if (!broken.empty()) std::cerr << broken << '\n';
  SAGA_ASSERT(broken.empty());
}

// What must hold for any text.
void check(const std::string& source) {
  const saga::dsl::ParsedFile parsed = saga::dsl::parse(saga::dsl::SourceFile("a.saga", source));
  SAGA_ASSERT(saga::dsl::text(*parsed.tree) == source);
  check_format(parsed);
  std::vector<saga::dsl::SourceFile> files;
  files.emplace_back("a.saga", source);
  const saga::dsl::Compilation made = saga::dsl::compile(std::move(files), {hash_of});
  SAGA_ASSERT(made.definitions.empty() || !made.has_errors());
  for (const saga::dsl::Diagnostic& each : made.diagnostics) {
    SAGA_ASSERT(each.span.begin <= each.span.end && each.span.end <= source.size());
    SAGA_ASSERT(!saga::dsl::render(each, made.files).empty());
    SAGA_ASSERT(!saga::dsl::to_json(each, made.files).empty());
  }
  for (const auto& definition : made.definitions) {
    SAGA_ASSERT(saga::core::decode_definition(saga::core::encode(*definition)).has_value());
  }
}

// Words and lines of the suite's files. Empty where they can't be found.
const saga::dsl::test::WordMutator& words() {
  static const saga::dsl::test::WordMutator mutator = [] {
    std::map<std::string, std::string> files;
    for (const char* folder : {"tests/dsl/fixtures", "tests/dsl/sound", "tests/dsl/mistakes"}) {
      std::error_code missing;
      for (const auto& entry : std::filesystem::directory_iterator(folder, missing)) {
        if (entry.path().extension() != ".saga") continue;
        std::ifstream file(entry.path(), std::ios::binary);
        files[entry.path().string()] = {std::istreambuf_iterator<char>(file), {}};
      }
    }
    return saga::dsl::test::WordMutator(files);
  }();
  return mutator;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

// Half of the mutants keep to the grammar, so that they come through to the checker.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  if (seed % 2 == 0) return LLVMFuzzerMutate(data, size, max_size);
  SeededRandom random(seed);
  std::string text(reinterpret_cast<const char*>(data), size);
  if (seed % 8 == 1) {
    const saga::dsl::ParsedFile parsed = saga::dsl::parse(saga::dsl::SourceFile("a.saga", text));
    text = saga::dsl::test::mutate_spaces(*parsed.tree, random);
  } else {
    text = words().mutate(std::move(text), random);
  }
  if (text.size() > max_size) text.resize(max_size);
  std::copy(text.begin(), text.end(), data);
  return text.size();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
