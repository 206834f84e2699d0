#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/json.hpp"
#include "engine/base/result.hpp"
#include "engine/core/definition.hpp"
#include "engine/core/input.hpp"
#include "engine/core/row_head.hpp"

// The facts of a saga's history. Append-only and versioned: a released event's meaning never
// changes. Each carries every value that it binds; `apply` evaluates nothing. FORMAT.md gives their
// JSON.
namespace saga::core {

struct Binding {
  SlotId slot = kNone;
  base::JsonText value;
  friend bool operator==(const Binding&, const Binding&) = default;
};

// Why a frame exists; decides what its end means to its parent.
enum class FrameKind : std::uint8_t {
  kRoot,
  kBlock,  // an if-arm, a `require … else` body
  kScope,
  kParallel,
  kBranch,
  kLoop,
  kIteration,
  kHandler,      // `on` or `else` of a step, scope or parallel: parent is that frame
  kUndoHandler,  // `on` or `else` of a compensation: parent is its step
  kStep,
  kSleep,
  kCompensation,  // a `compensate { … }` block: parent is its step
  kOnFailed,
  kOnCompleted,  // the forward path is over; the saga ends with it
  kOnStuck,      // runs beside all else, and is no part of its parent's way
  kEscalation,   // waits for a person
};
std::string_view name_of(FrameKind kind);

enum class Verdict : std::uint8_t { kNone, kDone, kRejected, kUnavailable, kUnknown };
std::string_view name_of(Verdict verdict);

namespace event {

struct Started {
  StartInput start;
  base::TimePoint at;
  std::vector<Binding> parameters;
  std::optional<base::TimePoint> deadline;
};
// A `let` (which advances its block), or what `use` gives: of a handler, in the block of its step;
// of a round or branch, in its own frame; of a whole `for`, `repeat` or `parallel`, in its block.
struct Bound {
  FrameId frame = 0;
  Binding binding;
  bool by_use = false;
};
// A frame other than a step begins.
struct Entered {
  FrameId frame = 0;
  FrameId parent = 0;
  FrameKind kind = FrameKind::kBlock;
  NodeId node = kNone;
  std::string path;                      // of what stands inside; ends without a slash
  std::uint32_t index = 0;               // kIteration: of the item, or the round
  std::vector<Binding> bindings;         // kIteration: the item, the round; handlers: the error
  std::uint32_t count = 0;               // kLoop: items, or rounds at most; kParallel: branches
  std::vector<base::JsonText> items;     // kLoop: of the list
  std::optional<base::TimePoint> until;  // kSleep; kIteration: the next round begins not before
  std::optional<base::TimePoint> since;  // kScope: of its first run that failed, if it is run anew
};
// A statement that left nothing behind: a `require` that held, an `if` without a branch to take.
struct Passed {
  FrameId frame = 0;  // the block's
  NodeId node = kNone;
};
// A frame other than a step ended as it should. What a scope bound is its parent's from here on.
struct Left {
  FrameId frame = 0;
};
// A step's intent: its compensation is registered from here on.
struct StepStarted {
  FrameId frame = 0;
  FrameId parent = 0;
  NodeId node = kNone;
  std::string path;
  std::string key;
  base::JsonText arguments;
  std::optional<base::TimePoint> within;  // the step's end with its retries
  SlotId slot = kNone;                    // what a done result is bound to, in the parent
  bool is_pivot = false;
  std::string child_id;  // of a called saga, else empty
};
struct AttemptSent {
  FrameId frame = 0;
  Phase phase = Phase::kAction;
  std::uint32_t attempt = 1;
  base::TimePoint at;
  base::TimePoint until;
  std::string poll_url;  // not empty: this asks for a pending answer; the attempt stays the same
  // The same attempt goes out again after a restart that cut it off: its first copy may have been
  // executed.
  bool repeats = false;
};
struct AttemptEnded {
  FrameId frame = 0;
  Phase phase = Phase::kAction;
  std::uint32_t attempt = 1;
  Outcome outcome;     // never kPending
  std::string defect;  // why a done answer is a defect, or empty
};
struct AttemptPending {
  FrameId frame = 0;
  Phase phase = Phase::kAction;
  std::uint32_t attempt = 1;
  std::string poll_url;
  std::optional<base::TimePoint> poll_at;
  base::TimePoint until;  // no answer by then is Timeout
};
struct BackingOff {
  FrameId frame = 0;
  Phase phase = Phase::kAction;
  base::TimePoint due;
  base::TimePoint began;      // now: a ladder's bound counts from its first use
  std::uint32_t ladder = 0;   // which retry clause counts it
  bool resend = false;        // after a resolve that said "not done": the action goes again
  std::uint32_t attempt = 0;  // resend: the action's attempts so far
  base::JsonText arguments;   // resend: the action's
};
// The action's verdict; kDone holds the result, the others the error.
struct StepSettled {
  FrameId frame = 0;
  Verdict verdict = Verdict::kDone;
  base::JsonText result;
  base::JsonText error;
  std::string by;  // empty = its attempts; `resolve`, or `operator`
};
struct ResolveStarted {
  FrameId frame = 0;
  base::TimePoint at;
  std::string key;
  base::JsonText arguments;
};
// A scope, parallel or the saga begins to fail: what is inside starts nothing new.
struct Failed {
  FrameId frame = 0;
  FrameId origin = 0;
  base::JsonText error;
  Cause cause = Cause::kFailed;
};
// All inside has settled: what was done is compensated from here on, in reverse.
struct Compensating {
  FrameId frame = 0;
};
struct CompensationStarted {
  FrameId frame = 0;  // the step's
  base::TimePoint at;
  std::string key;
  base::JsonText arguments;  // empty for a block or a child
  bool is_block = false;
  bool is_unknown_twin = false;
};
struct CompensationEnded {
  FrameId frame = 0;
  bool skipped = false;  // by a person: left over
  std::string by;        // empty, or `operator`
};
// Everything inside a failed frame is compensated; its handler runs next, or its parent fails.
struct Undone {
  FrameId frame = 0;
};
// A person is needed at this frame.
struct Parked {
  FrameId frame = 0;
  std::string reason;
};
// A person's `retry` of a parked frame.
struct Resumed {
  FrameId frame = 0;
  base::TimePoint at;
};
struct CancelRequested {
  std::string actor;
  std::string reason;
};
struct OperatorActed {
  OperatorVerb verb = OperatorVerb::kRetry;
  std::string actor;
  std::string reason;
  FrameId frame = 0;
};
struct DeadlinePassed {};
struct Noted {
  FrameId frame = 0;
  std::string text;
  bool advances = false;  // a `note` statement; else a remark of the engine
};
struct Alerted {
  FrameId frame = 0;
  std::string text;
  std::string to;  // of an `alert` statement, or empty
  bool is_inconsistency = false;
  bool advances = false;  // an `alert` statement; else the engine's own
};
// An early answer to whoever waits for the saga; its output until it ends otherwise.
struct Replied {
  FrameId frame = 0;
  base::JsonText output;
};
// The forward path is over; `on completed` runs next, and with it the saga ends.
struct Returned {
  base::JsonText output;
};
// A `rollback`: these steps are compensated from the last to the first, beside the forward path.
struct RolledBack {
  FrameId frame = 0;
  std::vector<FrameId> steps;
};
// A `parallel any` has its winner: the other branches end, and what they did is undone beside the
// forward path.
struct Won {
  FrameId frame = 0;  // the branch
};
struct MessageSent {
  std::string to;
  std::uint64_t number = 0;
  MessageBody body;
};
struct MessageReceived {
  std::string from;
  std::uint64_t number = 0;
};
struct Ended {
  Status status = Status::kCompleted;
  base::JsonText output;
  base::JsonText error;
};
// A held child is compensated after its ending.
struct Reopened {
  base::JsonText error;  // what `on failed as e` sees
};

}  // namespace event

using EventBody =
    std::variant<event::Started, event::Bound, event::Entered, event::Left, event::Passed,
                 event::StepStarted, event::AttemptSent, event::AttemptEnded, event::AttemptPending,
                 event::BackingOff, event::StepSettled, event::ResolveStarted, event::Failed,
                 event::Compensating, event::CompensationStarted, event::CompensationEnded,
                 event::Undone, event::Parked, event::Resumed, event::CancelRequested,
                 event::OperatorActed, event::DeadlinePassed, event::Noted, event::Alerted,
                 event::MessageSent, event::MessageReceived, event::Ended, event::Reopened,
                 event::Replied, event::Returned, event::RolledBack, event::Won>;

struct Event {
  std::uint64_t seq = 0;  // in its saga, from 1
  EventBody body;
};

// `started`, `step_started`, …: the kind in JSON, API and debugger.
std::string_view kind_of(const Event& event);
// About what an event takes in its row, by the texts that can be long. The same for an event that
// was read back.
std::size_t size_of(const EventBody& body);
// The frame an event is about; 0, the saga's own, where it names none.
FrameId frame_of(const Event& event);

// Events as a JSON array, each {"seq":…,"kind":…,…}, whole: for whoever shows or compares them.
base::JsonText encode_events(const std::vector<Event>& events);
// kCorrupt for anything this version doesn't know or that lacks a field.
base::Result<std::vector<Event>> decode_events(std::string_view json);

// A row's events, as a journal stores them: without what the row says of all of them (FORMAT.md).
base::JsonText encode_row_events(const std::vector<Event>& events, const RowHead& row);
base::Result<std::vector<Event>> decode_row_events(std::string_view json, RowHead row);
// A row's input. A start's fields are in its `started` event and aren't stored twice.
base::JsonText encode_row_input(const Input& input);
base::Result<Input> decode_row_input(std::string_view json, const std::vector<Event>& events);

}  // namespace saga::core
