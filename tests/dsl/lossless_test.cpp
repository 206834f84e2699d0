#include <doctest/doctest.h>

#include <chrono>
#include <string_view>

#include "dsl/parse.hpp"
#include "dsl/views.hpp"
#include "engine/base/ids.hpp"
#include "tests/dsl/files.hpp"

namespace saga::dsl {
namespace {

constexpr std::string_view kPieces[] = {"{",           "}",        "(",      ")",
                                        "[",           "]",        "\"",     "\"{",
                                        "\\",          "=>",       "...",    ",",
                                        ":",           ".",        "?.",     "-",
                                        "=",           "step ",    "else ",  "on ",
                                        "compensate ", "retry ",   "match ", "if ",
                                        "saga ",       "test ",    "/*",     "//",
                                        "\n",          "\r\n",     "\t",     "1h30m",
                                        "10%",         "\xC3\xA9", "\xFF",   "\xE2\x80\xAE",
                                        "@",           "forever",  "5"};

// One to four edits: a cut, a doubled part, or a piece of the language in the wrong place.
std::string mutate(std::string text, base::SeededRandom& random) {
  const auto place = [&](std::size_t end) {
    return static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(end)));
  };
  const auto edits = random.between(1, 4);
  for (std::int64_t i = 0; i < edits; ++i) {
    const std::size_t at = place(text.size());
    const std::size_t size = place(40);
    switch (random.between(0, 2)) {
      case 0: text.erase(at, size); break;
      case 1: text.insert(place(text.size()), text.substr(at, size)); break;
      default: text.insert(at, kPieces[place(std::size(kPieces) - 1)]); break;
    }
  }
  return text;
}

// Every view of every node answers, whatever the tree lacks.
void read_all_views(const Tree& tree) {
  std::size_t seen = 0;
  for (std::uint32_t i = 0; i < tree.node_count(); ++i) {
    const View view(tree, i);
    const ExpressionView expression(view);
    seen += expression.name().text().size() + expression.items().size() + expression.parts().size();
    seen += expression.callee().arguments().size() + expression.symbol().size();
    const StatementView statement(view);
    seen += statement.name().text().size() + statement.block().statements().size();
    for (const ClauseView& clause : statement.clauses()) seen += clause.retry().delays().size();
    seen += NamedView(view).documentation().size() + SagaView(view).endings().size();
  }
  CHECK(seen + 1 > 0);
  CHECK(unavailable_constructs(tree).size() <= tree.node_count());
}

TEST_CASE("given the five examples, then each parses without a fault and gives back its text") {
  for (const auto& path : test::saga_files("tests/dsl/fixtures")) {
    CAPTURE(path.string());
    const std::string source = test::read_file(path);
    const ParsedFile parsed = parse(SourceFile(path.string(), source));
    CHECK(parsed.diagnostics.empty());
    CHECK(text(*parsed.tree) == source);
  }
}

TEST_CASE(
    "given thousands of mutants, then each gives back its text, in time, and its views answer") {
  constexpr std::uint64_t kMutantsAFile = 600;
  std::uint64_t seed = 0;
  std::size_t faulty = 0;
  for (const auto& path : test::saga_files("tests/dsl/fixtures")) {
    const std::string original = test::read_file(path);
    for (std::uint64_t i = 0; i < kMutantsAFile; ++i) {
      base::SeededRandom random(++seed);
      const std::string source = mutate(original, random);
      const auto begin = std::chrono::steady_clock::now();
      const ParsedFile parsed = parse(SourceFile("mutant.saga", source));
      const auto took = std::chrono::steady_clock::now() - begin;
      CAPTURE(seed);
      CHECK(text(*parsed.tree) == source);
      CHECK(took < std::chrono::seconds(1));  // usually 5 ms; sanitizers are slow
      if (seed % 8 == 0) read_all_views(*parsed.tree);
      faulty += parsed.diagnostics.empty() ? 0 : 1;
    }
  }
  CHECK(faulty > seed / 2);
}

TEST_CASE("given any single byte, then the tree gives it back") {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string source(1, static_cast<char>(byte));
    CAPTURE(byte);
    CHECK(text(*parse(SourceFile("byte.saga", source)).tree) == source);
  }
}

}  // namespace
}  // namespace saga::dsl
