#include "tests/dsl/check_support.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace saga::dsl {
namespace {

// FNV-1a.
std::string steady_hash(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return std::to_string(hash);
}

}  // namespace

Compilation compile_text(const std::string& text, const std::string& path) {
  std::vector<SourceFile> files;
  files.emplace_back(path, text);
  return compile(std::move(files), CompileOptions{steady_hash});
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file.good(), "can't read " << path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string rendered(const Compilation& compilation) {
  std::string text;
  for (const Diagnostic& each : compilation.diagnostics) text += render(each, compilation.files);
  return text;
}

std::string codes_of(const Compilation& compilation) {
  std::string codes;
  for (const Diagnostic& each : compilation.diagnostics) {
    codes += (codes.empty() ? "" : " ") + each.code;
  }
  return codes;
}

void check_golden(const std::string& path, const std::string& actual) {
  if (std::getenv("SAGA_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  CHECK_EQ(actual, read_file(path));
}

}  // namespace saga::dsl
