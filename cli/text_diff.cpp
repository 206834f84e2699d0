#include "cli/text_diff.hpp"

#include <algorithm>

namespace saga::cli {
namespace {

constexpr std::size_t kContext = 3;

struct Line {
  std::string_view text;       // with its line break
  std::size_t characters = 0;  // no blanks
};

struct Edit {
  char sign = ' ';  // ' ', '-' or '+'
  std::string_view text;
};

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    Line& line = lines.emplace_back();
    line.text = text.substr(0, end);
    line.characters =
        static_cast<std::size_t>(std::count_if(line.text.begin(), line.text.end(), [](char c) {
          return c != ' ' && c != '\t' && c != '\r' && c != '\n';
        }));
    text.remove_prefix(end);
  }
  return lines;
}

// Where both have the same characters behind them, equal lines are kept. Elsewhere lines are taken
// from whichever side is behind.
std::vector<Edit> edits_between(const std::vector<Line>& before, const std::vector<Line>& after) {
  std::vector<Edit> edits;
  std::vector<Edit> added;  // those of the change at hand, which stand behind what it removes
  const auto end_change = [&] {
    edits.insert(edits.end(), added.begin(), added.end());
    added.clear();
  };
  std::size_t old_at = 0, new_at = 0;
  while (old_at < before.size() || new_at < after.size()) {
    const bool has_both = old_at < before.size() && new_at < after.size();
    if (has_both && before[old_at].text == after[new_at].text) {
      end_change();
      edits.push_back({' ', before[old_at].text});
      ++old_at, ++new_at;
      continue;
    }
    std::size_t old_count = 0, new_count = 0;
    const auto remove = [&] {
      old_count += before[old_at].characters;
      edits.push_back({'-', before[old_at++].text});
    };
    const auto add = [&] {
      new_count += after[new_at].characters;
      added.push_back({'+', after[new_at++].text});
    };
    const bool old_is_blank = old_at < before.size() && before[old_at].characters == 0;
    const bool new_is_blank = new_at < after.size() && after[new_at].characters == 0;
    if (old_at < before.size() && (old_is_blank || !new_is_blank)) remove();
    if (new_at < after.size() && (new_is_blank || !old_is_blank)) add();
    while (old_count != new_count) {
      if (old_count < new_count && old_at < before.size()) {
        remove();
      } else if (new_at < after.size()) {
        add();
      } else {
        break;
      }
    }
  }
  end_change();
  return edits;
}

std::string range(std::size_t begin, std::size_t count) {
  // An empty range names the line before it.
  const std::size_t first = count == 0 ? begin : begin + 1;
  return std::to_string(first) + (count == 1 ? "" : "," + std::to_string(count));
}

// One hunk: edits [begin, end), which begin at these lines.
void add_hunk(const std::vector<Edit>& edits, std::size_t begin, std::size_t end,
              std::size_t old_line, std::size_t new_line, std::vector<std::string>& lines) {
  const auto count = [&](char sign) {
    return static_cast<std::size_t>(
        std::count_if(edits.begin() + static_cast<std::ptrdiff_t>(begin),
                      edits.begin() + static_cast<std::ptrdiff_t>(end),
                      [&](const Edit& each) { return each.sign == sign || each.sign == ' '; }));
  };
  lines.push_back("@@ -" + range(old_line, count('-')) + " +" + range(new_line, count('+')) +
                  " @@");
  for (std::size_t i = begin; i < end; ++i) {
    std::string_view text = edits[i].text;
    const bool is_whole = text.ends_with('\n');
    if (is_whole) text.remove_suffix(1);
    lines.push_back(edits[i].sign + std::string(text));
    if (!is_whole) lines.push_back("\\ No newline at end of file");
  }
}

}  // namespace

std::vector<std::string> unified_diff(std::string_view before, std::string_view after,
                                      std::string_view path) {
  if (before == after) return {};
  const std::vector<Edit> edits = edits_between(lines_of(before), lines_of(after));
  std::vector<std::string> lines = {"--- " + std::string(path), "+++ " + std::string(path)};
  std::size_t old_line = 0, new_line = 0;  // at `shown`
  std::size_t shown = 0;                   // edits before it are in a hunk, or left out
  const auto pass = [&](std::size_t to) {
    for (; shown < to; ++shown) {
      old_line += edits[shown].sign != '+' ? 1 : 0;
      new_line += edits[shown].sign != '-' ? 1 : 0;
    }
  };
  for (std::size_t at = 0; at < edits.size();) {
    if (edits[at].sign == ' ') {
      ++at;
      continue;
    }
    pass(std::max(shown, at - std::min(at, kContext)));
    std::size_t last = at;  // the last change of the hunk
    for (std::size_t i = at; i < edits.size() && i <= last + 2 * kContext; ++i) {
      if (edits[i].sign != ' ') last = i;
    }
    const std::size_t end = std::min(edits.size(), last + 1 + kContext);
    add_hunk(edits, shown, end, old_line, new_line, lines);
    pass(end);
    at = end;
  }
  return lines;
}

}  // namespace saga::cli
