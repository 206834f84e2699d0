#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace saga::dsl::format {

// Places in a line that stand below the same place of the line before.
enum class Column : std::uint8_t {
  kNone,
  kOperationName,  // read  quote(…)
  kStepCall,       // step ship  = …
  kTypeBody,       // type Id    = …
  kBody,           // error Late { … }
  kEventKey,       // event Paid key …
  kExternalEventKey,
  kFieldType,     // rider: …
  kCaseBody,      // on Paid    { … }
  kFunctionBody,  // fn f() -> int = …
  kArrow,         // mock a.b   => …
};

// The lines of a text as they are printed, with columns that are lined up in the end. A run of rows
// that follow each other, with the same indent and columns, gets spaces before its columns; so do
// comments behind the code. A run that would be too wide, or torn too far apart, stays as it is.
class Lines {
 public:
  void append(std::string_view text);          // may hold line breaks
  void append_comment(std::string_view text);  // behind what stands in the line
  void next(std::uint32_t indent, bool with_blank_line);
  void mark(Column column);
  void put_blank_line_before(std::size_t line);

  [[nodiscard]] std::size_t last() const { return lines_.size() - 1; }  // index of the open line
  [[nodiscard]] std::size_t width() const { return width_; }  // of the open line, in code points
  [[nodiscard]] bool is_blank() const;  // whether nothing but its indent stands in the open line

  // Ends in a line break unless it is empty.
  [[nodiscard]] std::string join(std::size_t max_width);

 private:
  struct Mark {
    Column column;
    std::size_t at;  // bytes into the line
  };
  struct Line {
    std::string text;
    std::uint32_t indent = 0;
    bool has_blank_before = false;
    bool goes_on = false;  // begins inside a comment
    std::vector<Mark> marks;
    std::size_t comment_at = std::string::npos;  // bytes into the line
  };

  [[nodiscard]] static bool is_comment(const Line& line);
  [[nodiscard]] static bool are_rows_alike(const Line& a, const Line& b);
  void align_columns(std::size_t max_width);
  void align_run(const std::vector<Line*>& run, std::size_t max_width);
  void align_comments();

  void add(std::string_view text);  // without line breaks

  std::vector<Line> lines_ = std::vector<Line>(1);
  std::size_t width_ = 0;
};

}  // namespace saga::dsl::format
