#include <doctest/doctest.h>

#include "dsl/format/format.hpp"
#include "dsl/parse.hpp"
#include "tests/dsl/check_support.hpp"
#include "tests/dsl/files.hpp"
#include "tests/dsl/format_support.hpp"

namespace saga::dsl {
namespace {

TEST_CASE("given a file of each kind of construct, then its layout is the expected one") {
  for (const auto& path : test::saga_files("tests/dsl/format_golden")) {
    CAPTURE(path.string());
    const std::string text = test::formatted(test::read_file(path));
    auto expected = path;
    check_golden(expected.replace_extension(".txt").string(), text);
    CHECK_EQ(test::formatted(text), text);
  }
}

TEST_CASE("given a file without a word, then only its comments are left") {
  CHECK_EQ(test::formatted(""), "");
  CHECK_EQ(test::formatted("\n\n  \n"), "");
  CHECK_EQ(test::formatted("\r\n// a  \r\n\r\n\r\n/* b */ // c"), "// a\n\n/* b */ // c\n");
}

TEST_CASE("given line ends of another system, then they become LF, inside comments too") {
  CHECK_EQ(test::formatted("type A = int // a\r\n/* b\r\n c */\r\n"),
           "type A = int" + std::string(39, ' ') + "// a\n/* b\n c */\n");
}

TEST_CASE("given a line of exactly 100 code points, then it stays; with one more it breaks") {
  const std::string names = std::string(80, 'a') + "\xC3\xA9";
  const std::string fits = "fn f() -> int = " + names + "(b)\n";
  CHECK_EQ(test::formatted(fits), fits);
  const std::string wide = "fn f() -> int = " + names + "x(b)\n";
  CHECK_EQ(test::formatted(wide), "fn f() -> int =\n  " + names + "x(b)\n");
}

TEST_CASE("given rows that would be too wide or too far apart, then they don't line up") {
  const std::string far = "type A = int\ntype " + std::string(40, 'B') + " = int\n";
  CHECK_EQ(test::formatted(far), far);
  const std::string wide =
      "type A { a: string, b: string, c: string, d: string, e: string, f: " + std::string(29, 's') +
      " }\ntype Long = int\n";
  CHECK_EQ(test::formatted(wide), wide);
}

TEST_CASE("given a file with a fault, then the formatter tells it and changes nothing") {
  const base::Result<Formatted> result = format_file(SourceFile("x.saga", "type  A =\n"));
  REQUIRE(result.has_value());
  CHECK_EQ(result->text, "type  A =\n");
  CHECK_EQ(result->diagnostics.size(), 1);
}

TEST_CASE("given brackets as deep as they may be, then they are formatted") {
  std::string source = "fn f() -> int = ";
  for (int i = 0; i < 150; ++i) source += "f(";
  source += std::string(150, ')') + "\n";
  CHECK_NE(test::formatted(source), "");
  CHECK_EQ(test::broken_promise(*parse(SourceFile("deep.saga", source)).tree), "");
}

TEST_CASE("given a file that only formatting makes too large, then that is told") {
  std::string source = "fn f() -> list<int> = [";
  while (source.size() < 990'000) source += "a,";
  const base::Result<Formatted> result = format_file(SourceFile("x.saga", source + "a]\n"));
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == base::ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace saga::dsl
