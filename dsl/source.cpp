#include "dsl/source.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/assert.hpp"

namespace saga::dsl {

namespace {

// Bytes of the code point at the front; 1 for a stray byte.
std::size_t code_point_size(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  std::size_t size = 1;
  while (size < wanted && size < text.size() &&
         (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) {
    ++size;
  }
  return size;
}

}  // namespace

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    text.remove_prefix(code_point_size(text));
    ++count;
  }
  return count;
}

SourceFile::SourceFile(std::string path, std::string text)
    : path_(std::move(path)), text_(std::move(text)), line_starts_{0} {
  for (std::size_t at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1)) {
    line_starts_.push_back(static_cast<std::uint32_t>(at + 1));
  }
}

std::string_view SourceFile::text(Span span) const {
  const std::size_t begin = std::min<std::size_t>(span.begin, text_.size());
  const std::size_t end = std::clamp<std::size_t>(span.end, begin, text_.size());
  return std::string_view(text_).substr(begin, end - begin);
}

Position SourceFile::position(std::uint32_t offset) const {
  const auto end = static_cast<std::uint32_t>(std::min<std::size_t>(offset, text_.size()));
  const auto next = std::ranges::upper_bound(line_starts_, end);
  const auto line = static_cast<std::size_t>(next - line_starts_.begin());
  return {line, count_code_points(text(Span{line_starts_[line - 1], end})) + 1};
}

std::uint32_t SourceFile::line_begin(std::size_t line) const {
  SAGA_ASSERT(line >= 1 && line <= line_starts_.size());
  return line_starts_[line - 1];
}

std::string_view SourceFile::line(std::size_t line) const {
  const std::uint32_t begin = line_begin(line);
  const std::size_t end = line < line_starts_.size() ? line_starts_[line] : text_.size();
  std::string_view found = std::string_view(text_).substr(begin, end - begin);
  while (!found.empty() && (found.back() == '\n' || found.back() == '\r')) found.remove_suffix(1);
  return found;
}

}  // namespace saga::dsl
