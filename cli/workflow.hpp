#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "dsl/compile.hpp"
#include "engine/base/result.hpp"

namespace saga::cli {

// The bytes of a file. kNotFound, kInvalidArgument for a folder, an unreadable file, or one past
// limits::kMaxSourceBytes.
base::Result<std::string> read_text_file(const std::string& path, std::size_t max_bytes);

// Reads and compiles files, and all .saga files of folders; faults in them are diagnostics, and no
// errors.
base::Result<dsl::Compilation> compile_files(const std::vector<std::string>& paths);

// Prints diagnostics for people on stderr, errors first by place, then a line that counts them.
void print_diagnostics(const dsl::Compilation& compilation, const Console& console);
[[nodiscard]] bool has_errors(const dsl::Compilation& compilation);

// The definition of a name: full, or bare where it is unique; empty where the file has one saga
// only. kNotFound lists what there is.
base::Result<std::shared_ptr<const core::Definition>> choose_definition(
    const std::vector<std::shared_ptr<const core::Definition>>& definitions,
    const std::string& name);

// The definition and all that it may call, directly or through others.
std::vector<std::shared_ptr<const core::Definition>> with_called(
    const std::shared_ptr<const core::Definition>& definition,
    const std::vector<std::shared_ptr<const core::Definition>>& definitions);

// `--input`: JSON as it stands, `@FILE`, or `-` for standard input.
base::Result<std::string> read_input(const std::string& input);

}  // namespace saga::cli
