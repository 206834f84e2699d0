#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "engine/base/json.hpp"
#include "engine/base/result.hpp"
#include "engine/base/time.hpp"
#include "engine/core/definition.hpp"
#include "engine/core/outcome.hpp"
#include "engine/core/status.hpp"

namespace saga::core {

// Numbers a saga's activations of nodes (steps, scopes, branches, iterations) in the order in which
// they began; 0 is the saga itself. A frame's number never changes and is never used again.
using FrameId = std::uint32_t;

// Where a child saga hangs: its caller's id and the frame of the calling step.
struct ParentRef {
  std::string saga_id;
  FrameId frame = 0;
  Phase phase = Phase::kAction;
  std::string root_id;  // of the outermost saga
  friend bool operator==(const ParentRef&, const ParentRef&) = default;
};

// The first input of a saga. `input` has been decoded against the definition by prepare_start.
struct StartInput {
  std::string saga_id;
  std::string definition;  // full name
  std::string definition_hash;
  base::JsonText input;  // an object by parameter name, in the canonical form
  std::string key;       // the evaluated `key`, or empty
  std::optional<ParentRef> parent;
};

// An adapter's report about one attempt, whichever attempt of the step is open.
struct AnswerInput {
  FrameId frame = 0;
  Phase phase = Phase::kAction;
  std::uint32_t attempt = 0;
  Outcome outcome;
  bool is_callback = false;  // by the participant itself; else the answer to a call of ours
  bool holds_calls = false;  // as an operator's
};

// Something in the saga is due at the context's `now`.
struct TimerInput {};

// The engine has been started again: calls that were in flight were cut off.
struct RecoveredInput {};

enum class OperatorVerb : std::uint8_t { kCancel, kTerminate, kRetry, kSkip, kSettle };
std::string_view name_of(OperatorVerb verb);

struct OperatorInput {
  OperatorVerb verb = OperatorVerb::kCancel;
  std::string actor;
  std::string reason;
  std::string step;           // path of the parked step; empty = the only one that is parked
  bool outcome_done = false;  // kSettle: done, or not done
  base::JsonText result;      // kSettle done: the step's result, or empty
  // Whoever takes this makes no calls: those that it leads to wait, due at once, for one that does.
  bool holds_calls = false;
};

// What machines tell each other. A message is journaled in the sender's transition and consumed
// once in the receiver's, by (sender, number).
struct ChildEndedMessage {  // child to parent
  FrameId frame = 0;        // of the parent's calling step
  Phase phase = Phase::kAction;
  Status status = Status::kCompleted;  // completed, compensated, terminated
  base::JsonText output;
  base::JsonText error;
};
struct ChildCommandMessage {  // parent to child
  enum class Command : std::uint8_t { kCancel, kCompensate, kTerminate };
  Command command = Command::kCancel;
};
struct ChildStartMessage {  // parent to child
  StartInput start;
};
using MessageBody = std::variant<ChildEndedMessage, ChildCommandMessage, ChildStartMessage>;

struct MessageInput {
  std::string from;
  std::uint64_t number = 0;  // of the sender's messages, from 1
  MessageBody body;
  bool holds_calls = false;  // as an operator's
};

using Input =
    std::variant<StartInput, AnswerInput, TimerInput, RecoveredInput, OperatorInput, MessageInput>;

// The journal's form of an input (FORMAT.md, "input"): {"kind":"answer",…}.
base::JsonText encode(const Input& input);
base::Result<Input> decode_input(std::string_view json);

base::JsonText encode(const MessageBody& body);
base::Result<MessageBody> decode_message(std::string_view json);

}  // namespace saga::core
