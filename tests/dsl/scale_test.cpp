#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "engine/base/limits.hpp"
#include "engine/core/definition_codec.hpp"
#include "tests/dsl/check_support.hpp"

// Large and hostile files: what is shared, and what a limit answers. No test here looks at a clock.
namespace saga::dsl {
namespace {

using base::limits::kMaxSourceBytes;

// `head`, then part(0), part(1) … up to the size of the largest file, then `tail`.
std::string filled(std::string text, const std::function<std::string(std::size_t)>& part,
                   const std::string& tail = "") {
  for (std::size_t i = 0;; ++i) {
    const std::string next = part(i);
    if (text.size() + next.size() + tail.size() > kMaxSourceBytes) return text + tail;
    text += next;
  }
}

std::string number(std::size_t i) { return std::to_string(i); }

// The message of the only error; fails if there are none or more.
std::string only_error(const std::string& source) {
  const Compilation compilation = compile_text(source);
  std::string message;
  for (const Diagnostic& each : compilation.diagnostics) {
    if (each.severity != Severity::kError) continue;
    CHECK_EQ(message, "");
    message = each.message;
    CHECK_FALSE(each.helps.empty());
  }
  CHECK(compilation.definitions.empty());
  return message;
}

bool says(const std::string& message, std::string_view words) {
  return message.find(words) != std::string::npos;
}

TEST_CASE("given a file full of small sagas, then their definitions share its text") {
  const Compilation compilation = compile_text(
      filled("", [](std::size_t i) { return "saga S" + number(i) + "() { note \"x\" }\n"; }));
  REQUIRE_GT(compilation.definitions.size(), 30'000);
  const auto& text = compilation.definitions.front()->sources[0].text;
  CHECK_EQ(*text, compilation.files[0].text());
  for (const auto& each : compilation.definitions) CHECK_EQ(each->sources[0].text, text);
}

TEST_CASE("given a view as long as a file, then its fields are bound once for all events") {
  std::string fields = "event E key k { k: int }\nview V key k: int {\n";
  std::string values = "on E {\n";
  for (std::size_t i = 0; i < 20'000; ++i) {
    fields += "f" + number(i) + ": int\n";
    values += "f" + number(i) + " = 1\n";
  }
  CHECK_EQ(codes_of(compile_text(fields + values + "} }\nsaga S(v: V) { note \"{v.k}\" }\n")), "");
}

TEST_CASE("given a chain of sagas as long as a file, then one error names the first too many") {
  const std::string message = only_error(filled("saga S0() { note \"x\" }\n", [](std::size_t i) {
    return "saga S" + number(i + 1) + "() { step a = S" + number(i) + "() }\n";
  }));
  CHECK(says(message, "more than 200 that call each other"));
}

TEST_CASE("given a chain of records as long as a file, then one error names the first too many") {
  const std::string message = only_error(filled("type T0 { a: int }\n", [](std::size_t i) {
    return "type T" + number(i + 1) + " { a: T" + number(i) + " }\n";
  }));
  CHECK(says(message, "a `T64` always holds more than 64 records"));
}

TEST_CASE("given a match with many arms, then as many stand behind another as blocks may nest") {
  const auto matching = [](std::size_t arms) {
    std::string text = "saga S(n: int) { match n {\n";
    for (std::size_t i = 0; i + 1 < arms; ++i)
      text += number(i) + " => note \"" + number(i) + "\"\n";
    return text + "_ => match n { 0 => note \"a\", _ => note \"b\" }\n} }\n";
  };
  const Compilation compilation = compile_text(matching(base::limits::kMaxSourceNesting - 1));
  REQUIRE_EQ(compilation.definitions.size(), 1);
  CHECK(core::decode_definition(core::encode(*compilation.definitions[0])).has_value());
  CHECK_EQ(only_error(matching(base::limits::kMaxSourceNesting + 1)),
           "up to here, too many arms stand one behind another");
  CHECK_EQ(only_error(matching(base::limits::kMaxSourceNesting)),
           "up to here, too many arms stand one behind another");
}

TEST_CASE("given unions that hold each other as long as a file, then each has an end") {
  const auto one = [](std::size_t i) {
    return "union U" + number(i) + " { more(of: U" + number(i + 1) + "), none }\n";
  };
  const std::string source = filled("saga S(u: U0) { note \"{u}\" }\n", one, "union Last { a }\n");
  const auto count = static_cast<std::size_t>(std::ranges::count(source, '\n')) - 2;
  CHECK_EQ(only_error(source), "no type is called `U" + number(count) + "`");
}

TEST_CASE("given a chain of aliases, or of defaults, then one error says that it is too long") {
  const auto alias = [](std::size_t i) { return "type T" + number(i) + " = T" + number(i + 1); };
  const auto value = [](std::size_t i) {
    return "type T" + number(i) + " { a: T" + number(i + 1) + "? = T" + number(i + 1) + "() }";
  };
  for (const auto& line : {std::function<std::string(std::size_t)>(alias), {value}}) {
    std::string source = "type T1000 { a: int = 1 }\n";
    for (std::size_t i = 0; i < 1'000; ++i) source += line(i) + "\n";
    CHECK(says(only_error(source), "more than 200 that need each other"));
  }
}

TEST_CASE("given a saga that can fail with too many errors, then it is told at this saga alone") {
  std::string source = "saga S0(y: bool) { note \"x\" }\n";
  for (std::size_t i = 0; i < 300; ++i) {
    source += "error E" + number(i) + "\nsaga S" + number(i + 1) + "(y: bool) { step a = S" +
              number(i) + "(y) if y { fail E" + number(i) + "() } }\n";
  }
  CHECK(says(only_error(source), "can fail with 101 different errors"));
}

TEST_CASE("given sagas that each hold a large type, then one error says where it is too much") {
  std::string type = "type Wide { ";
  for (std::size_t i = 0; i < 10'000; ++i) type += "f" + number(i) + ": int, ";
  const std::string message = only_error(filled(type + "}\n", [](std::size_t i) {
    return "saga S" + number(i) + "(x: Wide) { note \"x\" }\n";
  }));
  CHECK(says(message, "the sagas are too large together"));
}

TEST_CASE("given functions or a policy that fill the tables, then one error names the use") {
  std::string functions = "fn f0(x: int) -> int = x + 1\n";
  for (std::size_t i = 0; i < 11; ++i) {
    const std::string inner = "f" + number(i) + "(x)";
    functions += "fn f" + number(i + 1) + "(x: int) -> int = " + inner + " + " + inner + "\n";
  }
  const auto use = [](std::size_t i) { return "  let a" + number(i) + " = f11(1)\n"; };
  CHECK(says(only_error(filled(functions + "saga S() {\n", use, "}\n")), "say more than"));

  std::string policy = "service B { read r() -> int }\npolicy P { retry ";
  for (std::size_t i = 0; i < 50'000; ++i) policy += "1s, ";
  const auto step = [](std::size_t i) { return "  step a" + number(i) + " = B.r() using P\n"; };
  const std::string source = filled(policy + "1s }\nsaga S() {\n", step, "}\n");
  const Compilation compilation = compile_text(source);
  CHECK_EQ(codes_of(compilation), "E0116");
  REQUIRE_FALSE(compilation.diagnostics.empty());
  const core::Span at = compilation.diagnostics[0].span;
  CHECK_EQ(source.substr(at.begin, at.end - at.begin), "P");
}

TEST_CASE("given a long chain of functions, then one error says that it is too long") {
  std::string source = "fn f1000(x: int) -> int = x\n";
  for (std::size_t i = 0; i < 1'000; ++i) {
    source += "fn f" + number(i) + "(x: int) -> int = f" + number(i + 1) + "(x)\n";
  }
  CHECK(says(only_error(source), "are too large"));
}

TEST_CASE("given constants that take long, then each is computed once, and the sum is bounded") {
  const std::string ten = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]";
  const auto maps = [&](std::size_t i) {
    return "  let a" + number(i) + " = " + ten + ".map(x => " + ten + ".map(y => " + ten +
           ".map(z => x * y * z).sum()).sum()).sum()\n";
  };
  std::string few = "saga S() {\n";
  for (std::size_t i = 0; i < 100; ++i) few += maps(i);
  CHECK_FALSE(compile_text(few + "}\n").has_errors());
  CHECK(says(only_error(filled("saga S() {\n", maps, "}\n")), "take too long to be computed"));

  std::string sum = "1";
  for (std::size_t i = 0; i < 150; ++i) sum += " + 1";
  const auto sums = [&](std::size_t i) { return "  let a" + number(i) + " = " + sum + "\n"; };
  CHECK_FALSE(compile_text(filled("saga S() {\n", sums, "}\n")).has_errors());
}

}  // namespace
}  // namespace saga::dsl
