#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/format/lines.hpp"

namespace saga::dsl::format {

inline constexpr std::size_t kWidth = 100;

// What a possible line break is where its group stands on one line.
enum class Flat : std::uint8_t { kNothing, kSpace, kTwoSpaces };

// A text with the places where its lines may break: Wadler's documents (A prettier printer, 1998)
// as the stream of commands that Oppen printed (Prettyprinting, 1980), so that nothing recurses.
//
// Lines break by group: all that stand directly in a group do, or none. A group stands on one line
// where it fits with what follows it up to the next possible break, and holds no forced break. An
// indent counts where its group is broken.
//
// A *hugging* group has a third form, for `f(a, match b {`: its own lines don't break, and those of
// the groups behind its hug point do. It takes this form where all up to the first line break
// behind the hug point fits.
//
// Texts are borrowed until print(). Widths are in code points.
class Document {
 public:
  void text(std::string_view text);            // a line break in it is forced
  void comment_behind(std::string_view text);  // at the end of a line; has no width
  void line(Flat flat);
  void hard_line(bool with_blank_line);
  // As hard_line, and a blank line if the part before or after it has several lines.
  void hard_line_between_parts();

  void open_group();
  void open_hugging_group();
  void hug_point();  // directly in a hugging group, once
  void close_group();
  void open_indent(std::uint32_t columns);
  void close_indent();

  // A part of the file: a declaration. Parts don't nest.
  void open_part();
  void close_part();
  // A row: a group whose columns stand below those of the rows above it. Where it has several lines
  // only columns of the first line count, and only those that say so.
  void open_row();
  void column(Column column, bool even_in_several_lines = false);

  // The whole text, ending in a line break unless it is empty. Linear in its size.
  [[nodiscard]] std::string print() const;

 private:
  friend class Printer;

  struct Command {
    enum class Kind : std::uint8_t {
      kText,
      kCommentBehind,
      kLine,
      kHardLine,
      kOpenGroup,
      kHugPoint,
      kCloseGroup,
      kOpenIndent,
      kCloseIndent,
      kOpenPart,
      kClosePart,
      kColumn,
    };
    Kind kind = Kind::kText;
    Flat flat = Flat::kNothing;      // kLine
    bool is_blank = false;           // kHardLine
    bool is_between_parts = false;   // kHardLine
    bool is_hugging = false;         // kOpenGroup
    bool is_row = false;             // kOpenGroup
    bool is_always = false;          // kColumn: in several lines too
    bool is_broken = false;          // kOpenGroup: a forced break stands in it, not hugged
    bool has_hugged_break = false;   // kOpenGroup: a forced break stands behind the hug point
    Column column = Column::kNone;   // kColumn
    std::uint32_t amount = 0;        // kOpenIndent: columns; kOpenGroup: the command that closes it
    std::uint32_t hug_point = 0;     // kOpenGroup: a command, 0 if there is none
    std::uint32_t width_before = 0;  // of all commands before it, on one line
    std::string_view text;           // kText, kCommentBehind
  };

  Command& add(Command::Kind kind);
  void open_group(bool is_hugging, bool is_row);
  void force_break();
  // For each command, the width from it on up to the next possible break.
  [[nodiscard]] std::vector<std::uint32_t> widths_to_break() const;

  std::vector<Command> commands_;
  std::vector<std::uint32_t> open_groups_;
  std::uint32_t width_ = 0;
};

}  // namespace saga::dsl::format
