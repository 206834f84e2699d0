#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace saga::dsl {

// Bytes [begin, end) of one file.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

// Both count from 1; a column is a code point, so a tab or `é` is one.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

// One workflow file: its path as shown to people, its bytes and where its lines begin. The bytes
// may be anything: parse() reports what is no text. Requires fewer than 4 GiB; readers of files
// stop past limits::kMaxSourceBytes. Immutable, so thread-safe.
class SourceFile {
 public:
  SourceFile(std::string path, std::string text);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::string_view text(Span span) const;

  // An offset past the end means the end.
  [[nodiscard]] Position position(std::uint32_t offset) const;
  [[nodiscard]] std::size_t line_count() const { return line_starts_.size(); }
  [[nodiscard]] std::uint32_t line_begin(std::size_t line) const;  // line in [1, line_count()]
  // Without its line break.
  [[nodiscard]] std::string_view line(std::size_t line) const;

 private:
  std::string path_;
  std::string text_;
  std::vector<std::uint32_t> line_starts_;
};

// The number of code points in valid UTF-8; a stray byte counts as one.
std::size_t count_code_points(std::string_view text);

}  // namespace saga::dsl
