#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/json.hpp"
#include "engine/core/expression.hpp"
#include "engine/core/schedule.hpp"
#include "engine/core/type.hpp"

namespace saga::core {

struct Span {
  std::uint32_t file = 0;  // index into Definition::sources
  std::uint32_t begin = 0;
  std::uint32_t end = 0;  // bytes, [begin, end)
};

struct Source {
  std::string path;  // relative to the root, as shown to people
  // Shared by all definitions that were compiled from it; null where it isn't known.
  std::shared_ptr<const std::string> text;
};

enum class OperationEffect : std::uint8_t { kRead, kWrite, kNotify };
enum class Idempotence : std::uint8_t { kNone, kNatural, kByKey };

// One argument of a `resolve`: a parameter of the operation by index, or the action's key.
struct ResolveArgument {
  static constexpr std::uint32_t kKey = kNone;
  std::uint32_t parameter = kKey;
};

// An operation of a service: the contract between engine and participant.
struct Operation {
  std::string service;  // full name: `shop.orders.Payment`
  std::string name;
  OperationEffect effect = OperationEffect::kRead;
  TypeId input = kNone;        // a kRecord with the parameters as fields
  TypeId result = kNone;       // kNothing if there is none
  std::vector<TypeId> errors;  // kError types
  Idempotence idempotence = Idempotence::kNone;
  std::string idempotent_by;  // empty, or the parameter that carries the key instead of `key`
  OperationId resolve =
      kNone;  // a read whose result is `result?`, or bool where there is no result
  std::vector<ResolveArgument> resolve_arguments;
  bool is_async = false;
  std::string http_method = "POST";
  std::string http_path;  // `orders/{id}`; empty = the operation's name
  std::string secret;     // name of the service's `auth` secret, or empty
  Span span;
};

// A handler `on A, B as e { … }`. The body is a kBlock; `use`, `fail` and `return` inside it are
// nodes.
struct Handler {
  std::vector<std::string> errors;  // names, as participants answer them
  SlotId slot = kNone;              // `as e`
  NodeId body = kNone;
};

// One `retry` clause; the first whose `when` matches the attempt's fault applies.
struct Retry {
  Schedule schedule;
  ExpressionId after = kNone;   // `retry after e.retry_after`: a duration; else the schedule's
  std::uint32_t max_times = 0;  // `up to n times`; 0 = as the schedule says
  std::int32_t jitter_per_mille = 0;  // each delay is multiplied by 1 +- jitter
  ExpressionId within = kNone;        // bounds this ladder
  std::vector<std::string> when;  // Unavailable, Timeout, Reset, error names; empty = every fault
  SlotId slot = kNone;            // `when E as e`
};

// A call of an operation or of a child saga with everything that surrounds it. `using` is already
// folded in by the lowering.
struct Call {
  OperationId operation = kNone;        // exactly one of operation and child is set
  std::uint32_t child = kNone;          // index into Definition::children
  std::vector<ExpressionId> arguments;  // in the order of the parameters
  ExpressionId key = kNone;             // `key`: overrides the path's
  ExpressionId timeout = kNone;         // of an attempt; kNone = 10s
  ExpressionId within = kNone;          // of the step with its retries
  std::vector<Retry> retries;
  std::vector<Handler> handlers;
  NodeId fallback = kNone;  // `else`: a kBlock
};

struct Compensation {
  enum class Kind : std::uint8_t { kAbsent, kNone, kCall, kBlock };
  Kind kind = Kind::kAbsent;
  std::string reason;    // kNone
  Call call;             // kCall
  NodeId block = kNone;  // kBlock
  Span span;
};

struct BlockNode {
  std::vector<NodeId> statements;
};
struct LetNode {
  SlotId slot = kNone;
  ExpressionId value = kNone;
};
struct StepNode {
  bool is_pivot = false;
  bool after_pivot = false;  // no path reaches it before a pivot
  Call action;
  SlotId slot = kNone;                // what the step's name is bound to; kNone without a result
  Compensation compensation;          // of a done step, and of an unknown one without its twin
  Compensation compensation_unknown;  // `compensate unknown`
};
struct ScopeNode {
  NodeId block = kNone;
  std::vector<Handler> handlers;
  NodeId fallback = kNone;
  NodeId compensation = kNone;  // a kBlock, instead of its steps' own once the scope is done
  std::vector<Retry> again;     // at most one: for which errors, when and how often it is run anew
};
struct ParallelNode {
  std::vector<NodeId> branches;  // steps and branches; of `any` branches only
  std::vector<Handler> handlers;
  NodeId fallback = kNone;
  bool is_any = false;    // the first branch that is done wins, what the others did is undone
  SlotId result = kNone;  // `let x = parallel`: a record of what the branches give and the steps'
                          // results; of `any` what the winner gives
};
struct BranchNode {
  NodeId block = kNone;  // without a name it adds nothing to the paths inside
  SlotId used = kNone;   // what it gives by `use`, in its frame
};
struct IfNode {
  ExpressionId condition = kNone;
  NodeId then_block = kNone;
  NodeId else_block = kNone;  // a kBlock, or a kBlock that holds the next `if`; may be kNone
};
struct ForNode {
  SlotId item = kNone;
  ExpressionId list = kNone;
  NodeId block = kNone;
  std::uint32_t at_once = 1;  // `parallel n`
  SlotId used = kNone;        // `let xs = for`: what a round gives by `use`, in its frame
  SlotId result = kNone;      // and the list of them
};
// Rounds from 1, until one of them gives a value by `use`.
struct RepeatNode {
  std::uint32_t times = 1;
  ExpressionId every = kNone;  // from a round's start to the next one's, at least
  SlotId round = kNone;        // `as round`: an int
  NodeId block = kNone;
  NodeId otherwise = kNone;  // `else`: no round gave a value
  SlotId result = kNone;     // `let x = repeat`; without an `else` it is null in its place
};
struct RequireNode {
  ExpressionId condition = kNone;
  NodeId otherwise = kNone;  // a kBlock
};
struct FailNode {
  ExpressionId error = kNone;
};
struct ReturnNode {
  ExpressionId value = kNone;  // kNone without a result
};
struct UseNode {
  ExpressionId value = kNone;
  NodeId target = kNone;  // the `for`, `repeat` or branch whose value it is; kNone: the value of
                          // the handler's step
};
struct SleepNode {
  ExpressionId duration = kNone;  // exactly one of both
  ExpressionId until = kNone;
};
struct NoteNode {
  ExpressionId text = kNone;
};
struct AlertNode {
  ExpressionId text = kNone;
  ExpressionId to = kNone;  // a string: a name, or `role:` and a role's
  bool is_inconsistency = false;
};
// Waits for a person, who settles it as done or not done.
struct EscalateNode {
  ExpressionId text = kNone;
  ExpressionId to = kNone;
};
// Answers whoever waits for the saga; it goes on.
struct ReplyNode {
  ExpressionId value = kNone;
};
// Compensates the steps' instances in the present round of what stands around both, beside the
// forward path.
struct RollbackNode {
  std::vector<NodeId> steps;
};

using NodeBody =
    std::variant<BlockNode, LetNode, StepNode, ScopeNode, ParallelNode, BranchNode, IfNode, ForNode,
                 RequireNode, FailNode, ReturnNode, UseNode, SleepNode, NoteNode, RepeatNode,
                 AlertNode, ReplyNode, RollbackNode, EscalateNode>;

struct Node {
  std::string name;   // of a step, scope, branch or let; else empty
  std::string label;  // the human text
  Span span;          // the statement
  NodeBody body;
};

struct Slot {
  std::string name;
  TypeId type = kNone;
};

// A child saga, pinned by hash.
struct ChildRef {
  std::string definition;  // full name
  std::string hash;
  TypeId input = kNone;  // a kRecord with its parameters, as the caller's types see them
  bool has_pivot = false;
};

// One saga, lowered: all that the engine needs to run it, for ever. Immutable once built; shared by
// shared_ptr<const Definition>. Stored as JSON text of an own versioned format (FORMAT.md) under
// the hash of that text, next to its sources. Node, expression and type ids are positions and don't
// change.
struct Definition {
  static constexpr int kFormatVersion = 1;

  std::string name;  // full: `shop.orders.PlaceOrder`
  std::int64_t version = 1;
  std::string hash;  // hex SHA-256 of encode(*this); not part of the text

  std::vector<Source> sources;  // all files it was compiled from, imports too
  std::vector<Type> types;
  std::vector<Expression> expressions;
  std::vector<Slot> slots;
  std::vector<Node> nodes;
  std::vector<Operation> operations;
  std::vector<ChildRef> children;

  TypeId input = kNone;            // a kRecord with the parameters as fields
  std::vector<SlotId> parameters;  // a slot for each of input's fields
  TypeId result = kNone;           // kNothing without
  ExpressionId key = kNone;        // `key`: text, int or uuid, over the parameters
  ExpressionId deadline = kNone;   // a duration
  NodeId root = kNone;             // a kBlock
  NodeId on_failed = kNone;        // a kBlock
  SlotId on_failed_slot = kNone;
  NodeId on_completed = kNone;       // a kBlock
  SlotId on_completed_slot = kNone;  // the result
  NodeId on_stuck = kNone;           // a kBlock
  SlotId on_stuck_slot = kNone;      // an error that says why
  bool has_pivot = false;
  Span span;
};

}  // namespace saga::core
