#include "dsl/diagnostic.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "engine/base/json.hpp"

namespace saga::dsl {

namespace {

constexpr std::string_view kRed = "\x1b[1;31m";
constexpr std::string_view kYellow = "\x1b[1;33m";
constexpr std::string_view kBlue = "\x1b[1;34m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kPlain = "\x1b[0m";
constexpr std::size_t kTab = 4;

std::string_view severity_name(Severity severity) {
  return severity == Severity::kError ? "error" : "warning";
}

// The line as shown: tabs become spaces, and what a terminal might obey becomes U+FFFD: control
// characters, those of U+0080 … U+009F too, and the ones that change the direction of text.
std::string shown(std::string_view line) {
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto byte = [&](std::size_t next) {
      return i + next < line.size() ? static_cast<unsigned char>(line[i + next]) : 0U;
    };
    const bool is_c1 = byte(0) == 0xC2 && byte(1) >= 0x80 && byte(1) <= 0x9F;
    const bool is_bidi =
        byte(0) == 0xE2 && ((byte(1) == 0x80 && byte(2) >= 0xAA && byte(2) <= 0xAE) ||
                            (byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9));
    if (line[i] == '\t') {
      text += std::string(kTab, ' ');
    } else if (byte(0) < 0x20 || byte(0) == 0x7F || is_c1 || is_bidi) {
      text += "\xEF\xBF\xBD";
      i += is_bidi ? 2 : is_c1 ? 1 : 0;
    } else {
      text += line[i];
    }
  }
  return text;
}

std::size_t shown_width(std::string_view text) { return count_code_points(shown(text)); }

// An underline: of the fault itself, or of a second place.
struct Mark {
  std::size_t line;
  std::size_t indent;  // columns before it, as shown
  std::size_t width;
  std::string text;
  bool is_primary;
};

// The bytes of a line that are shown: of a long one only what is around the fault.
struct Window {
  std::size_t begin;
  std::size_t end;
};

bool is_inside_code_point(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

Window window_around(std::string_view line, std::size_t at) {
  constexpr std::size_t kBefore = 100, kAfter = 140;
  Window window{0, line.size()};
  if (line.size() <= kBefore + kAfter) return window;
  if (at > kBefore) window.begin = at - kBefore;
  window.end = std::min(line.size(), at + kAfter);
  while (is_inside_code_point(line, window.begin)) ++window.begin;
  while (is_inside_code_point(line, window.end)) ++window.end;
  return window;
}

class Renderer {
 public:
  Renderer(const Diagnostic& diagnostic, std::span<const SourceFile> files, RenderOptions options)
      : diagnostic_(diagnostic), files_(files), options_(options) {}

  std::string run() {
    paint(diagnostic_.severity == Severity::kError ? kRed : kYellow,
          std::string(severity_name(diagnostic_.severity)) + "[" + diagnostic_.code + "]");
    paint(kBold, ": " + shown(diagnostic_.message));
    out_ += "\n";
    if (diagnostic_.span.file < files_.size()) places();
    for (const std::string& help : diagnostic_.helps) hint("help", help);
    for (const std::string& note : diagnostic_.notes) hint("note", note);
    return std::move(out_);
  }

 private:
  void paint(std::string_view color, std::string_view text) {
    if (options_.color) out_ += color;
    out_ += text;
    if (options_.color) out_ += kPlain;
  }

  void places() {
    std::map<std::uint32_t, std::vector<Mark>> by_file;
    add(by_file, diagnostic_.span, diagnostic_.label, true);
    for (const Label& label : diagnostic_.labels) add(by_file, label.span, label.text, false);
    std::size_t last_line = 1;
    for (const auto& [file, marks] : by_file) {
      for (const Mark& mark : marks) last_line = std::max(last_line, mark.line);
    }
    margin_ = std::to_string(last_line).size();
    file(diagnostic_.span.file, by_file, "-->");
    for (const auto& [other, marks] : by_file) {
      if (other != diagnostic_.span.file) file(other, by_file, ":::");
    }
  }

  void add(std::map<std::uint32_t, std::vector<Mark>>& by_file, const core::Span& span,
           const std::string& text, bool is_primary) {
    if (span.file >= files_.size()) return;
    const SourceFile& source = files_[span.file];
    const std::size_t line = source.position(span.begin).line;
    const std::uint32_t begin = source.line_begin(line);
    const std::string_view whole = source.line(line);
    const std::size_t from =
        std::min<std::size_t>(span.begin - std::min(begin, span.begin), whole.size());
    const std::size_t to =
        std::clamp<std::size_t>(span.end - std::min(begin, span.end), from, whole.size());
    const Window window = window_of(span.file, line, whole, from);
    const std::size_t first = std::clamp(from, window.begin, window.end);
    const std::size_t last = std::clamp(to, first, window.end);
    const std::size_t cut = window.begin > 0 ? 1 : 0;  // the `…` before it
    by_file[span.file].push_back(
        {line, cut + shown_width(whole.substr(window.begin, first - window.begin)),
         std::max<std::size_t>(1, shown_width(whole.substr(first, last - first))), text,
         is_primary});
  }

  // The first mark of a line decides what is shown of it.
  Window window_of(std::uint32_t file, std::size_t line, std::string_view whole, std::size_t at) {
    return windows_.try_emplace({file, line}, window_around(whole, at)).first->second;
  }

  void file(std::uint32_t index, std::map<std::uint32_t, std::vector<Mark>>& by_file,
            std::string_view arrow) {
    const SourceFile& source = files_[index];
    std::vector<Mark>& marks = by_file[index];
    const auto line_of = [](const Mark& mark) { return mark.line; };
    const bool is_own = index == diagnostic_.span.file;
    const Position at = is_own ? source.position(diagnostic_.span.begin)
                               : Position{marks.front().line, marks.front().indent + 1};
    std::ranges::stable_sort(marks, {}, line_of);
    out_ += std::string(margin_, ' ');
    paint(kBlue, arrow);
    out_ += " " + shown(source.path()) + ":" + std::to_string(at.line) + ":" +
            std::to_string(at.column) + "\n";
    bar("");
    std::size_t last = 0;
    for (const Mark& mark : marks) {
      if (mark.line != last) source_line(index, mark.line, source.line(mark.line));
      last = mark.line;
      underline(mark);
    }
    bar("");
  }

  void bar(const std::string& text) {
    paint(kBlue, std::string(margin_ + 1, ' ') + "|");
    out_ += text + "\n";
  }

  void source_line(std::uint32_t file, std::size_t number, std::string_view line) {
    const std::string digits = std::to_string(number);
    paint(kBlue, std::string(margin_ - digits.size(), ' ') + digits + " |");
    const Window window = window_of(file, number, line, 0);
    std::string text = shown(line.substr(window.begin, window.end - window.begin));
    if (window.begin > 0) text.insert(0, "…");
    if (window.end < line.size()) text += "…";
    out_ += text.empty() ? "\n" : " " + text + "\n";
  }

  void underline(const Mark& mark) {
    paint(kBlue, std::string(margin_ + 1, ' ') + "|");
    out_ += " " + std::string(mark.indent, ' ');
    const std::string line(mark.width, mark.is_primary ? '^' : '-');
    const bool is_error = mark.is_primary && diagnostic_.severity == Severity::kError;
    paint(is_error          ? kRed
          : mark.is_primary ? kYellow
                            : kBlue,
          mark.text.empty() ? line : line + " " + mark.text);
    out_ += "\n";
  }

  void hint(std::string_view kind, const std::string& text) {
    const std::string start = std::string(margin_ + 1, ' ') + "= " + std::string(kind) + ": ";
    std::string body = text;
    for (std::size_t at = body.find('\n'); at != std::string::npos; at = body.find('\n', at + 1)) {
      body.insert(at + 1, start.size(), ' ');
    }
    out_ += start + body + "\n";
  }

  const Diagnostic& diagnostic_;
  std::span<const SourceFile> files_;
  RenderOptions options_;
  std::map<std::pair<std::uint32_t, std::size_t>, Window> windows_;
  std::size_t margin_ = 1;
  std::string out_;
};

void write_position(base::JsonWriter& json, const SourceFile& file, std::uint32_t offset) {
  const Position at = file.position(offset);
  json.begin_object();
  json.key("offset").integer(offset);
  json.key("line").integer(static_cast<std::int64_t>(at.line));
  json.key("column").integer(static_cast<std::int64_t>(at.column));
  json.end_object();
}

void write_place(base::JsonWriter& json, const core::Span& span,
                 std::span<const SourceFile> files) {
  if (span.file >= files.size()) return;
  const SourceFile& file = files[span.file];
  json.key("file").string(file.path());
  json.key("begin");
  write_position(json, file, span.begin);
  json.key("end");
  write_position(json, file, span.end);
}

void write_texts(base::JsonWriter& json, std::string_view key,
                 const std::vector<std::string>& texts) {
  json.key(key).begin_array();
  for (const std::string& text : texts) json.string(text);
  json.end_array();
}

}  // namespace

std::string render(const Diagnostic& diagnostic, std::span<const SourceFile> files,
                   RenderOptions options) {
  return Renderer(diagnostic, files, options).run();
}

std::string to_json(const Diagnostic& diagnostic, std::span<const SourceFile> files) {
  std::string out;
  base::JsonWriter json(out);
  json.begin_object();
  json.key("code").string(diagnostic.code);
  json.key("severity").string(severity_name(diagnostic.severity));
  json.key("message").string(diagnostic.message);
  json.key("label").string(diagnostic.label);
  write_place(json, diagnostic.span, files);
  json.key("labels").begin_array();
  for (const Label& label : diagnostic.labels) {
    json.begin_object().key("text").string(label.text);
    write_place(json, label.span, files);
    json.end_object();
  }
  json.end_array();
  write_texts(json, "helps", diagnostic.helps);
  write_texts(json, "notes", diagnostic.notes);
  if (diagnostic.fix) {
    json.key("fix").begin_object().key("replacement").string(diagnostic.fix->replacement);
    write_place(json, diagnostic.fix->span, files);
    json.end_object();
  }
  json.end_object();
  return out;
}

}  // namespace saga::dsl
