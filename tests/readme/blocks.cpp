#include "tests/readme/blocks.hpp"

#include <re2/re2.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

namespace saga::readme {
namespace {

namespace fs = std::filesystem;

// Marks the end of a block in the shell's output; no page prints it.
constexpr std::string_view kEnd = "\x1e";

// A folder that looks like a built clone: links to what the repository holds and to this build.
class Clone {
 public:
  Clone() {
    std::string name = (fs::temp_directory_path() / "saga-readme-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) return;
    path_ = name;
    for (const fs::directory_entry& entry : fs::directory_iterator(fs::current_path())) {
      const fs::path file = entry.path().filename();
      if (file == "build" || file == "dev") continue;
      fs::create_symlink(entry.path(), path_ / file);
    }
    fs::create_directory(path_ / "build");
    fs::create_directory_symlink(SAGA_BUILD_FOLDER, path_ / "build/release");
    write_dev();
  }
  ~Clone() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Clone(const Clone&) = delete;
  Clone& operator=(const Clone&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  // ./dev without its set-up and build, which have been done: this is a test of that build. What
  // `./dev test` itself does is what is running.
  void write_dev() const {
    const fs::path dev = path_ / "dev";
    std::ofstream(dev) << "#!/bin/sh\n"
                          "case \"$1\" in\n"
                          "  demo) exec build/release/cli/saga \"$@\" ;;\n"
                          "  *) exec "
                       << (fs::current_path() / "dev").string()
                       << " help ;;\n"
                          "esac\n";
    fs::permissions(dev, fs::perms::owner_all);
  }

  fs::path path_;
};

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What a block starts in the background goes on until the last one is done, and has ended before
// the shell does: it may still write into the folder.
std::string script_of(const std::vector<Block>& blocks) {
  std::string script =
      "set -eu -o pipefail\n"
      "trap 'code=$?; kill $(jobs -p) 2>/dev/null || true; wait; exit $code' EXIT\n";
  for (const Block& block : blocks) script += block.commands + "printf '\\036'\n";
  return script;
}

}  // namespace

std::vector<Block> blocks_of(std::string_view page) {
  std::vector<Block> blocks;
  std::istringstream in{std::string(page)};
  std::string* filling = nullptr;
  bool is_open = false;
  bool may_have_output = false;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (!line.starts_with("```")) {
      if (filling != nullptr) *filling += line + "\n";
      continue;
    }
    filling = nullptr;
    is_open = !is_open;
    if (!is_open) continue;
    if (line == "```sh") {
      blocks.push_back({number, "", "", false});
      filling = &blocks.back().commands;
    } else if (line == "```text" && may_have_output) {
      blocks.back().has_output = true;
      filling = &blocks.back().output;
    }
    may_have_output = line == "```sh";
  }
  return blocks;
}

std::vector<Block> workflows_of(std::string_view page) {
  std::vector<Block> blocks;
  std::istringstream in{std::string(page)};
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    const int begin = ++number;
    if (line != "```saga") continue;
    std::string text;
    for (; std::getline(in, line) && line != "```"; ++number) text += line + "\n";
    ++number;
    if (!text.starts_with("module ")) continue;
    std::string commands = "cat >workflow.saga <<'END'\n" + text +
                           "END\n"
                           "saga fmt --diff workflow.saga\n"
                           "saga check workflow.saga 2>&1 | tee checked\n"
                           "if grep -q warning checked; then exit 1; fi\n";
    if (text.find("\ntest \"") != std::string::npos) commands += "saga test workflow.saga\n";
    blocks.push_back({begin, std::move(commands), "", false});
  }
  return blocks;
}

std::string normalised(std::string_view text) {
  static const std::vector<std::pair<std::string, std::string>> changes = {
      {R"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", "ID"},
      {R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)", "TIME"},
      {R"(\b(\d+(\.\d+)?(ms|s|m))+\b)", "SPAN"},
      {R"(127\.0\.0\.1:\d+)", "ADDRESS"},
      {R"([ \t]+)", " "},
      {R"( ?\n)", "\n"},
  };
  std::string result(text);
  for (const auto& [pattern, replacement] : changes) {
    RE2::GlobalReplace(&result, pattern, replacement);
  }
  return result;
}

bool shows(std::string_view page, std::string_view printed) {
  std::string pattern;
  std::istringstream in(normalised(page));
  for (std::string line; std::getline(in, line);) {
    pattern += line == "…" ? "(?:.*\n)*?" : RE2::QuoteMeta(line) + "\n";
  }
  std::string text = normalised(printed);
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  return RE2::FullMatch(text, pattern);
}

Run run_blocks(const std::vector<Block>& blocks) {
  const Clone clone;
  const fs::path& folder = clone.path();
  std::ofstream(folder / ".script") << script_of(blocks);
  const std::string command = "cd '" + folder.string() +
                              "' && PATH=\"$PWD/build/release/cli:$PATH\" bash .script >.output "
                              "2>&1 </dev/null";
  const int status = std::system(command.c_str());
  std::string output = read(folder / ".output");
  Run run;
  run.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  bool is_running = true;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const std::size_t end = output.find(kEnd);
    run.outcomes.push_back({is_running, output.substr(0, end)});
    is_running = is_running && end != std::string::npos;
    output = is_running ? output.substr(end + kEnd.size()) : "";
  }
  run.rest = std::move(output);
  return run;
}

}  // namespace saga::readme
