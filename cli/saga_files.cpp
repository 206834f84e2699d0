#include "cli/saga_files.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace saga::cli {

namespace fs = std::filesystem;
using base::ErrorCode;

base::Result<std::vector<std::string>> saga_files_under(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code problem;
  fs::recursive_directory_iterator at(folder, problem);
  for (; !problem && at != fs::recursive_directory_iterator(); at.increment(problem)) {
    std::error_code unknown;
    if (at->path().extension() == ".saga" && at->is_regular_file(unknown))
      files.push_back(at->path().string());
  }
  if (problem) return base::fail(ErrorCode::kInvalidArgument, problem.message(), folder);
  std::sort(files.begin(), files.end());
  return files;
}

base::Result<std::vector<std::string>> saga_files(const std::vector<std::string>& paths) {
  std::vector<std::string> found;
  std::set<std::string> seen;
  const auto add = [&](std::string file) {
    if (seen.insert(fs::path(file).lexically_normal().string()).second)
      found.push_back(std::move(file));
  };
  for (const std::string& path : paths) {
    std::error_code unknown;
    if (!fs::is_directory(path, unknown)) {
      add(path);
      continue;
    }
    base::Result<std::vector<std::string>> inside = saga_files_under(path);
    if (!inside) return base::fail(inside.error());
    if (inside->empty()) {
      return base::fail(ErrorCode::kInvalidArgument, "is a folder without a .saga file", path);
    }
    for (std::string& file : *inside) add(std::move(file));
  }
  return found;
}

}  // namespace saga::cli
