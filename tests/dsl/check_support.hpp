#pragma once

#include <string>

#include "dsl/compile.hpp"

namespace saga::dsl {

// Compiles one text as `test.saga`, with a hash that is no SHA-256 but just as steady.
Compilation compile_text(const std::string& text, const std::string& path = "test.saga");

// The whole file; fails the test if it can't be read.
std::string read_file(const std::string& path);

// All diagnostics as a terminal shows them.
std::string rendered(const Compilation& compilation);

// `E0301 E0405`: the codes in order, errors and warnings.
std::string codes_of(const Compilation& compilation);

// Compares with the file's text. With SAGA_UPDATE_GOLDEN set it writes the file instead.
void check_golden(const std::string& path, const std::string& actual);

}  // namespace saga::dsl
