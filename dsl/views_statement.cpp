#include "dsl/views_statement.hpp"

#include <map>

namespace saga::dsl {

namespace {

StatementKind statement_kind(NodeKind kind) {
  static const std::map<NodeKind, StatementKind> kinds = {
      {NodeKind::kLet, StatementKind::kLet},
      {NodeKind::kStep, StatementKind::kStep},
      {NodeKind::kScope, StatementKind::kScope},
      {NodeKind::kParallel, StatementKind::kParallel},
      {NodeKind::kBranch, StatementKind::kBranch},
      {NodeKind::kFor, StatementKind::kFor},
      {NodeKind::kRepeat, StatementKind::kRepeat},
      {NodeKind::kIf, StatementKind::kIf},
      {NodeKind::kMatch, StatementKind::kMatch},
      {NodeKind::kSelect, StatementKind::kSelect},
      {NodeKind::kWait, StatementKind::kWait},
      {NodeKind::kSleep, StatementKind::kSleep},
      {NodeKind::kEmit, StatementKind::kEmit},
      {NodeKind::kSend, StatementKind::kSend},
      {NodeKind::kCachePut, StatementKind::kCachePut},
      {NodeKind::kAppend, StatementKind::kAppend},
      {NodeKind::kEvict, StatementKind::kEvict},
      {NodeKind::kStart, StatementKind::kStart},
      {NodeKind::kFail, StatementKind::kFail},
      {NodeKind::kReturn, StatementKind::kReturn},
      {NodeKind::kReply, StatementKind::kReply},
      {NodeKind::kUse, StatementKind::kUse},
      {NodeKind::kRequire, StatementKind::kRequire},
      {NodeKind::kLock, StatementKind::kLock},
      {NodeKind::kEscalate, StatementKind::kEscalate},
      {NodeKind::kAlert, StatementKind::kAlert},
      {NodeKind::kNote, StatementKind::kNote},
      {NodeKind::kRollback, StatementKind::kRollback}};
  const auto found = kinds.find(kind);
  return found == kinds.end() ? StatementKind::kMissing : found->second;
}

std::vector<StatementView> statements_in(const View& view) {
  std::vector<StatementView> found;
  for (const View& each : view.parts()) {
    if (statement_kind(each.syntax()) != StatementKind::kMissing) found.emplace_back(each);
  }
  return found;
}

StatementView statement_in(const View& view) {
  const std::vector<StatementView> all = statements_in(view);
  return all.empty() ? StatementView() : all.front();
}

std::optional<ExpressionView> present(const ExpressionView& view) {
  return view.exists() ? std::optional(view) : std::nullopt;
}

std::optional<BlockView> block_in(const View& view) {
  const View found = view.part(NodeKind::kBlock);
  return found.exists() ? std::optional(BlockView(found)) : std::nullopt;
}

std::optional<ClauseKind> clause_kind(NodeKind kind) {
  switch (kind) {
    case NodeKind::kUsingClause: return ClauseKind::kUsing;
    case NodeKind::kKeyClause: return ClauseKind::kKey;
    case NodeKind::kTimeoutClause: return ClauseKind::kTimeout;
    case NodeKind::kWithinClause: return ClauseKind::kWithin;
    case NodeKind::kRetryClause: return ClauseKind::kRetry;
    case NodeKind::kCachedClause: return ClauseKind::kCached;
    case NodeKind::kRemindClause: return ClauseKind::kRemind;
    case NodeKind::kOnClause: return ClauseKind::kOn;
    case NodeKind::kElseClause: return ClauseKind::kElse;
    case NodeKind::kCompensateClause: return ClauseKind::kCompensate;
    case NodeKind::kAgainClause: return ClauseKind::kAgain;
    default: return std::nullopt;
  }
}

}  // namespace

std::vector<ClauseView> clauses_in(const View& view) {
  std::vector<ClauseView> found;
  for (const View& each : view.parts()) {
    if (clause_kind(each.syntax())) found.emplace_back(each);
  }
  return found;
}

std::vector<StatementView> BlockView::statements() const { return statements_in(*this); }

Span BlockView::end() const {
  if (!exists()) return {};
  const auto children = tree().children(node());
  if (children.empty() || !children.back().is_token) return {};
  const Token& last = tree().token(children.back().index);
  if (last.kind != TokenKind::kBraceClose) return {};
  return {last.offset, last.offset + last.length};
}

std::optional<BlockView> BodyView::block() const { return block_in(*this); }
StatementView BodyView::statement() const { return statement_in(*this); }

PatternView MatchArmView::pattern() const { return PatternView(part(NodeKind::kPattern)); }
std::optional<ExpressionView> MatchArmView::guard() const { return present(expression_in(*this)); }
std::optional<BlockView> MatchArmView::block() const { return block_in(*this); }
StatementView MatchArmView::statement() const { return statement_in(*this); }

NameView SelectCaseView::event() const { return name_in(*this); }
std::vector<ArgumentView> SelectCaseView::arguments() const { return arguments_in(*this); }
std::optional<NameView> SelectCaseView::alias() const { return alias_in(*this); }
std::optional<ExpressionView> SelectCaseView::after() const { return option_in(*this, "after"); }
BlockView SelectCaseView::block() const { return BlockView(part(NodeKind::kBlock)); }

StatementKind StatementView::kind() const {
  return exists() ? statement_kind(syntax()) : StatementKind::kMissing;
}

NameView StatementView::name() const {
  const View slot = part(NodeKind::kSlot);
  return name_in(slot.exists() ? slot : *this);
}

std::optional<ExpressionView> StatementView::value() const { return present(expression_in(*this)); }

std::optional<TypeView> StatementView::type() const {
  const View found = part(NodeKind::kTypeReference);
  return found.exists() ? std::optional(TypeView(found)) : std::nullopt;
}

StatementView StatementView::construct() const {
  return kind() == StatementKind::kLet ? statement_in(*this) : StatementView();
}

bool StatementView::is_pivot() const { return kind() == StatementKind::kStep && has("pivot"); }
std::optional<ExpressionView> StatementView::label() const {
  return present(expression_in(part(NodeKind::kLabel)));
}
std::vector<ClauseView> StatementView::clauses() const { return clauses_in(*this); }
BlockView StatementView::block() const { return BlockView(part(NodeKind::kBlock)); }
bool StatementView::is_any() const { return has("any"); }

std::vector<StatementView> StatementView::branches() const {
  return kind() == StatementKind::kParallel ? statements_in(*this) : std::vector<StatementView>();
}

std::optional<ExpressionView> StatementView::at_once() const {
  return present(expression_in(part(NodeKind::kAtOnce)));
}
std::optional<ExpressionView> StatementView::up_to() const {
  return present(expression_in(part(NodeKind::kUpTo)));
}
std::optional<BlockView> StatementView::else_block() const {
  return block_in(part(NodeKind::kElse));
}
StatementView StatementView::else_if() const { return statement_in(part(NodeKind::kElse)); }

std::optional<BodyView> StatementView::else_body() const {
  const View found = part(NodeKind::kElse).part(NodeKind::kBody);
  return found.exists() ? std::optional(BodyView(found)) : std::nullopt;
}

bool StatementView::is_until() const { return has("until"); }
std::vector<ArgumentView> StatementView::arguments() const { return arguments_in(*this); }

NameView StatementView::event() const {
  const std::vector<View> names = parts(NodeKind::kName);
  return kind() == StatementKind::kWait && names.size() > 1 ? NameView(names[1]) : NameView();
}

std::optional<NameView> StatementView::alias() const { return alias_in(*this); }
ExpressionView StatementView::slot_key() const { return expression_in(part(NodeKind::kSlot)); }

std::vector<MatchArmView> StatementView::arms() const {
  std::vector<MatchArmView> found;
  for (const View& each : parts(NodeKind::kMatchArm)) found.emplace_back(each);
  return found;
}

std::vector<SelectCaseView> StatementView::cases() const {
  std::vector<SelectCaseView> found;
  for (const View& each : parts(NodeKind::kSelectCase)) found.emplace_back(each);
  return found;
}

bool StatementView::is_inconsistency() const { return has("inconsistency"); }

std::optional<ExpressionView> StatementView::option(std::string_view word) const {
  return option_in(*this, word);
}

bool RetryView::is_never() const { return has("never"); }
bool RetryView::is_forever() const { return has("forever"); }
std::vector<ExpressionView> RetryView::delays() const {
  return expressions_in(part(NodeKind::kSchedule));
}
bool RetryView::repeats_last() const { return part(NodeKind::kSchedule).has("..."); }
std::optional<ExpressionView> RetryView::after() const { return option_in(*this, "after"); }
std::optional<ExpressionView> RetryView::policy() const { return present(expression_in(*this)); }
std::optional<ExpressionView> RetryView::every() const { return option_in(*this, "every"); }
std::optional<ExpressionView> RetryView::up_to() const {
  return present(expression_in(part(NodeKind::kUpTo)));
}
std::optional<ExpressionView> RetryView::jitter() const {
  return present(expression_in(part(NodeKind::kJitter)));
}
std::optional<ExpressionView> RetryView::within() const { return option_in(*this, "within"); }
std::vector<NameView> RetryView::when() const { return names_in(part(NodeKind::kWhen)); }
std::optional<NameView> RetryView::alias() const { return alias_in(part(NodeKind::kWhen)); }

ClauseKind ClauseView::kind() const { return clause_kind(syntax()).value_or(ClauseKind::kElse); }

Span ClauseView::keyword() const {
  const auto children = tree().children(node());
  if (children.empty() || !children.front().is_token) return span();
  const Token& first = tree().token(children.front().index);
  return {first.offset, first.offset + first.length};
}

NameView ClauseView::name() const { return name_in(*this); }
ExpressionView ClauseView::value() const {
  return is_none() ? ExpressionView() : expression_in(*this);
}

RetryView ClauseView::retry() const {
  return RetryView(kind() == ClauseKind::kRetry ? View(*this) : part(NodeKind::kRetryClause));
}

std::vector<NameView> ClauseView::names() const { return names_in(*this); }
std::optional<NameView> ClauseView::alias() const { return alias_in(*this); }
BodyView ClauseView::body() const { return BodyView(part(NodeKind::kBody)); }
std::optional<ExpressionView> ClauseView::ttl() const { return option_in(*this, "ttl"); }
bool ClauseView::is_none() const { return kind() == ClauseKind::kCompensate && has("none"); }

std::optional<ExpressionView> ClauseView::reason() const {
  return is_none() ? present(expression_in(*this)) : std::nullopt;
}

bool ClauseView::is_unknown() const { return kind() == ClauseKind::kCompensate && has("unknown"); }
std::optional<BlockView> ClauseView::block() const { return block_in(*this); }
std::vector<ClauseView> ClauseView::clauses() const { return clauses_in(*this); }

}  // namespace saga::dsl
