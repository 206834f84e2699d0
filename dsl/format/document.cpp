#include "dsl/format/document.hpp"

#include "dsl/source.hpp"
#include "engine/base/assert.hpp"

namespace saga::dsl::format {

namespace {

std::uint32_t width_of(std::string_view text) {
  return static_cast<std::uint32_t>(count_code_points(text));
}

std::string_view flat_text(Flat flat) {
  return flat == Flat::kNothing ? "" : flat == Flat::kSpace ? " " : "  ";
}

}  // namespace

Document::Command& Document::add(Command::Kind kind) {
  Command& command = commands_.emplace_back();
  command.kind = kind;
  command.width_before = width_;
  return command;
}

void Document::text(std::string_view text) {
  add(Command::Kind::kText).text = text;
  width_ += width_of(text);
  if (text.find('\n') != std::string_view::npos) force_break();
}

void Document::comment_behind(std::string_view text) {
  add(Command::Kind::kCommentBehind).text = text;
}

void Document::line(Flat flat) {
  add(Command::Kind::kLine).flat = flat;
  width_ += static_cast<std::uint32_t>(flat_text(flat).size());
}

void Document::hard_line(bool with_blank_line) {
  add(Command::Kind::kHardLine).is_blank = with_blank_line;
  force_break();
}

void Document::hard_line_between_parts() {
  add(Command::Kind::kHardLine).is_between_parts = true;
  force_break();
}

void Document::open_group() { open_group(false, false); }
void Document::open_hugging_group() { open_group(true, false); }
void Document::open_row() { open_group(false, true); }

void Document::open_group(bool is_hugging, bool is_row) {
  open_groups_.push_back(static_cast<std::uint32_t>(commands_.size()));
  Command& group = add(Command::Kind::kOpenGroup);
  group.is_hugging = is_hugging;
  group.is_row = is_row;
}

void Document::hug_point() {
  Command& group = commands_[open_groups_.back()];
  SAGA_ASSERT(group.is_hugging && group.hug_point == 0);
  group.hug_point = static_cast<std::uint32_t>(commands_.size());
  add(Command::Kind::kHugPoint);
}

void Document::close_group() {
  commands_[open_groups_.back()].amount = static_cast<std::uint32_t>(commands_.size());
  open_groups_.pop_back();
  add(Command::Kind::kCloseGroup);
}

void Document::open_indent(std::uint32_t columns) {
  add(Command::Kind::kOpenIndent).amount = columns;
}
void Document::close_indent() { add(Command::Kind::kCloseIndent); }
void Document::open_part() { add(Command::Kind::kOpenPart); }
void Document::close_part() { add(Command::Kind::kClosePart); }
void Document::column(Column column, bool even_in_several_lines) {
  Command& command = add(Command::Kind::kColumn);
  command.column = column;
  command.is_always = even_in_several_lines;
}

// Where a group is marked already, so is what stands around it.
void Document::force_break() {
  for (std::size_t i = open_groups_.size(); i > 0; --i) {
    Command& group = commands_[open_groups_[i - 1]];
    const bool is_hugged = group.hug_point != 0 && i != open_groups_.size();
    bool& mark = is_hugged ? group.has_hugged_break : group.is_broken;
    const bool was_marked = group.is_broken || group.has_hugged_break;
    mark = true;
    if (was_marked) return;
  }
}

std::vector<std::uint32_t> Document::widths_to_break() const {
  using enum Command::Kind;
  std::vector<std::uint32_t> widths(commands_.size() + 1, 0);
  for (std::size_t i = commands_.size(); i > 0; --i) {
    const Command& command = commands_[i - 1];
    const bool breaks = command.kind == kLine || command.kind == kHardLine;
    widths[i - 1] = breaks ? 0 : widths[i];
    if (command.kind != kText) continue;
    const std::size_t end = command.text.find('\n');
    widths[i - 1] = width_of(command.text.substr(0, end));
    if (end == std::string_view::npos) widths[i - 1] += widths[i];
  }
  return widths;
}

class Printer {
 public:
  explicit Printer(const Document& document)
      : commands_(document.commands_), to_break_(document.widths_to_break()) {}

  std::string run() {
    for (std::uint32_t at = 0; at < commands_.size(); ++at) print(at);
    return lines_.join(kWidth);
  }

 private:
  using Command = Document::Command;
  enum class Mode : std::uint8_t { kOneLine, kHugging, kBroken };

  void print(std::uint32_t at) {
    using enum Command::Kind;
    const Command& command = commands_[at];
    switch (command.kind) {
      case kText: lines_.append(command.text); break;
      case kCommentBehind: lines_.append_comment(command.text); break;
      case kLine: line(command); break;
      case kHardLine: hard_line(command); break;
      case kOpenGroup: open(at); break;
      case kCloseGroup: modes_.pop_back(); break;
      case kOpenIndent: indent(command.amount); break;
      case kCloseIndent: indents_.pop_back(); break;
      case kOpenPart: part_begin_ = lines_.last(); break;
      case kClosePart: close_part(); break;
      case kColumn: column(command); break;
      case kHugPoint: break;
    }
  }

  [[nodiscard]] Mode mode() const { return modes_.empty() ? Mode::kBroken : modes_.back(); }

  void indent(std::uint32_t columns) {
    const std::uint32_t around = indents_.empty() ? 0 : indents_.back();
    indents_.push_back(around + (mode() == Mode::kBroken ? columns : 0));
  }

  void column(const Command& command) {
    const bool counts = mode() == Mode::kOneLine || command.is_always;
    if (counts && rows_in_line_ == 1) lines_.mark(command.column);
  }

  void break_line(bool with_blank_line) {
    lines_.next(indents_.empty() ? 0 : indents_.back(), with_blank_line);
    rows_in_line_ = 0;
  }

  void line(const Command& command) {
    if (mode() == Mode::kBroken) {
      break_line(false);
    } else {
      lines_.append(flat_text(command.flat));
    }
  }

  void hard_line(const Command& command) {
    break_line(command.is_blank);
    if (command.is_between_parts) line_between_parts_ = lines_.last();
  }

  void open(std::uint32_t at) {
    const Command& group = commands_[at];
    modes_.push_back(mode() == Mode::kOneLine ? Mode::kOneLine : choose(at, group));
    rows_in_line_ += group.is_row ? 1 : 0;
  }

  [[nodiscard]] Mode choose(std::uint32_t at, const Command& group) const {
    if (group.is_broken) return Mode::kBroken;
    const std::size_t before = lines_.width();
    const Command& end = commands_[group.amount];
    const std::size_t width = end.width_before - group.width_before + to_break_[group.amount];
    if (!group.has_hugged_break && before + width <= kWidth) return Mode::kOneLine;
    if (group.hug_point == 0) return Mode::kBroken;
    const std::size_t hugged = commands_[group.hug_point].width_before -
                               commands_[at].width_before + to_break_[group.hug_point];
    return before + hugged <= kWidth ? Mode::kHugging : Mode::kBroken;
  }

  void close_part() {
    const bool is_long = lines_.last() > part_begin_;
    if (line_between_parts_ != 0 && (is_long || was_long_)) {
      lines_.put_blank_line_before(line_between_parts_);
    }
    line_between_parts_ = 0;
    was_long_ = is_long;
  }

  const std::vector<Command>& commands_;
  std::vector<std::uint32_t> to_break_;
  Lines lines_;
  std::vector<Mode> modes_;
  std::vector<std::uint32_t> indents_;
  std::size_t rows_in_line_ = 0;
  std::size_t part_begin_ = 0;          // a line
  std::size_t line_between_parts_ = 0;  // 0 if no blank line may be added
  bool was_long_ = false;
};

std::string Document::print() const {
  SAGA_ASSERT(open_groups_.empty());
  return Printer(*this).run();
}

}  // namespace saga::dsl::format
