#pragma once

#include "dsl/views_expression.hpp"

namespace saga::dsl {

enum class StatementKind : std::uint8_t {
  kMissing,
  kLet,
  kStep,
  kScope,
  kParallel,
  kBranch,
  kFor,
  kRepeat,
  kIf,
  kMatch,
  kSelect,
  kWait,
  kSleep,
  kEmit,
  kSend,
  kCachePut,
  kAppend,
  kEvict,
  kStart,
  kFail,
  kReturn,
  kReply,
  kUse,
  kRequire,
  kLock,
  kEscalate,
  kAlert,
  kNote,
  kRollback,
};

enum class ClauseKind : std::uint8_t {
  kUsing,
  kKey,
  kTimeout,
  kWithin,
  kRetry,
  kCached,
  kRemind,
  kOn,
  kElse,
  kCompensate,
  kAgain,
};

class StatementView;
class ClauseView;

class BlockView : public View {
 public:
  BlockView() = default;
  explicit BlockView(const View& view) : View(view) {}
  [[nodiscard]] std::vector<StatementView> statements() const;
  [[nodiscard]] Span end() const;  // the closing brace; empty if it is missing
};

// What a handler does: a block, or one `use`, `fail` or `return`.
class BodyView : public View {
 public:
  BodyView() = default;
  explicit BodyView(const View& view) : View(view) {}
  [[nodiscard]] std::optional<BlockView> block() const;
  [[nodiscard]] StatementView statement() const;  // missing if it is a block
};

class MatchArmView : public View {
 public:
  explicit MatchArmView(const View& view) : View(view) {}
  [[nodiscard]] PatternView pattern() const;
  [[nodiscard]] std::optional<ExpressionView> guard() const;
  [[nodiscard]] std::optional<BlockView> block() const;
  [[nodiscard]] StatementView statement() const;
};

class SelectCaseView : public View {
 public:
  explicit SelectCaseView(const View& view) : View(view) {}
  [[nodiscard]] NameView event() const;  // missing for `after`
  [[nodiscard]] std::vector<ArgumentView> arguments() const;
  [[nodiscard]] std::optional<NameView> alias() const;
  [[nodiscard]] std::optional<ExpressionView> after() const;
  [[nodiscard]] BlockView block() const;
};

// A statement. Each accessor belongs to the kinds beside it and is missing or empty for others.
class StatementView : public View {
 public:
  StatementView() = default;
  explicit StatementView(const View& view) : View(view) {}

  [[nodiscard]] StatementKind kind() const;
  // What it binds or names: kLet, kStep, kScope, kBranch, kFor (the item), kWait, kRollback; the
  // event of kEmit, queue of kSend, saga of kStart, stream of kAppend; the cache of kCachePut and
  // kEvict.
  [[nodiscard]] NameView name() const;
  // The main expression: kLet, kStep, kSleep, kFail, kReturn, kReply, kUse, kNote, kEscalate,
  // kAlert, kMatch; the condition of kIf and kRequire, the list of kFor, the lock of kLock, what is
  // put by kCachePut.
  [[nodiscard]] std::optional<ExpressionView> value() const;

  [[nodiscard]] std::optional<TypeView> type() const;  // kLet
  [[nodiscard]] StatementView construct()
      const;                            // kLet: the kFor, kRepeat, kSelect, kParallel it binds
  [[nodiscard]] bool is_pivot() const;  // kStep
  [[nodiscard]] std::optional<ExpressionView> label() const;  // kStep, kScope, kBranch: a kText
  [[nodiscard]] std::vector<ClauseView> clauses() const;      // kStep, kScope, kParallel
  [[nodiscard]] BlockView block()
      const;                          // kScope, kBranch, kFor, kRepeat; kIf: what is done if true
  [[nodiscard]] bool is_any() const;  // kParallel
  [[nodiscard]] std::vector<StatementView> branches() const;    // kParallel: kStep and kBranch
  [[nodiscard]] std::optional<ExpressionView> at_once() const;  // kFor: the number after `parallel`
  [[nodiscard]] std::optional<ExpressionView> up_to() const;    // kRepeat: the number of times
  [[nodiscard]] std::optional<BlockView> else_block() const;    // kIf
  [[nodiscard]] StatementView else_if() const;                  // kIf
  [[nodiscard]] std::optional<BodyView> else_body()
      const;                            // kRequire, kLock, kRepeat, kWait, kAppend
  [[nodiscard]] bool is_until() const;  // kSleep
  [[nodiscard]] std::vector<ArgumentView> arguments()
      const;                                                // kEmit, kSend, kStart, kAppend, kWait
  [[nodiscard]] NameView event() const;                     // kWait
  [[nodiscard]] std::optional<NameView> alias() const;      // kRepeat
  [[nodiscard]] ExpressionView slot_key() const;            // kCachePut, kEvict
  [[nodiscard]] std::vector<MatchArmView> arms() const;     // kMatch
  [[nodiscard]] std::vector<SelectCaseView> cases() const;  // kSelect
  [[nodiscard]] bool is_inconsistency() const;              // kAlert
  // `within 5s`, `after 1h`, `ttl 10m`, `since …`, `to …`, `every …`, `version …`, `expect …`.
  [[nodiscard]] std::optional<ExpressionView> option(std::string_view word) const;
};

// A retry ladder: exactly one of is_never, is_forever, delays, after and policy says when; the rest
// may stand beside it.
class RetryView : public View {
 public:
  RetryView() = default;
  explicit RetryView(const View& view) : View(view) {}
  [[nodiscard]] bool is_never() const;
  [[nodiscard]] bool is_forever() const;
  [[nodiscard]] std::vector<ExpressionView> delays() const;  // `1s, 3s, …`
  [[nodiscard]] bool repeats_last() const;                   // the delays end in `...`
  [[nodiscard]] std::optional<ExpressionView> after() const;
  [[nodiscard]] std::optional<ExpressionView> policy() const;  // `exponential(…)`
  [[nodiscard]] std::optional<ExpressionView> every() const;   // of `forever`
  [[nodiscard]] std::optional<ExpressionView> up_to() const;   // a kNumber
  [[nodiscard]] std::optional<ExpressionView> jitter() const;  // a kNumber
  [[nodiscard]] std::optional<ExpressionView> within() const;
  [[nodiscard]] std::vector<NameView> when() const;
  [[nodiscard]] std::optional<NameView> alias() const;  // of `when X as e`
};

// A clause of a step, scope, parallel, policy or compensation.
class ClauseView : public View {
 public:
  explicit ClauseView(const View& view) : View(view) {}

  [[nodiscard]] ClauseKind kind() const;
  [[nodiscard]] Span keyword() const;   // its first word
  [[nodiscard]] NameView name() const;  // kUsing: the policy
  // kKey, kTimeout, kWithin, kCached, kRemind; kCompensate: the call, missing for `none` and a
  // block.
  [[nodiscard]] ExpressionView value() const;
  [[nodiscard]] RetryView retry() const;                       // kRetry, kAgain
  [[nodiscard]] std::vector<NameView> names() const;           // kOn
  [[nodiscard]] std::optional<NameView> alias() const;         // kOn
  [[nodiscard]] BodyView body() const;                         // kOn, kElse
  [[nodiscard]] std::optional<ExpressionView> ttl() const;     // kCached
  [[nodiscard]] bool is_none() const;                          // kCompensate
  [[nodiscard]] std::optional<ExpressionView> reason() const;  // kCompensate: the text after `none`
  [[nodiscard]] bool is_unknown() const;                       // kCompensate
  [[nodiscard]] std::optional<BlockView> block() const;        // kCompensate
  [[nodiscard]] std::vector<ClauseView> clauses() const;       // kCompensate: those of its call
};

std::vector<ClauseView> clauses_in(const View& view);

}  // namespace saga::dsl
