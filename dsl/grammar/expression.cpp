#include <algorithm>

#include "dsl/grammar/rules.hpp"

namespace saga::dsl::grammar {

namespace {

using enum TokenKind;

constexpr int kComparison = 4;

int precedence(TokenKind kind) {
  switch (kind) {
    case kCoalesce: return 1;
    case kOr: return 2;
    case kAnd: return 3;
    case kEqualEqual:
    case kNotEqual:
    case kLess:
    case kGreater:
    case kLessEqual:
    case kGreaterEqual:
    case kIn: return kComparison;
    case kPlus:
    case kMinus: return 5;
    case kStar:
    case kSlash:
    case kPercent: return 6;
    default: return 0;
  }
}

// Looks ahead from a `.` or `-` that begins a line: whether `.case(a, b) =>` or `-1 =>` stands
// there, a pattern of the next arm and no continuation.
bool begins_pattern(const TokenIterator& at) {
  const Sink& sink = at.sink();
  if (!sink.begins_line(at.token())) return false;
  const auto kind = [&](std::uint32_t token) {
    return sink.tokens[std::min<std::size_t>(token, sink.tokens.size() - 1)].kind;
  };
  std::uint32_t next = at.token();
  if (at->kind == kMinus) return kind(next + 1) == kNumber && kind(next + 2) == kFatArrow;
  while (kind(next) == kDot && (kind(next + 1) == kIdentifier || is_reserved(kind(next + 1))))
    next += 2;
  if (kind(next) == kParenOpen) {
    ++next;
    while (kind(next) == kIdentifier || kind(next) == kComma) ++next;
    if (kind(next) != kParenClose) return false;
    ++next;
  }
  return kind(next) == kFatArrow || (kind(next) == kIf && !sink.begins_line(next));
}

// Reads an expression by precedence climbing; postfix and binary operators wrap what stands before
// them.
class Climber {
 public:
  explicit Climber(TokenIterator& at) : at_(at) {}

  bool binary(int lowest) {
    const std::uint32_t from = at_.event_count();
    if (!prefix()) return false;
    bool has_compared = false;
    for (std::uint32_t length = 0; !at_.sink().panic; ++length) {
      const int level = precedence(at_->kind);
      if (level == 0 || level < lowest || (at_->kind == kMinus && begins_pattern(at_))) break;
      if (level == kComparison && has_compared) {
        at_.sink().report(at_.token(), "comparisons can't be chained",
                          "put them together with `&&`: `a < b && b < c`");
        break;
      }
      has_compared = level == kComparison;
      if (!at_.sink().may_nest(at_.token(), at_.sink().depth + length)) break;
      at_.bump();
      must_read_value([&] { return binary(level + 1); });
      at_.wrap(from, NodeKind::kBinary);
    }
    return true;
  }

 private:
  template <class Read>
  void must_read(Read read) {
    const TokenIterator saved = at_;
    if (read()) return;
    at_ = saved;
    if (!at_.sink().panic) at_.sink().report();
  }
  // The same, of which only "an expression" is said to be expected.
  template <class Read>
  void must_read_value(Read read) {
    must_read([&] {
      const auto before = at_.sink().expectation();
      const std::uint32_t token = at_.token();
      if (read()) return true;
      if (!at_.sink().panic) at_.sink().rename(before, token, "an expression");
      return false;
    });
  }
  template <class Rule>
  bool rule(const Rule& rule) {
    unused_type nothing;
    return rule.parse(at_, at_, nothing, nothing, nothing);
  }

  bool prefix() {
    Sink& sink = at_.sink();
    if (sink.panic) return false;
    if (at_->kind != kNot && at_->kind != kMinus) return postfix();
    if (!sink.may_nest(at_.token(), sink.depth)) return false;
    const std::uint32_t from = at_.event_count();
    at_.bump();
    ++sink.depth;
    must_read_value([&] { return prefix(); });
    --sink.depth;
    at_.wrap(from, NodeKind::kUnary);
    return true;
  }

  bool postfix() {
    const std::uint32_t from = at_.event_count();
    if (!rule(primary)) return false;
    for (std::uint32_t length = 0; !at_.sink().panic; ++length) {
      if (!goes_on()) break;
      if (!at_.sink().may_nest(at_.token(), at_.sink().depth + length)) break;
      at_.wrap(from, one_postfix());
    }
    return true;
  }

  [[nodiscard]] bool goes_on() const {
    switch (at_->kind) {
      case kDot: return !begins_pattern(at_);
      case kQuestionDot: return true;
      case kParenOpen:
      case kBracketOpen: return !at_.sink().begins_line(at_.token());
      default: return false;
    }
  }

  NodeKind one_postfix() {
    if (at_->kind == kParenOpen) {
      rule(arguments);
      return NodeKind::kCall;
    }
    const bool is_index = at_->kind == kBracketOpen;
    at_.bump();
    if (is_index) {
      must_read([&] { return rule(expression); });
      must_read([&] { return at_.sink().panic || rule(tok{kBracketClose}); });
      return NodeKind::kIndexAccess;
    }
    must_read([&] { return rule(any_name); });
    return NodeKind::kFieldAccess;
  }

  TokenIterator& at_;
};

struct climbing_parser : terminal<climbing_parser> {
  bool read(TokenIterator& at) const { return !at.sink().panic && Climber(at).binary(1); }
};

const auto expression_def = named{"an expression"}[nested[climbing_parser{}]];

}  // namespace

SAGA_DEFINE(expression)

}  // namespace saga::dsl::grammar
