#include "cli/workflow.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <istream>

#include "cli/saga_files.hpp"
#include "dsl/check/suggest.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/names.hpp"
#include "engine/journal/hash.hpp"

namespace saga::cli {

using base::ErrorCode;

namespace {

base::Result<std::string> read_all(std::istream& file, std::size_t max_bytes,
                                   const std::string& name) {
  std::string text;
  std::string part(65'536, '\0');
  while (file && text.size() <= max_bytes) {
    file.read(part.data(), static_cast<std::streamsize>(part.size()));
    text.append(part, 0, static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) return base::fail(ErrorCode::kInvalidArgument, "can't be read", name);
  if (text.size() <= max_bytes) return text;
  return base::fail(ErrorCode::kInvalidArgument,
                    "has more than " + std::to_string(max_bytes) + " bytes, which is the limit",
                    name);
}

}  // namespace

base::Result<std::string> read_text_file(const std::string& path, std::size_t max_bytes) {
  std::error_code problem;
  const std::filesystem::file_status status = std::filesystem::status(path, problem);
  if (!std::filesystem::exists(status))
    return base::fail(ErrorCode::kInvalidArgument, "there is no such file", path);
  if (std::filesystem::is_directory(status)) {
    return base::fail(ErrorCode::kInvalidArgument, "is a folder, and no file", path);
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::fail(ErrorCode::kInvalidArgument, "can't be read", path);
  return read_all(file, max_bytes, path);
}

base::Result<dsl::Compilation> compile_files(const std::vector<std::string>& paths) {
  base::Result<std::vector<std::string>> named = saga_files(paths);
  if (!named) return base::fail(named.error());
  std::vector<dsl::SourceFile> files;
  std::size_t bytes = 0;
  for (const std::string& path : *named) {
    base::Result<std::string> text = read_text_file(path, base::limits::kMaxSourceBytes);
    if (!text) return base::fail(text.error());
    bytes += text->size();
    if (bytes > base::limits::kMaxTableBytes) {
      return base::fail(ErrorCode::kInvalidArgument,
                        "up to this one the files have more than " +
                            std::to_string(base::limits::kMaxTableBytes) + " bytes together",
                        path);
    }
    files.emplace_back(path, std::move(*text));
  }
  return dsl::compile(std::move(files), dsl::CompileOptions{journal::sha256_hex});
}

bool has_errors(const dsl::Compilation& compilation) {
  return std::any_of(
      compilation.diagnostics.begin(), compilation.diagnostics.end(),
      [](const dsl::Diagnostic& each) { return each.severity == dsl::Severity::kError; });
}

void print_diagnostics(const dsl::Compilation& compilation, const Console& console) {
  const auto is_error = [](const dsl::Diagnostic& each) {
    return each.severity == dsl::Severity::kError;
  };
  const std::size_t all = compilation.diagnostics.size();
  const auto errors = static_cast<std::size_t>(
      std::count_if(compilation.diagnostics.begin(), compilation.diagnostics.end(), is_error));
  const std::size_t warnings = all - errors;
  // Where not all can be shown, no warning takes the place of an error.
  std::size_t errors_left = std::min(errors, base::limits::kMaxDiagnostics);
  std::size_t warnings_left = std::min(warnings, base::limits::kMaxDiagnostics - errors_left);
  const std::size_t shown = errors_left + warnings_left;
  for (const dsl::Diagnostic& each : compilation.diagnostics) {
    std::size_t& left = is_error(each) ? errors_left : warnings_left;
    if (left == 0) continue;
    --left;
    console.err(dsl::render(each, compilation.files, {console.err_has_color()}));
  }
  if (shown < all) console.err("… and " + std::to_string(all - shown) + " more");
  const auto count = [](std::size_t number, const char* word) {
    return std::to_string(number) + " " + word + (number == 1 ? "" : "s");
  };
  if (errors + warnings > 0)
    console.err(count(errors, "error") + ", " + count(warnings, "warning"));
}

base::Result<std::shared_ptr<const core::Definition>> choose_definition(
    const std::vector<std::shared_ptr<const core::Definition>>& definitions,
    const std::string& name) {
  std::vector<std::shared_ptr<const core::Definition>> fitting;
  std::vector<std::string> names;
  std::string list;
  for (const auto& definition : definitions) {
    names.push_back(base::bare_name(definition->name));
    list += (list.empty() ? "`" : ", `") + definition->name + "`";
    if (definition->name == name) return definition;
    if (name.empty() || base::bare_name(definition->name) == name) fitting.push_back(definition);
  }
  if (fitting.size() == 1) return fitting.front();
  if (definitions.empty()) return base::fail(ErrorCode::kNotFound, "there is no saga in this file");
  if (name.empty())
    return base::fail(ErrorCode::kInvalidArgument, "say which saga: the file has " + list);
  if (!fitting.empty()) {
    std::string candidates;
    for (const auto& each : fitting)
      candidates += (candidates.empty() ? "`" : ", `") + each->name + "`";
    return base::fail(ErrorCode::kInvalidArgument,
                      "`" + name + "` is the name of several sagas: say which of " + candidates);
  }
  const std::string nearest = dsl::nearest_name(name, names);
  return base::fail(
      ErrorCode::kNotFound,
      "there is no saga `" + name + "`" +
          (nearest.empty() ? ": the file has " + list : "; did you mean `" + nearest + "`?"));
}

std::vector<std::shared_ptr<const core::Definition>> with_called(
    const std::shared_ptr<const core::Definition>& definition,
    const std::vector<std::shared_ptr<const core::Definition>>& definitions) {
  std::vector<std::shared_ptr<const core::Definition>> found = {definition};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::vector<core::ChildRef> children = found[i]->children;
    for (const auto& each : definitions) {
      const bool is_called =
          std::any_of(children.begin(), children.end(),
                      [&](const core::ChildRef& child) { return child.hash == each->hash; });
      const bool is_known = std::find(found.begin(), found.end(), each) != found.end();
      if (is_called && !is_known) found.push_back(each);
    }
  }
  return found;
}

base::Result<std::string> read_input(const std::string& input) {
  if (input == "-") return read_all(std::cin, base::limits::kMaxPayloadBytes, "standard input");
  if (input.starts_with("@"))
    return read_text_file(input.substr(1), base::limits::kMaxPayloadBytes);
  return input.empty() ? "{}" : input;
}

}  // namespace saga::cli
