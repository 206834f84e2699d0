#include "dsl/grammar/lexer.hpp"

#include <algorithm>
#include <boost/spirit/home/x3.hpp>
#include <map>

#include "dsl/grammar/characters.hpp"
#include "engine/base/limits.hpp"

namespace saga::dsl::grammar {

namespace x3 = boost::spirit::x3;

namespace {

// One byte by a predicate: unlike x3's character classes it takes any byte.
struct byte_if : x3::parser<byte_if> {
  using attribute_type = x3::unused_type;
  static bool const has_attribute = false;

  explicit constexpr byte_if(bool (*test)(unsigned char)) : test_(test) {}

  template <class Iterator, class Context, class RuleContext, class Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context&, RuleContext&,
             Attribute&) const {
    if (first == last || !test_(static_cast<unsigned char>(*first))) return false;
    ++first;
    return true;
  }

 private:
  bool (*test_)(unsigned char);
};

bool is_digit_byte(unsigned char c) { return c >= '0' && c <= '9'; }
bool is_name_start(unsigned char c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}
bool is_name_byte(unsigned char c) { return is_name_start(c) || is_digit_byte(c); }
bool is_space_byte(unsigned char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_text_byte(unsigned char c) {
  return c != '"' && c != '{' && c != '}' && c != '\\' && c != '\n' && c != '\r';
}
bool is_line_byte(unsigned char c) { return c != '\n'; }

const byte_if digit{is_digit_byte};
const byte_if name_byte{is_name_byte};

const auto identifier = byte_if{is_name_start} >> *name_byte;
const auto digits = +digit >> -('.' >> +digit);
// `10%` is a number, `10 % 3` and `10%n` are remainders.
const auto percent = '%' >> !(name_byte | '(');
const auto number = digits >> -(percent | (+name_byte >> *('.' >> +name_byte)));
const auto space = +byte_if{is_space_byte};
const auto line_comment = "//" >> *byte_if{is_line_byte};
const auto block_comment = "/*" >> *(!x3::lit("*/") >> x3::char_) >> "*/";
const auto trivia = *(space | line_comment | block_comment);
// Kept in one piece up to a quote, a brace or the end of the line.
const auto text = +(byte_if{is_text_byte} | ('\\' >> byte_if{is_line_byte}));

struct SymbolTable : x3::symbols<TokenKind> {
  SymbolTable() {
    using enum TokenKind;
    add("{", kBraceOpen)("}", kBraceClose)("(", kParenOpen)(")", kParenClose)("[", kBracketOpen)(
        "]", kBracketClose)(",", kComma)(":", kColon)(".", kDot)("...", kEllipsis)("?", kQuestion)(
        "?.", kQuestionDot)("??", kCoalesce)("||", kOr)("&&", kAnd)("==", kEqualEqual)(
        "!=", kNotEqual)("<", kLess)(">", kGreater)("<=", kLessEqual)(">=", kGreaterEqual)(
        "+", kPlus)("-", kMinus)("*", kStar)("/", kSlash)("%", kPercent)("!", kNot)("=", kEqual)(
        "->", kArrow)("=>", kFatArrow);
  }
};
const SymbolTable symbols;

class Lexer {
 public:
  explicit Lexer(std::string_view source)
      : begin_(source.data()), end_(begin_ + source.size()), at_(begin_), trivia_(begin_) {}

  Lexed run() {
    while (true) {
      if (!modes_.empty() && modes_.back().is_text) {
        text_token();
        continue;
      }
      skip_trivia();
      if (at_ == end_) break;
      token();
    }
    close_texts(at_);
    put(TokenKind::kEnd, at_);
    check_lookalikes();
    return std::move(lexed_);
  }

 private:
  // Inside a text, or inside an insert of one; `depth` counts the insert's open braces.
  struct Mode {
    bool is_text;
    std::size_t depth;
    const char* begin;
  };

  template <class Parser>
  bool take(const char*& at, const Parser& parser) const {
    return x3::parse(at, end_, parser);
  }
  [[nodiscard]] std::uint32_t offset(const char* at) const {
    return static_cast<std::uint32_t>(at - begin_);
  }
  [[nodiscard]] std::string_view rest() const {
    return {at_, static_cast<std::size_t>(end_ - at_)};
  }

  // Makes a token of [at_, token_end) and goes there.
  void put(TokenKind kind, const char* token_end) {
    lexed_.tokens.push_back({kind, offset(at_), offset(token_end) - offset(at_), offset(trivia_)});
    at_ = token_end;
    trivia_ = at_;
  }
  // More than are shown aren't kept.
  void fault(const char* from, const char* to, std::string message, std::string help = {}) {
    if (lexed_.faults.size() > base::limits::kMaxDiagnostics) return;
    lexed_.faults.push_back({{offset(from), offset(to)}, std::move(message), std::move(help)});
  }

  void skip_trivia() {
    const char* from = at_;
    take(at_, trivia);
    if (rest().starts_with("/*")) {
      fault(at_, at_ + 2, "this comment isn't closed", "close it with `*/`");
      lexed_.is_cut = true;
      at_ = end_;
    }
    const std::string_view skipped(from, static_cast<std::size_t>(at_ - from));
    if (!modes_.empty() && skipped.find('\n') != std::string_view::npos) {
      const char* resumed = at_;
      at_ = from;
      close_texts(from);
      at_ = resumed;
    }
  }

  // Closes every open text with empty tokens, and says so once.
  void close_texts(const char* where) {
    if (modes_.empty()) return;
    fault(modes_.front().begin, where, "this text isn't closed on its line",
          "close it with `\"`; a text ends on the line where it begins");
    for (; !modes_.empty(); modes_.pop_back()) {
      put(modes_.back().is_text ? TokenKind::kQuoteClose : TokenKind::kInsertClose, at_);
    }
  }

  void text_token() {
    if (at_ == end_ || *at_ == '\n' || *at_ == '\r') return close_texts(at_);
    const char* to = at_;
    if (*at_ == '"') {
      put(TokenKind::kQuoteClose, at_ + 1);
      modes_.pop_back();
    } else if (*at_ == '{') {
      modes_.push_back({false, 0, at_});
      put(TokenKind::kInsertOpen, at_ + 1);
    } else if (*at_ == '}') {
      fault(at_, at_ + 1, "a `}` without its `{` in a text", "write `\\}` for the character");
      put(TokenKind::kText, at_ + 1);
    } else if (take(to, text)) {
      check_escapes(at_, to);
      put(TokenKind::kText, to);
    } else {
      put(TokenKind::kText, at_ + 1);  // a backslash before the end of the line
    }
  }

  void check_escapes(const char* from, const char* to) {
    for (const char* at = from; at + 1 < to; ++at) {
      if (*at != '\\') continue;
      if (std::string_view("nrt\"\\{}").find(at[1]) == std::string_view::npos) {
        const bool is_ascii = static_cast<unsigned char>(at[1]) < 0x80;
        fault(at, at + (is_ascii ? 2 : 1), "an unknown escape in a text",
              "there are \\n \\r \\t \\\" \\\\ \\{ and \\}");
      }
      ++at;
    }
  }

  void token() {
    const char* to = at_;
    TokenKind symbol = TokenKind::kError;
    if (take(to, identifier)) {
      check_name(at_, to);
      put(reserved_kind({at_, static_cast<std::size_t>(to - at_)}), to);
    } else if (take(to, number)) {
      put(TokenKind::kNumber, to);
    } else if (*at_ == '"') {
      modes_.push_back({true, 0, at_});
      put(TokenKind::kQuoteOpen, at_ + 1);
    } else if (x3::parse(to, end_, symbols, symbol)) {
      brace_or_symbol(symbol, to);
    } else {
      unknown_character();
    }
  }

  static bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  }

  // A name must be what it looks like.
  void check_name(const char* from, const char* to) {
    const std::string_view name(from, static_cast<std::size_t>(to - from));
    if (is_ascii(name)) return;
    for (std::size_t at = 0; at < name.size(); at += code_point_size(name.substr(at))) {
      const std::string_view rest = name.substr(at);
      if (static_cast<unsigned char>(rest[0]) < 0x80 || refused_in_name(rest).empty()) continue;
      return fault(from + at, from + at + code_point_size(rest),
                   code_point_name(rest) + " can't stand in a name: it is " +
                       std::string(refused_in_name(rest)));
    }
    std::string skeleton = skeleton_of(name);
    const bool has_plain = std::ranges::any_of(name, [](char c) {
      return is_name_start(static_cast<unsigned char>(c)) && c > 0 && c != '_';
    });
    if (is_ascii(skeleton) && has_plain) {
      return fault(from, to, "this name isn't what it looks like: it mixes letters of two scripts",
                   "write it with plain letters: `" + skeleton + "`");
    }
    const auto [known, is_new] = lookalikes_.try_emplace(std::move(skeleton), name);
    if (!is_new && known->second != name) looks_alike(name);
  }

  void looks_alike(std::string_view name) {
    fault(name.data(), name.data() + name.size(),
          "another name of this file looks the same but has other letters",
          "write both with the same letters");
  }

  // Names in plain letters against those that only look like them.
  void check_lookalikes() {
    if (lookalikes_.empty()) return;
    const std::string_view whole(begin_, static_cast<std::size_t>(end_ - begin_));
    for (const Token& token : lexed_.tokens) {
      if (token.kind != TokenKind::kIdentifier && !is_reserved(token.kind)) continue;
      const std::string_view name = whole.substr(token.offset, token.length);
      const auto other = lookalikes_.find(std::string(name));
      if (other == lookalikes_.end() || other->second == name) continue;
      looks_alike(other->second);
      lookalikes_.erase(other);
    }
  }

  void brace_or_symbol(TokenKind symbol, const char* to) {
    if (!modes_.empty() && symbol == TokenKind::kBraceOpen) ++modes_.back().depth;
    if (!modes_.empty() && symbol == TokenKind::kBraceClose) {
      if (modes_.back().depth == 0) {
        put(TokenKind::kInsertClose, to);
        modes_.pop_back();
        return;
      }
      --modes_.back().depth;
    }
    put(symbol, to);
  }

  void unknown_character() {
    if (const char* end = end_of_single_quotes(); end != nullptr) {
      fault(at_, end, "a text doesn't stand in single quotes", "write `\"…\"`");
      return put(TokenKind::kError, end);
    }
    const bool is_control = static_cast<unsigned char>(*at_) < 0x20 || *at_ == 0x7f;
    fault(at_, at_ + 1,
          (is_control ? "a control character (" + code_point_name({at_, 1}) + ")"
                      : "`" + std::string(1, *at_) + "`") +
              " has no meaning here",
          help_for(*at_));
    put(TokenKind::kError, at_ + 1);
  }

  // Behind `'abc'`; null where no such thing stands.
  [[nodiscard]] const char* end_of_single_quotes() const {
    if (*at_ != '\'') return nullptr;
    const char* close = std::find_if(at_ + 1, end_, [](char c) {
      return c == '\'' || c == '"' || c == '{' || c == '}' || c == '\n' || c == '\r';
    });
    return close != end_ && *close == '\'' ? close + 1 : nullptr;
  }

  static std::string help_for(char c) {
    switch (c) {
      case ';': return "statements end by themselves: remove it";
      case '\'': return "texts stand in double quotes";
      case '#': return "comments begin with `//`";
      case '&': return "write `&&`";
      case '|': return "write `||`";
      default: return "";
    }
  }

  const char* begin_;
  const char* end_;
  const char* at_;
  const char* trivia_;  // where the next token's trivia begins
  std::vector<Mode> modes_;
  // Names that aren't in plain letters, by what they look like.
  std::map<std::string, std::string_view> lookalikes_;
  Lexed lexed_;
};

}  // namespace

Lexed lex(std::string_view source) { return Lexer(source).run(); }

}  // namespace saga::dsl::grammar
