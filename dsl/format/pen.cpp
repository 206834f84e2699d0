#include "dsl/format/pen.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"

namespace saga::dsl::format {

namespace {

using enum TokenKind;

bool opens(TokenKind kind) { return kind == kParenOpen || kind == kBracketOpen; }

bool stands_close(TokenKind kind) {
  return kind == kParenClose || kind == kBracketClose || kind == kComma;
}

// As the grammar has it (dsl/grammar/operand.cpp).
bool may_begin_value(TokenKind kind) {
  return kind == kIdentifier || kind == kNumber || kind == kQuoteOpen || kind == kBraceOpen ||
         (is_reserved(kind) && kind != kThen && kind != kElse && kind != kIn);
}

bool are_all_behind(const Trivia& trivia) {
  return std::ranges::all_of(trivia.comments,
                             [](const Comment& each) { return each.breaks_before == 0; });
}

// Whether trivia that hold a comment hold a line break outside of it.
bool breaks(const Trivia& trivia) { return trivia.breaks_after > 0 || !are_all_behind(trivia); }

}  // namespace

void Pen::put(Gap gap, bool is_blank) {
  switch (gap) {
    case Gap::kNothing: break;
    case Gap::kSpace: document_.text(" "); break;
    case Gap::kSoft: document_.line(Flat::kNothing); break;
    case Gap::kLine: document_.line(Flat::kSpace); break;
    case Gap::kWideLine: document_.line(Flat::kTwoSpaces); break;
    case Gap::kHard: document_.hard_line(is_blank); break;
    case Gap::kPart:
      if (is_blank) {
        document_.hard_line(true);
      } else {
        document_.hard_line_between_parts();
      }
  }
}

void Pen::gap(Gap gap, Blank blank, std::uint32_t continuation) {
  const Trivia between = trivia();
  const bool has_own_break = gap != Gap::kNothing && gap != Gap::kSpace;
  const std::uint32_t indent = has_own_break ? 0 : continuation;
  if (!between.comments.empty()) {
    comments_between(between, gap, blank, indent);
  } else if (was_word_as_value_ && between.has_break && may_begin_value(next_kind())) {
    // On one line the word and what follows it would be read as a construct.
    document_.open_indent(indent);
    document_.hard_line(false);
    document_.close_indent();
  } else if (gap == Gap::kNothing && would_glue()) {
    put(Gap::kSpace, false);
  } else {
    put(gap, blank == Blank::kAnywhere && between.breaks_after > 1);
  }
  was_word_as_value_ = false;
}

void Pen::comments_between(const Trivia& trivia, Gap gap, Blank blank, std::uint32_t indent) {
  if (!breaks(trivia)) {
    const bool is_at_start = next_ == 0 || opens(tree_.token(next_ - 1).kind);
    put(gap == Gap::kNothing && !is_at_start ? Gap::kSpace : gap, false);
    comments_in_line(trivia);
    return;
  }
  document_.open_indent(indent);
  comments_up_to_break(trivia, gap, blank);
  if (trivia.breaks_after == 0) {
    document_.text(" ");
  } else if (gap == Gap::kPart && trivia.breaks_after == 1 && are_all_behind(trivia)) {
    document_.hard_line_between_parts();
  } else {
    const bool may = are_all_behind(trivia) ? blank == Blank::kAnywhere : blank != Blank::kNowhere;
    document_.hard_line(may && trivia.breaks_after > 1);
  }
  document_.close_indent();
}

void Pen::comments_up_to_break(const Trivia& trivia, Gap gap, Blank blank) {
  bool is_first_break = true;
  for (const Comment& comment : trivia.comments) {
    if (comment.breaks_before == 0 && is_first_break) {
      document_.comment_behind(comment.text);
      continue;
    }
    const bool may = is_first_break ? blank == Blank::kAnywhere : blank != Blank::kNowhere;
    if (comment.breaks_before == 0) {
      document_.text(" ");
    } else if (is_first_break && gap == Gap::kPart && !trivia.has_blank_line()) {
      document_.hard_line_between_parts();
    } else {
      document_.hard_line(may && comment.breaks_before > 1);
    }
    is_first_break = false;
    document_.text(comment.text);
  }
}

void Pen::comments_in_line(const Trivia& trivia) {
  for (std::size_t i = 0; i < trivia.comments.size(); ++i) {
    document_.text(trivia.comments[i].text);
    const bool is_last = i + 1 == trivia.comments.size();
    if (!is_last || !stands_close(next_kind())) document_.text(" ");
  }
}

void Pen::gap_before_value(Gap gap) {
  const bool may_break = !is_word_as_value();
  this->gap(may_break              ? gap
            : gap == Gap::kSoft    ? Gap::kNothing
            : gap == Gap::kNothing ? Gap::kNothing
                                   : Gap::kSpace);
}

bool Pen::is_word_as_value() const {
  switch (next_kind()) {
    case kTrue:
    case kFalse:
    case kNull:
    case kIf:
    case kMatch: return false;
    default: break;
  }
  const TokenKind behind = tree_.token(next_ + 1).kind;
  return is_reserved(next_kind()) && behind != kColon && behind != kFatArrow;
}

void Pen::gap_and_close_indent(Gap gap) {
  const Trivia between = trivia();
  was_word_as_value_ = false;
  if (between.comments.empty()) {
    document_.close_indent();
    put(gap, false);
    return;
  }
  if (!breaks(between)) {
    const bool is_at_start = opens(tree_.token(next_ - 1).kind);
    put(gap == Gap::kSoft && !is_at_start      ? Gap::kLine
        : gap == Gap::kNothing && !is_at_start ? Gap::kSpace
                                               : gap,
        false);
    for (std::size_t i = 0; i < between.comments.size(); ++i) {
      if (i > 0) document_.text(" ");
      document_.text(between.comments[i].text);
    }
    document_.close_indent();
    put(gap == Gap::kNothing && !is_at_start ? Gap::kSpace : gap, false);
    return;
  }
  comments_up_to_break(between, gap, Blank::kAnywhere);
  document_.close_indent();
  document_.hard_line(false);
}

void Pen::begin() {
  const Trivia before = trivia();
  for (std::size_t i = 0; i < before.comments.size(); ++i) {
    if (i > 0 && before.comments[i].breaks_before == 0) document_.text(" ");
    if (i > 0 && before.comments[i].breaks_before > 0) {
      document_.hard_line(before.comments[i].breaks_before > 1);
    }
    document_.text(before.comments[i].text);
  }
  if (before.comments.empty() || next_kind() == kEnd) return;
  if (before.breaks_after > 0) {
    document_.hard_line(before.breaks_after > 1);
  } else {
    document_.text(" ");
  }
}

void Pen::end() {
  SAGA_ASSERT(next_kind() == kEnd);
  if (next_ > 0) comments_up_to_break(trivia(), Gap::kHard, Blank::kAnywhere);
  ++next_;
}

void Pen::token() {
  const Token& token = tree_.token(next_++);
  document_.text(tree_.text(token));
}

void Pen::verbatim_up_to(std::uint32_t end) {
  const std::uint32_t begin = tree_.token(next_).offset;
  while (tree_.token(next_).offset < end) ++next_;
  document_.text(tree_.source().substr(begin, end - begin));
}

// Whether the next token would become a part of the number before it: `5s .size`, `10% (x)`.
bool Pen::would_glue() const {
  if (next_ == 0 || tree_.token(next_ - 1).kind != kNumber) return false;
  const std::string_view number = tree_.text(tree_.token(next_ - 1));
  if (next_kind() == kParenOpen) return number.ends_with('%');
  return next_kind() == kDot && number.find_first_not_of("0123456789.%") != std::string_view::npos;
}

}  // namespace saga::dsl::format
