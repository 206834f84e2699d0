#include <doctest/doctest.h>

#include <string>

#include "dsl/parse.hpp"
#include "engine/base/limits.hpp"

namespace saga::dsl {
namespace {

std::string repeat(const std::string& text, std::size_t times) {
  std::string whole;
  for (std::size_t i = 0; i < times; ++i) whole += text;
  return whole;
}

std::string saga(const std::string& body) { return "saga S() {\n" + body + "\n}\n"; }

// The one diagnostic of a source that has exactly one.
Diagnostic only_fault(const std::string& source) {
  const ParsedFile parsed = parse(SourceFile("x.saga", source));
  CHECK(text(*parsed.tree) == source);
  REQUIRE(parsed.diagnostics.size() == 1);
  return parsed.diagnostics.front();
}

TEST_CASE("given nesting of 10,000 levels of any sort, then one fault says that it is too deep") {
  constexpr std::size_t kLevels = 10'000;
  const std::string sources[] = {
      saga("let a = " + repeat("(", kLevels) + "1" + repeat(")", kLevels)),
      saga("let a = " + repeat("[", kLevels) + repeat("]", kLevels)),
      saga("let a = " + repeat("-", kLevels) + "1"),
      saga("let a = 1" + repeat(" + 1", kLevels)),
      saga("let a = b" + repeat(".c", kLevels)),
      saga("let a = b" + repeat("(1)", kLevels)),
      saga("let a = " + repeat("f(x => ", kLevels) + "1" + repeat(")", kLevels)),
      saga("let a = " + repeat("if b then 1 else ", kLevels) + "2"),
      saga("let a = " + repeat("\"{", kLevels) + "1" + repeat("}\"", kLevels)),
      saga(repeat("if a {", kLevels) + repeat("}", kLevels)),
      saga(repeat("if a { } else ", kLevels) + "{ }"),
      saga(repeat("scope s {\n", kLevels) + repeat("}\n", kLevels)),
      saga("step s = f()" + repeat(" compensate f() { ", kLevels) + repeat("}", kLevels)),
      "type T = " + repeat("list<", kLevels) + "int" + repeat(">", kLevels) + "\n",
  };
  for (const std::string& source : sources) {
    CAPTURE(source.substr(0, 60));
    CHECK(only_fault(source).message.find("nested too deep") != std::string::npos);
  }
}

TEST_CASE("given nesting that the limit allows, then there is no fault") {
  constexpr std::size_t kLevels = base::limits::kMaxSourceNesting - 10;
  const ParsedFile parsed = parse(
      SourceFile("x.saga", saga("let a = " + repeat("(", kLevels) + "1" + repeat(")", kLevels))));
  CHECK(parsed.diagnostics.empty());
}

TEST_CASE("given a file of 10 MB, then it is refused by its size") {
  const Diagnostic fault = only_fault(std::string(10'000'000, ' '));
  CHECK(fault.code == "E0003");
  CHECK(fault.message.find("10000000 bytes") != std::string::npos);
}

TEST_CASE("given bytes that are no text, then the fault is at the byte") {
  struct Row {
    std::string source;
    std::uint32_t begin;
    std::string word;
  };
  const Row rows[] = {
      {"module a\n\xFF", 9, "UTF-8"},
      {"// \xC0\x80", 3, "UTF-8"},
      {"// \xED\xA0\x80", 3, "UTF-8"},
      {"// \xF4\x90\x80\x80", 3, "UTF-8"},
      {"// \xE2\x82", 3, "UTF-8"},
      {std::string("a\0b", 3), 1, "NUL"},
      {"\xEF\xBB\xBFmodule a\n", 0, "byte order mark"},
      {"// \xE2\x80\xAE", 3, "direction"},
      {"// \xE2\x81\xA6", 3, "direction"},
  };
  for (const Row& row : rows) {
    const Diagnostic fault = only_fault(row.source);
    CHECK(fault.span.begin == row.begin);
    CHECK(fault.message.find(row.word) != std::string::npos);
  }
}

}  // namespace
}  // namespace saga::dsl
