#pragma once

#include <boost/spirit/home/x3.hpp>
#include <cstddef>
#include <iterator>
#include <span>

#include "dsl/grammar/sink.hpp"

// The terminals and directives of which the grammar is made. There are no attributes: a parser
// reads tokens and writes tree events, whose number rides in the iterator, so that X3's own
// backtracking restores the tree. After the first `must` of a sequence everything must be a `must`,
// an option or a repetition: nothing behind a reported fault may make an alternative fail.
namespace saga::dsl::grammar {

namespace x3 = boost::spirit::x3;
using x3::unused_type;

class TokenIterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = Token;
  using difference_type = std::ptrdiff_t;
  using pointer = const Token*;
  using reference = const Token&;

  TokenIterator() = default;
  TokenIterator(std::uint32_t token, Sink* sink) : token_(token), sink_(sink) {}

  reference operator*() const { return sink_->tokens[token_]; }
  pointer operator->() const { return &**this; }
  TokenIterator& operator++() {
    ++token_;
    return *this;
  }
  TokenIterator operator++(int) {
    TokenIterator before = *this;
    ++token_;
    return before;
  }
  friend bool operator==(const TokenIterator& a, const TokenIterator& b) {
    return a.token_ == b.token_;
  }

  [[nodiscard]] std::uint32_t token() const { return token_; }
  [[nodiscard]] Sink& sink() const { return *sink_; }
  [[nodiscard]] std::uint32_t event_count() const { return events_; }
  [[nodiscard]] std::string_view text() const { return sink_->text(token_); }

  void put(const TreeEvent& event) {
    sink_->events.resize(events_);
    sink_->events.push_back(event);
    ++events_;
  }
  void open(NodeKind kind) { put({TreeEvent::Kind::kOpen, kind, 0}); }
  void close() { put({TreeEvent::Kind::kClose, NodeKind::kFile, 0}); }
  // Puts the token into the tree and goes on.
  void bump() {
    put({TreeEvent::Kind::kToken, NodeKind::kFile, token_});
    ++token_;
  }
  // Makes a node of all that was put since the event number `from`.
  void wrap(std::uint32_t from, NodeKind kind) {
    sink_->events.resize(events_);
    sink_->events.insert(sink_->events.begin() + from, {TreeEvent::Kind::kOpen, kind, 0});
    ++events_;
    close();
  }

 private:
  std::uint32_t token_ = 0;
  Sink* sink_ = nullptr;
  std::uint32_t events_ = 0;
};

// What all parsers of the kit say to X3.
template <class Derived>
struct terminal : x3::parser<Derived> {
  using attribute_type = unused_type;
  static bool const has_attribute = false;

  template <class Context, class RuleContext, class Attribute>
  bool parse(TokenIterator& first, const TokenIterator&, const Context&, RuleContext&,
             Attribute&) const {
    return this->derived().read(first);
  }
};

// A token of one kind.
struct tok : terminal<tok> {
  explicit constexpr tok(TokenKind wanted) : kind(wanted) {}
  bool read(TokenIterator& at) const {
    if (at.sink().panic) return false;
    if (at->kind == kind) {
      at.bump();
      return true;
    }
    at.sink().miss(at.token(), describe(kind));
    return false;
  }
  TokenKind kind;
};

// A contextual word; `quoted` is the word in backticks.
struct word : terminal<word> {
  explicit constexpr word(std::string_view quoted_word) : quoted(quoted_word) {}
  bool read(TokenIterator& at) const {
    if (at.sink().panic) return false;
    if (at->kind == TokenKind::kIdentifier && at.text() == quoted.substr(1, quoted.size() - 2)) {
      at.bump();
      return true;
    }
    at.sink().miss(at.token(), quoted);
    return false;
  }
  std::string_view quoted;
};

// Runs of the words that a fault shows in backticks.
#define SAGA_WORD(text) ::saga::dsl::grammar::word("`" text "`")

// An identifier or any reserved word, as a kName node.
struct any_name_parser : terminal<any_name_parser> {
  bool read(TokenIterator& at) const {
    if (at.sink().panic) return false;
    if (at->kind != TokenKind::kIdentifier && !is_reserved(at->kind)) {
      at.sink().miss(at.token(), "a name");
      return false;
    }
    at.open(NodeKind::kName);
    at.bump();
    at.close();
    return true;
  }
};
inline const any_name_parser any_name{};

// Succeeds, reading nothing, unless the next token begins a line.
struct same_line_parser : terminal<same_line_parser> {
  bool read(TokenIterator& at) const {
    return !at.sink().panic && !at.sink().begins_line(at.token());
  }
};
inline const same_line_parser same_line{};

template <class Subject, class Derived>
struct directive : x3::unary_parser<Subject, Derived> {
  using attribute_type = unused_type;
  static bool const has_attribute = false;
  using x3::unary_parser<Subject, Derived>::unary_parser;

  // The subject's own parse, without an attribute; `at` is restored if it fails.
  template <class Context, class RuleContext>
  bool inner(TokenIterator& at, const TokenIterator& last, const Context& context,
             RuleContext& rule) const {
    const TokenIterator saved = at;
    unused_type nothing;
    if (this->subject.parse(at, last, context, rule, nothing)) return true;
    at = saved;
    return false;
  }
};

// node(kind)[p]: all that p reads becomes one node.
template <class Subject>
struct node_parser : directive<Subject, node_parser<Subject>> {
  node_parser(const Subject& inside, NodeKind made)
      : directive<Subject, node_parser<Subject>>(inside), kind(made) {}
  template <class Context, class RuleContext, class Attribute>
  bool parse(TokenIterator& at, const TokenIterator& last, const Context& context,
             RuleContext& rule, Attribute&) const {
    const TokenIterator saved = at;
    at.open(kind);
    if (this->inner(at, last, context, rule)) {
      at.close();
      return true;
    }
    at = saved;
    return false;
  }
  NodeKind kind;
};
struct node {
  explicit constexpr node(NodeKind made) : kind(made) {}
  template <class Subject>
  auto operator[](const Subject& subject) const {
    return node_parser<typename x3::extension::as_parser<Subject>::value_type>(
        x3::as_parser(subject), kind);
  }
  NodeKind kind;
};

// must[p]: if p fails, what was expected is reported, panic begins, and the parse goes on.
template <class Subject>
struct must_parser : directive<Subject, must_parser<Subject>> {
  using directive<Subject, must_parser<Subject>>::directive;
  template <class Context, class RuleContext, class Attribute>
  bool parse(TokenIterator& at, const TokenIterator& last, const Context& context,
             RuleContext& rule, Attribute&) const {
    if (at.sink().panic) return true;
    if (!this->inner(at, last, context, rule) && !at.sink().panic) at.sink().report();
    return true;
  }
};
struct must_directive {
  template <class Subject>
  auto operator[](const Subject& subject) const {
    return must_parser<typename x3::extension::as_parser<Subject>::value_type>(
        x3::as_parser(subject));
  }
};
inline const must_directive must{};

// named("a type")[p]: where p fails at its first token, only the name is said to be expected.
template <class Subject>
struct named_parser : directive<Subject, named_parser<Subject>> {
  named_parser(const Subject& inside, std::string_view shown)
      : directive<Subject, named_parser<Subject>>(inside), name(shown) {}
  template <class Context, class RuleContext, class Attribute>
  bool parse(TokenIterator& at, const TokenIterator& last, const Context& context,
             RuleContext& rule, Attribute&) const {
    const auto before = at.sink().expectation();
    if (this->inner(at, last, context, rule)) return true;
    if (!at.sink().panic) at.sink().rename(before, at.token(), name);
    return false;
  }
  std::string_view name;
};
struct named {
  explicit constexpr named(std::string_view shown) : name(shown) {}
  template <class Subject>
  auto operator[](const Subject& subject) const {
    return named_parser<typename x3::extension::as_parser<Subject>::value_type>(
        x3::as_parser(subject), name);
  }
  std::string_view name;
};

// nested[p]: one level of nesting; past the limit a fault, and p isn't tried.
template <class Subject>
struct nested_parser : directive<Subject, nested_parser<Subject>> {
  using directive<Subject, nested_parser<Subject>>::directive;
  template <class Context, class RuleContext, class Attribute>
  bool parse(TokenIterator& at, const TokenIterator& last, const Context& context,
             RuleContext& rule, Attribute&) const {
    Sink& sink = at.sink();
    if (sink.panic || !sink.may_nest(at.token(), sink.depth)) return false;
    ++sink.depth;
    const bool done = this->inner(at, last, context, rule);
    --sink.depth;
    return done;
  }
};
struct nested_directive {
  template <class Subject>
  auto operator[](const Subject& subject) const {
    return nested_parser<typename x3::extension::as_parser<Subject>::value_type>(
        x3::as_parser(subject));
  }
};
inline const nested_directive nested{};

// Where a list goes on after a fault: at one of its own beginnings, or its closing brace.
struct Sync {
  std::span<const TokenKind> kinds;
  std::span<const std::string_view> words;  // these count only at the beginning of a line
  bool is_top = false;                      // a `}` here closes nothing: it is skipped
  bool at_lines = false;                    // any token that begins a line will do
};

// Whether a declaration begins a line here. Where a list goes on, a brace before isn't closed: what
// follows isn't meant to stand inside.
bool begins_item(const Sink& sink, std::uint32_t token);

// Succeeds, reading nothing, unless a declaration begins here.
struct no_item_parser : terminal<no_item_parser> {
  bool read(TokenIterator& at) const {
    return !at.sink().panic && !begins_item(at.sink(), at.token());
  }
};
inline const no_item_parser no_item{};

bool ends_list(const TokenIterator& at, const Sync& sync);
bool is_sync(const TokenIterator& at, const Sync& sync);
// Skips to the next place in `sync`, balancing brackets, into a kError node. Reads at least one
// token.
void skip_to(TokenIterator& at, const Sync& sync);

// resync(sync): ends panic, behind an element of a list.
struct resync : terminal<resync> {
  explicit constexpr resync(const Sync& where) : sync(where) {}
  bool read(TokenIterator& at) const {
    if (!at.sink().panic) return true;
    if (!sync.is_top && begins_item(at.sink(), at.token())) return true;  // for the file's own list
    at.sink().panic = at.sink().gives_up;
    if (!ends_list(at, sync) && !is_sync(at, sync)) skip_to(at, sync);
    return true;
  }
  Sync sync;
};

// recover(sync): the element of last resort: reports what was expected, and skips. In panic it
// fails, for then the list's own beginning is missing: who wants the list goes on elsewhere.
struct recover : terminal<recover> {
  explicit constexpr recover(const Sync& where) : sync(where) {}
  bool read(TokenIterator& at) const {
    if (ends_list(at, sync) || (at.sink().panic && !sync.is_top)) return false;
    if (!at.sink().panic) at.sink().report();
    at.sink().panic = at.sink().gives_up;
    skip_to(at, sync);
    return true;
  }
  Sync sync;
};

}  // namespace saga::dsl::grammar
