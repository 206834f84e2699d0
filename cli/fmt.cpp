#include <algorithm>
#include <filesystem>
#include <iostream>
#include <set>

#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/rewrite_file.hpp"
#include "cli/saga_files.hpp"
#include "cli/text_diff.hpp"
#include "cli/workflow.hpp"
#include "dsl/format/format.hpp"
#include "engine/base/limits.hpp"

namespace saga::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStandardInput = "-";

// What became of one file.
struct Outcome {
  std::string path;
  std::string before;
  std::string after;
  std::vector<dsl::Diagnostic> diagnostics;
  bool is_changed = false;
};

class Formatting {
 public:
  Formatting(const FmtOptions& options, const Console& console)
      : options_(options), console_(console) {}

  int run() {
    if (options_.format == OutputFormat::kJson) items_.begin_array();
    for (const std::string& path : paths()) one(path);
    if (options_.format == OutputFormat::kJson) {
      items_.end_array();
      console_.out(json_);
    }
    return code_;
  }

 private:
  void fail(const base::Error& error) {
    console_.error(error);
    code_ = std::max<int>(code_, exit_code_of(error.code));
  }

  // The files to look at, each once; of a folder all .saga files, sorted.
  std::vector<std::string> paths() {
    std::vector<std::string> found;
    std::set<std::string> seen;
    for (const std::string& path : options_.paths) {
      std::error_code problem;
      std::vector<std::string> files = {path};
      if (path != kStandardInput && fs::is_directory(path, problem)) files = files_under(path);
      for (std::string& file : files) {
        if (seen.insert(file).second) found.push_back(std::move(file));
      }
    }
    return found;
  }

  std::vector<std::string> files_under(const std::string& folder) {
    base::Result<std::vector<std::string>> files = saga_files_under(folder);
    if (!files) {
      fail(files.error());
      return {};
    }
    if (files->empty()) console_.err("there is no .saga file under `" + folder + "`");
    return std::move(*files);
  }

  void one(const std::string& path) {
    base::Result<std::string> text = path == kStandardInput
                                         ? read_input(path)
                                         : read_text_file(path, base::limits::kMaxSourceBytes);
    if (!text) return fail(text.error());
    Outcome outcome;
    outcome.path = path == kStandardInput ? "standard input" : path;
    outcome.before = *text;
    base::Result<dsl::Formatted> formatted =
        dsl::format_file(dsl::SourceFile(outcome.path, outcome.before));
    if (!formatted) return fail(formatted.error());
    outcome.after = std::move(formatted->text);
    outcome.diagnostics = std::move(formatted->diagnostics);
    outcome.is_changed = outcome.after != outcome.before;
    if (!outcome.diagnostics.empty()) code_ = std::max<int>(code_, kNegative);
    if (path == kStandardInput && !only_looks()) {
      show_text(outcome);
    } else if (store(outcome)) {
      show(outcome);
    }
  }

  [[nodiscard]] bool only_looks() const { return options_.check || options_.diff; }

  // Whether what is to be shown is so.
  bool store(const Outcome& outcome) {
    if (!outcome.is_changed) return true;
    if (only_looks()) {
      code_ = std::max<int>(code_, kNegative);
      return true;
    }
    const auto written = rewrite_file(outcome.path, outcome.after);
    if (!written) fail(written.error());
    return written.has_value();
  }

  void show_text(const Outcome& outcome) {
    show_diagnostics(outcome);
    if (!outcome.diagnostics.empty() || outcome.after.empty()) return;
    console_.out(std::string_view(outcome.after).substr(0, outcome.after.size() - 1));
  }

  void show(const Outcome& outcome) {
    if (options_.format != OutputFormat::kText) return show_json(outcome);
    show_diagnostics(outcome);
    if (!outcome.is_changed) return;
    if (options_.diff) {
      for (const std::string& line : diff_of(outcome)) show_diff_line(line);
    } else {
      console_.out(outcome.path);
    }
  }

  void show_diagnostics(const Outcome& outcome) const {
    if (outcome.diagnostics.empty()) return;
    dsl::Compilation faulty;
    faulty.files.emplace_back(outcome.path, outcome.before);
    faulty.diagnostics = outcome.diagnostics;
    print_diagnostics(faulty, console_);
  }

  [[nodiscard]] static std::vector<std::string> diff_of(const Outcome& outcome) {
    return unified_diff(outcome.before, outcome.after, outcome.path);
  }

  // On a terminal nothing of the text may move the cursor; elsewhere each byte counts.
  void show_diff_line(const std::string& line) const {
    if (!console_.out_has_color()) return console_.out(line);
    const std::string color = line.starts_with('-')   ? "\x1b[31m"
                              : line.starts_with('+') ? "\x1b[32m"
                              : line.starts_with('@') ? "\x1b[36m"
                                                      : "";
    console_.out(color + printable(line) + (color.empty() ? "" : "\x1b[0m"));
  }

  void show_json(const Outcome& outcome) {
    base::JsonText text;
    base::JsonWriter json(text);
    json.begin_object().key("file").string(outcome.path);
    json.key("changed").boolean(outcome.is_changed);
    if (options_.diff) {
      std::string diff;
      for (const std::string& line : diff_of(outcome)) diff += line + "\n";
      json.key("diff").string(diff);
    }
    const std::vector<dsl::SourceFile> files = {{outcome.path, outcome.before}};
    json.key("diagnostics").begin_array();
    for (const dsl::Diagnostic& each : outcome.diagnostics) json.raw(dsl::to_json(each, files));
    json.end_array().end_object();
    if (options_.format == OutputFormat::kJson) {
      items_.raw(text);
    } else {
      console_.out(text);
    }
  }

  const FmtOptions& options_;
  const Console& console_;
  base::JsonText json_;
  base::JsonWriter items_{json_};
  int code_ = kOk;
};

}  // namespace

int run_fmt(const FmtOptions& options, const Console& console) {
  const bool has_input =
      std::find(options.paths.begin(), options.paths.end(), kStandardInput) != options.paths.end();
  if (has_input && options.paths.size() > 1) {
    console.error("`-` is standard input, and stands alone");
    return kUsage;
  }
  if (has_input && !options.check && !options.diff && options.format != OutputFormat::kText) {
    console.error("the formatted text of standard input has no other form: leave out `-o`");
    return kUsage;
  }
  return Formatting(options, console).run();
}

}  // namespace saga::cli
