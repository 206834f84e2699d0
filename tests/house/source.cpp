#include "tests/house/source.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace saga::house {
namespace {

namespace fs = std::filesystem;

bool is_kept(const fs::path& path) {
  static const std::vector<std::string> kinds = {
      ".cpp", ".hpp", ".saga", ".md", ".txt", ".cmake", ".json", ".toml", ".sh", ".sql", ""};
  return std::find(kinds.begin(), kinds.end(), path.extension().string()) != kinds.end();
}

bool is_left_out(const fs::path& path) {
  const std::string name = path.filename().string();
  return name == "build" || (name.starts_with('.') && name != ".ci");
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Blanks one literal or comment after the other; a small lexer of C++.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text), out_(text) {}

  std::string run() {
    while (at_ < text_.size()) step();
    return std::move(out_);
  }

 private:
  void step() {
    if (starts("//")) return blank(std::min(text_.find('\n', at_), text_.size()));
    if (starts("/*")) return blank(past("*/", at_ + 2));
    if (starts("R\"")) return raw();
    if (text_[at_] == '"') return quoted('"');
    // A quote after a digit or letter separates digits: 1'000.
    if (text_[at_] == '\'' && !follows_word()) return quoted('\'');
    ++at_;
  }
  void raw() {
    const std::size_t open = text_.find('(', at_);
    if (open == std::string_view::npos) return blank(text_.size());
    const std::string close = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    blank(past(close, open));
  }
  void quoted(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    blank(std::min(end + 1, text_.size()));
  }
  bool follows_word() const {
    return at_ > 0 && std::isalnum(static_cast<unsigned char>(text_[at_ - 1])) != 0;
  }
  bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  std::size_t past(std::string_view what, std::size_t from) const {
    const std::size_t found = text_.find(what, from);
    return found == std::string_view::npos ? text_.size() : found + what.size();
  }
  void blank(std::size_t end) {
    for (; at_ < end; ++at_) {
      if (text_[at_] != '\n') out_[at_] = ' ';
    }
  }

  std::string_view text_;
  std::string out_;
  std::size_t at_ = 0;
};

std::vector<Include> includes_of(std::string_view text) {
  static const RE2 pattern(R"(^#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> includes;
  int number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    std::string quote;
    std::string path;
    if (!line.starts_with('#')) continue;
    if (!RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), pattern, &quote, &path)) {
      continue;
    }
    includes.push_back({number, path, quote == "\""});
  }
  return includes;
}

}  // namespace

Source::Source(std::string file_path, std::string file_text)
    : path(std::move(file_path)), text(std::move(file_text)) {
  if (is_code(path)) includes = includes_of(text);
}

std::vector<Source> read_project() {
  if (!fs::exists("engine/core") || !fs::exists("tests/house")) {
    throw std::runtime_error("the working directory is not the repository's root");
  }
  std::vector<Source> sources;
  for (auto it = fs::recursive_directory_iterator("."); it != fs::end(it); ++it) {
    if (is_left_out(it->path())) {
      if (it->is_directory()) it.disable_recursion_pending();
      continue;
    }
    if (!it->is_regular_file() || !is_kept(it->path())) continue;
    sources.emplace_back(it->path().lexically_normal().string(), read(it->path()));
  }
  std::sort(sources.begin(), sources.end(),
            [](const Source& a, const Source& b) { return a.path < b.path; });
  return sources;
}

bool is_header(std::string_view path) { return path.ends_with(".hpp"); }
bool is_code(std::string_view path) { return is_header(path) || path.ends_with(".cpp"); }

std::string code_of(std::string_view text) { return Blanker(text).run(); }

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace saga::house
