#include "engine/base/json.hpp"

namespace saga::base {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// Walks over the text of valid JSON.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  bool take(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  // The string that begins here, with its quotes.
  std::string_view string() {
    skip_space();
    const std::size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    ++at_;
    return text_.substr(begin, at_ - begin);
  }
  // The value that begins here.
  std::string_view value() {
    skip_space();
    const std::size_t begin = at_;
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        string();
        if (depth == 0) break;
        continue;
      }
      if (depth == 0 && (c == ',' || c == '}' || c == ']' || is_space(c))) break;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
      if (depth == 0 && (c == '}' || c == ']')) break;
    }
    return text_.substr(begin, at_ - begin);
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::vector<MemberText>> split_object(std::string_view json) {
  Walker walker(json);
  if (!walker.take('{')) return std::nullopt;
  std::vector<MemberText> members;
  if (walker.take('}')) return members;
  do {
    const std::string_view name = walker.string();
    walker.take(':');
    members.emplace_back(name.substr(1, name.size() - 2), walker.value());
  } while (walker.take(','));
  return members;
}

}  // namespace saga::base
