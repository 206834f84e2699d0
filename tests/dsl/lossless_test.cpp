#include <doctest/doctest.h>

#include <string_view>

#include "dsl/parse.hpp"
#include "dsl/views.hpp"
#include "tests/dsl/files.hpp"
#include "tests/dsl/mutants.hpp"

namespace saga::dsl {
namespace {

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
  constexpr std::uint64_t kMutantsAFile = test::mutants(600);
  std::uint64_t seed = 0;
  std::size_t faulty = 0;
  for (const auto& path : test::saga_files("tests/dsl/fixtures")) {
    const std::string original = test::read_file(path);
    for (std::uint64_t i = 0; i < kMutantsAFile; ++i) {
      base::SeededRandom random(++seed);
      const std::string source = test::mutate_bytes(original, random);
      const ParsedFile parsed = parse(SourceFile("mutant.saga", source));
      CAPTURE(seed);
      CHECK(text(*parsed.tree) == source);
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
