#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace saga::dsl::test {

// Paths are relative to the root of the repository, where tests run.
std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& text);
// The .saga files of a folder, sorted; never empty.
std::vector<std::filesystem::path> saga_files(const std::filesystem::path& folder);

}  // namespace saga::dsl::test
