#include <doctest/doctest.h>

#include <algorithm>

#include "tests/house/report.hpp"
#include "tests/house/source.hpp"

namespace saga::house {
namespace {

constexpr std::size_t kFileLines = 600;
constexpr std::size_t kReadmeLines = 150;
constexpr std::size_t kColumns = 100;

// Characters, not bytes: the project's text is UTF-8.
std::size_t columns_of(std::string_view line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::vector<std::string> size_breaches(const Source& source) {
  const std::vector<std::string_view> lines = lines_of(source.text);
  std::vector<std::string> breaches;
  const std::size_t most = source.path == "README.md" ? kReadmeLines : kFileLines;
  if ((is_code(source.path) || source.path == "README.md") && lines.size() > most) {
    breaches.push_back(source.path + ": " + std::to_string(lines.size()) + " lines, at most " +
                       std::to_string(most));
  }
  if (!is_code(source.path)) return breaches;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (columns_of(lines[i]) <= kColumns) continue;
    breaches.push_back(source.path + ":" + std::to_string(i + 1) + ": over " +
                       std::to_string(kColumns) + " columns");
  }
  if (is_header(source.path) && source.text.find("#pragma once\n") == std::string::npos) {
    breaches.push_back(source.path + ": a header without #pragma once");
  }
  return breaches;
}

TEST_CASE("files and lines are short, and headers are read once") {
  std::vector<std::string> breaches;
  for (const Source& source : read_project()) {
    for (const std::string& breach : size_breaches(source)) breaches.push_back(breach);
  }
  CHECK(report(breaches) == "");
}

TEST_CASE("a file, a line or a README that is too long is seen") {
  std::string long_file;
  for (std::size_t i = 0; i <= kFileLines; ++i) long_file += "int x;\n";
  CHECK(size_breaches(Source("dsl/x.cpp", long_file)).size() == 1);
  CHECK(size_breaches(Source("README.md", long_file)).size() == 1);
  CHECK(size_breaches(Source("docs/x.md", long_file)).empty());
  CHECK(size_breaches(Source("dsl/x.cpp", std::string(kColumns + 1, 'x'))).size() == 1);
  CHECK(size_breaches(Source("dsl/x.cpp", std::string(kColumns, 'x'))).empty());
  CHECK(size_breaches(Source("dsl/x.hpp", "int x;\n")).size() == 1);
}

}  // namespace
}  // namespace saga::house
