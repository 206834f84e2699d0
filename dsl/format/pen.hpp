#pragma once

#include <cstdint>

#include "dsl/format/document.hpp"
#include "dsl/format/trivia.hpp"
#include "dsl/tree.hpp"

namespace saga::dsl::format {

// What stands between two tokens where no comment does.
enum class Gap : std::uint8_t {
  kNothing,
  kSpace,
  kSoft,      // nothing, or a line break
  kLine,      // a space, or a line break
  kWideLine,  // two spaces, or a line break
  kHard,      // a line break
  kPart,      // a line break, and a blank line around a part of several lines
};

// Where one blank line that the author left is kept in a gap.
enum class Blank : std::uint8_t {
  kNowhere,
  kBehindComments,  // not at the beginning of the gap, as behind `{`
  kAnywhere,
};

// Writes the tokens of a tree into a document, in order, and the comments before each. Before each
// token but the first there must be one gap. A comment stays where it stands: behind the token
// before it, on a line of its own, or before the next token; so a line breaks wherever one breaks
// before or behind a comment.
class Pen {
 public:
  // Where a comment breaks a line that doesn't break otherwise, what follows is indented by so
  // much.
  static constexpr std::uint32_t kContinuation = 4;

  Pen(const Tree& tree, Document& document) : tree_(tree), document_(document) {}

  // The gap before the next token. Blank lines are kept in a hard one alone.
  void gap(Gap gap, Blank blank = Blank::kNowhere, std::uint32_t continuation = kContinuation);
  // Before a value: a reserved word that is one may not begin a line, for there it is a keyword.
  void gap_before_value(Gap gap);
  // Before a closing bracket: comments stand inside the indent, which is closed.
  void gap_and_close_indent(Gap gap);
  void begin();  // the file: comments before the first token
  void end();    // comments behind the last one; reads the token that ends the file

  void token();
  // The tokens up to one offset in the source, and all between them, as they are.
  void verbatim_up_to(std::uint32_t end);
  // The token just written is a reserved word that stands for a value.
  void was_word_as_value() { was_word_as_value_ = true; }

  [[nodiscard]] std::uint32_t next() const { return next_; }
  [[nodiscard]] TokenKind next_kind() const { return tree_.token(next_).kind; }

 private:
  [[nodiscard]] Trivia trivia() const { return read_trivia(tree_.trivia(tree_.token(next_))); }
  void put(Gap gap, bool is_blank);
  void comments_between(const Trivia& trivia, Gap gap, Blank blank, std::uint32_t indent);
  // Those behind the token before, and those on lines of their own; not the break behind the last.
  void comments_up_to_break(const Trivia& trivia, Gap gap, Blank blank);
  void comments_in_line(const Trivia& trivia);
  [[nodiscard]] bool would_glue() const;
  [[nodiscard]] bool is_word_as_value() const;

  const Tree& tree_;
  Document& document_;
  std::uint32_t next_ = 0;
  bool was_word_as_value_ = false;
};

}  // namespace saga::dsl::format
