#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "dsl/check/codes.hpp"
#include "tests/dsl/check_support.hpp"

namespace saga::dsl {
namespace {

const std::string kFolder = "tests/dsl/check_golden/";

bool shows(const Compilation& compilation, std::string_view code) {
  return std::ranges::any_of(compilation.diagnostics,
                             [&](const Diagnostic& each) { return each.code == code; });
}

TEST_CASE("each code: a file that shows it gives the expected diagnostics") {
  for (const CodeInfo& info : all_codes()) {
    CAPTURE(info.code);
    const std::string name = std::string(info.code) + ".saga";
    const Compilation compilation = compile_text(read_file(kFolder + name), name);
    CHECK(shows(compilation, info.code));
    check_golden(kFolder + std::string(info.code) + ".txt", rendered(compilation));
  }
}

TEST_CASE("each code: a near miss compiles without any diagnostic") {
  for (const CodeInfo& info : all_codes()) {
    CAPTURE(info.code);
    const std::string name = std::string(info.code) + "_near.saga";
    Compilation compilation = compile_text(read_file(kFolder + name), name);
    // A schedule that is sound is one that nothing runs yet.
    if (info.code == "E0406") {
      CHECK(shows(compilation, "E0407"));
      std::erase_if(compilation.diagnostics, [](const auto& each) { return each.code == "E0407"; });
    }
    CHECK_EQ(rendered(compilation), "");
    CHECK_FALSE(compilation.definitions.empty());
  }
}

TEST_CASE("each mistake in a match gives one diagnostic") {
  const Compilation compilation =
      compile_text(read_file(kFolder + "match_faults.saga"), "match_faults.saga");
  check_golden(kFolder + "match_faults.txt", rendered(compilation));
}

TEST_CASE("each mistake in a union or in a match over one gives one diagnostic") {
  const Compilation compilation =
      compile_text(read_file(kFolder + "union_faults.saga"), "union_faults.saga");
  check_golden(kFolder + "union_faults.txt", rendered(compilation));
}

TEST_CASE("each mistake in a loop's value, a reply or a rollback gives one diagnostic") {
  const Compilation compilation =
      compile_text(read_file(kFolder + "control_faults.saga"), "control_faults.saga");
  check_golden(kFolder + "control_faults.txt", rendered(compilation));
}

TEST_CASE("each mistake in a scope's clauses, a race or an escalation gives one diagnostic") {
  const Compilation compilation =
      compile_text(read_file(kFolder + "scope_faults.saga"), "scope_faults.saga");
  check_golden(kFolder + "scope_faults.txt", rendered(compilation));
}

TEST_CASE("each mistake in a test gives one diagnostic") {
  const Compilation compilation =
      compile_text(read_file(kFolder + "test_faults.saga"), "test_faults.saga");
  check_golden(kFolder + "test_faults.txt", rendered(compilation));
}

TEST_CASE("each code has a title and an explanation, and is found in any case") {
  for (const CodeInfo& info : all_codes()) {
    CAPTURE(info.code);
    CHECK_FALSE(info.title.empty());
    CHECK_FALSE(info.explanation.empty());
    CHECK_EQ(find_code(info.code), &info);
  }
  CHECK_NE(find_code("e0307"), nullptr);
  CHECK_EQ(find_code("E9999"), nullptr);
}

}  // namespace
}  // namespace saga::dsl
