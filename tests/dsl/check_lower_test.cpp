#include <doctest/doctest.h>

#include <string>

#include "tests/dsl/check_dump.hpp"
#include "tests/dsl/check_support.hpp"

namespace saga::dsl {
namespace {

const std::string kFolder = "tests/dsl/check_golden/";

std::string dump_all(const Compilation& compilation) {
  std::string text;
  for (const auto& definition : compilation.definitions) text += dump(*definition) + "\n";
  return text;
}

void check_snapshot(const std::string& source, const std::string& name) {
  const Compilation compilation = compile_text(read_file(source), source);
  CHECK_EQ(rendered(compilation), "");
  check_golden(kFolder + name + ".lowered", dump_all(compilation));
}

TEST_CASE("order.saga checks without diagnostics and lowers as before") {
  check_snapshot("workflows/order.saga", "order");
}

TEST_CASE("every statement of the small language lowers as before") {
  check_snapshot(kFolder + "statements.saga", "statements");
}

TEST_CASE("every clause and schedule lowers as before") {
  check_snapshot(kFolder + "clauses.saga", "clauses");
}

TEST_CASE("every sort of expression lowers as before") {
  check_snapshot(kFolder + "expressions.saga", "expressions");
}

TEST_CASE("a match lowers to conditions in the order of its arms, the last without one") {
  check_snapshot(kFolder + "match.saga", "match");
}

TEST_CASE("a union's cases are asked for by name, and a match statement lowers to nested ifs") {
  check_snapshot(kFolder + "union.saga", "union");
}

TEST_CASE("a called saga stands before its caller, which pins its hash") {
  const Compilation compilation = compile_text(read_file(kFolder + "E0310_near.saga"));
  REQUIRE_EQ(compilation.definitions.size(), 2);
  const core::Definition& child = *compilation.definitions[0];
  const core::Definition& caller = *compilation.definitions[1];
  REQUIRE_EQ(caller.children.size(), 1);
  CHECK_EQ(caller.children[0].definition, child.name);
  CHECK_EQ(caller.children[0].hash, child.hash);
  CHECK(caller.children[0].has_pivot);
}

TEST_CASE("a definition holds only what its saga reaches") {
  const Compilation compilation = compile_text(
      "service A { read one() -> int }\n"
      "service B { read two() -> string }\n"
      "saga First() -> int { step a = A.one() timeout 1s return a }\n"
      "saga Second() -> string { step b = B.two() timeout 1s return b }\n");
  REQUIRE_EQ(rendered(compilation), "");
  REQUIRE_EQ(compilation.definitions.size(), 2);
  CHECK_EQ(compilation.definitions[1]->operations.size(), 1);
  CHECK_EQ(compilation.definitions[1]->operations[0].name, "two");
}

TEST_CASE("a child's id is smaller than its own in every expression table") {
  const Compilation compilation = compile_text(read_file("workflows/order.saga"));
  for (const auto& definition : compilation.definitions) {
    for (std::size_t id = 0; id < definition->expressions.size(); ++id) {
      for (const core::ExpressionId part : definition->expressions[id].arguments) {
        CHECK_LT(part, id);
      }
    }
  }
}

TEST_CASE("a `test` block is skipped without a word") {
  const Compilation compilation = compile_text(
      "saga Empty() { note \"nothing\" }\n"
      "test \"it ends\" {\n  run Empty()\n  expect ending completed\n}\n");
  CHECK_EQ(rendered(compilation), "");
  CHECK_EQ(compilation.definitions.size(), 1);
}

TEST_CASE("with an error in any file there are no definitions") {
  const Compilation compilation = compile_text("saga Wrong() -> int { return \"text\" }\n");
  CHECK_EQ(codes_of(compilation), "E0103");
  CHECK(compilation.definitions.empty());
}

}  // namespace
}  // namespace saga::dsl
