#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/diagnostic.hpp"
#include "dsl/source.hpp"
#include "engine/core/definition.hpp"
#include "engine/core/definition_tests.hpp"

namespace saga::dsl {

struct CompileOptions {
  // Hex SHA-256 of a text. Injected: hashing lives above the language.
  std::function<std::string(std::string_view)> sha256_hex;
};

struct Compilation {
  std::vector<SourceFile> files;        // as given: what the spans of the diagnostics point into
  std::vector<Diagnostic> diagnostics;  // errors and warnings, by file and place
  // One a saga, those that are called before their callers, each with its hash, its children pinned
  // by theirs. Empty if there is an error.
  std::vector<std::shared_ptr<const core::Definition>> definitions;
  std::vector<core::TestPlan> tests;  // in source order; empty if there is an error

  [[nodiscard]] bool has_errors() const;
};

// Checks the files and lowers their sagas. A failed check is a successful call: what is wrong with
// the sources is in `diagnostics`. Each file is a module of its own.
// Thread-safe; deterministic; never throws but for want of memory.
Compilation compile(std::vector<SourceFile> files, const CompileOptions& options);

}  // namespace saga::dsl
