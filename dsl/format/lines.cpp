#include "dsl/format/lines.hpp"

#include <algorithm>

#include "dsl/source.hpp"

namespace saga::dsl::format {

namespace {

// Further apart than this, what belongs together isn't seen as one row any more.
constexpr std::size_t kMaxPadding = 24;
constexpr std::size_t kSpacesBeforeComment = 3;
// Where comments behind the code begin, so that they are read down the page beside it.
constexpr std::size_t kCommentColumn = 51;

std::size_t width_of(std::string_view text) { return count_code_points(text); }

}  // namespace

void Lines::append(std::string_view text) {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n')) {
    std::string_view part = text.substr(0, at);
    if (part.ends_with('\r')) part.remove_suffix(1);
    add(part);
    lines_.emplace_back().goes_on = true;
    width_ = 0;
    text.remove_prefix(at + 1);
  }
  add(text);
}

void Lines::add(std::string_view text) {
  lines_.back().text += text;
  width_ += width_of(text);
}

void Lines::append_comment(std::string_view text) {
  Line& line = lines_.back();
  if (line.comment_at != std::string::npos || is_blank()) {
    if (!is_blank()) add(" ");
    return append(text);
  }
  add(std::string(kSpacesBeforeComment, ' '));
  const bool is_one_line = text.find('\n') == std::string_view::npos;
  if (is_one_line && !line.goes_on) line.comment_at = line.text.size();
  append(text);
}

void Lines::next(std::uint32_t indent, bool with_blank_line) {
  Line& line = lines_.emplace_back();
  line.text.assign(indent, ' ');
  line.indent = indent;
  width_ = indent;
  line.has_blank_before = with_blank_line;
}

void Lines::mark(Column column) {
  lines_.back().marks.push_back({column, lines_.back().text.size()});
}

void Lines::put_blank_line_before(std::size_t line) { lines_[line].has_blank_before = true; }

bool Lines::is_blank() const {
  return !lines_.back().goes_on && lines_.back().text.size() == lines_.back().indent;
}

bool Lines::is_comment(const Line& line) {
  const std::string_view text = std::string_view(line.text).substr(line.goes_on ? 0 : line.indent);
  return line.goes_on || text.starts_with("//") || text.starts_with("/*");
}

bool Lines::are_rows_alike(const Line& a, const Line& b) {
  return a.indent == b.indent && !a.goes_on && !b.goes_on &&
         std::ranges::equal(a.marks, b.marks, {}, &Mark::column, &Mark::column);
}

// Neither comments nor what is indented more part the rows around; blank and other lines do.
void Lines::align_columns(std::size_t max_width) {
  std::vector<Line*> run;
  const auto end_run = [&] {
    if (run.size() > 1) align_run(run, max_width);
    run.clear();
  };
  for (Line& line : lines_) {
    if (line.has_blank_before) end_run();
    const bool is_inside = !run.empty() && line.indent > run.back()->indent;
    if (line.marks.empty() && (is_comment(line) || is_inside)) continue;
    if (line.marks.empty() || (!run.empty() && !are_rows_alike(*run.back(), line))) end_run();
    if (!line.marks.empty()) run.push_back(&line);
  }
  end_run();
}

void Lines::align_run(const std::vector<Line*>& run, std::size_t max_width) {
  for (std::size_t column = 0; column < run.front()->marks.size(); ++column) {
    std::size_t least = std::string::npos, most = 0;
    for (const Line* line : run) {
      const std::size_t width = width_of(line->text.substr(0, line->marks[column].at));
      least = std::min(least, width);
      most = std::max(most, width);
    }
    const auto padding = [&](const Line& line) {
      return most - width_of(line.text.substr(0, line.marks[column].at));
    };
    const bool fits = std::ranges::all_of(run, [&](const Line* line) {
      const std::size_t code = std::min(line->comment_at, line->text.size());
      return width_of(line->text.substr(0, code)) + padding(*line) <= max_width;
    });
    if (!fits || most - least > kMaxPadding) continue;
    for (Line* line : run) {
      const std::size_t spaces = padding(*line);
      line->text.insert(line->marks[column].at, spaces, ' ');
      for (std::size_t next = column + 1; next < line->marks.size(); ++next) {
        line->marks[next].at += spaces;
      }
      if (line->comment_at != std::string::npos) line->comment_at += spaces;
    }
  }
}

// Those of lines that follow each other stand below each other, unless one is far behind.
void Lines::align_comments() {
  const auto wanted = [](const Line& line) {
    return std::max(kCommentColumn, width_of(line.text.substr(0, line.comment_at)));
  };
  for (std::size_t begin = 0; begin < lines_.size();) {
    std::size_t end = begin, most = 0;
    while (end < lines_.size() && lines_[end].comment_at != std::string::npos &&
           lines_[end].indent == lines_[begin].indent &&
           (end == begin || !lines_[end].has_blank_before)) {
      most = std::max(most, wanted(lines_[end]));
      ++end;
    }
    for (std::size_t at = begin; at < end; ++at) {
      Line& line = lines_[at];
      const std::size_t column = most - wanted(line) <= kMaxPadding ? most : wanted(line);
      const std::size_t width = width_of(line.text.substr(0, line.comment_at));
      line.text.insert(line.comment_at, column - width, ' ');
    }
    begin = std::max(end, begin + 1);
  }
}

std::string Lines::join(std::size_t max_width) {
  align_columns(max_width);
  align_comments();
  std::string text;
  for (const Line& line : lines_) {
    if (line.has_blank_before) text += '\n';
    text += line.text;
    text += '\n';
  }
  return lines_.size() == 1 && is_blank() ? std::string() : text;
}

}  // namespace saga::dsl::format
