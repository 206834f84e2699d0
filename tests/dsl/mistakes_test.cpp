#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "tests/dsl/check_support.hpp"
#include "tests/dsl/files.hpp"

namespace saga::dsl {
namespace {

Compilation compile_file(const std::filesystem::path& path) {
  return compile_text(test::read_file(path), path.filename().string());
}

TEST_CASE("each file of mistakes gives the expected diagnostics") {
  for (const auto& path : test::saga_files("tests/dsl/mistakes")) {
    CAPTURE(path.string());
    const Compilation compilation = compile_file(path);
    CHECK(compilation.has_errors());
    CHECK(compilation.definitions.empty());
    std::filesystem::path expected = path;
    check_golden(expected.replace_extension(".txt").string(), rendered(compilation));
  }
}

TEST_CASE("a diagnostic has its place in the file, one line of message and a code") {
  for (const auto& path : test::saga_files("tests/dsl/mistakes")) {
    CAPTURE(path.string());
    const Compilation compilation = compile_file(path);
    const std::size_t size = compilation.files[0].text().size();
    for (const Diagnostic& each : compilation.diagnostics) {
      CAPTURE(each.message);
      CHECK_LE(each.span.begin, each.span.end);
      CHECK_LE(each.span.end, size);
      CHECK_FALSE(each.message.empty());
      CHECK_EQ(each.message.find('\n'), std::string::npos);
      CHECK_EQ(each.code.size(), 5);
      for (const Label& label : each.labels) CHECK_LE(label.span.end, size);
    }
  }
}

TEST_CASE("what only looks like a mistake gives no diagnostic") {
  for (const auto& path : test::saga_files("tests/dsl/sound")) {
    CAPTURE(path.string());
    const Compilation compilation = compile_file(path);
    CHECK_EQ(rendered(compilation), "");
    CHECK_FALSE(compilation.definitions.empty());
  }
}

TEST_CASE("the five examples: nothing is said but what isn't available yet") {
  for (const auto& path : test::saga_files("tests/dsl/fixtures")) {
    CAPTURE(path.string());
    std::set<std::string> codes;
    for (const Diagnostic& each : compile_file(path).diagnostics) codes.insert(each.code);
    codes.erase("E0407");  // of a schedule, which is told by a warning
    CHECK_EQ(codes, std::set<std::string>{"E0001"});
  }
}

TEST_CASE("given two files with a saga of one full name, then the second is refused") {
  std::vector<SourceFile> files;
  files.emplace_back("a.saga", "module shop\nsaga Buy() { note \"a\" }\n");
  files.emplace_back("b.saga", "module shop\nsaga Buy() { note \"b\" }\n");
  const Compilation compilation = compile(std::move(files), CompileOptions{});
  CHECK_EQ(codes_of(compilation), "E0102");
  CHECK_EQ(compilation.diagnostics[0].span.file, 1);
}

TEST_CASE("given faults in several files, then they come file by file") {
  std::vector<SourceFile> files;
  files.emplace_back("a.saga", "saga A() { note nope }\n");
  files.emplace_back("b.saga", "saga B( { }\n");
  files.emplace_back("c.saga", "saga C() { note nope }\n");
  const Compilation compilation = compile(std::move(files), CompileOptions{});
  CHECK_EQ(codes_of(compilation), "E0101 E0002 E0101");
}

}  // namespace
}  // namespace saga::dsl
