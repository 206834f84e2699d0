#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "engine/core/input.hpp"

namespace saga::core {

// A request to the world. Data only: whoever holds it must not act before the transition that gave
// it is committed.
struct CallEffect {
  FrameId frame = 0;
  Phase phase = Phase::kAction;
  std::uint32_t attempt = 1;
  OperationId operation = 0;
  std::string step;          // path, for people and Saga-Step
  std::string key;           // Idempotency-Key, byte for byte
  std::string compensates;   // the action's key; for kResolve and kCompensate
  base::JsonText arguments;  // one object by parameter name
  base::TimePoint until;     // the attempt's absolute end: no answer by then is Timeout
  std::optional<base::TimePoint> deadline;  // Saga-Deadline
  std::string poll_url;  // not empty: ask there for a pending answer instead of calling
};

// To another machine of the same engine; journaled with the transition.
struct MessageEffect {
  std::string to;
  std::uint64_t number = 0;
  MessageBody body;
};

// For people: a compensation that fails for an hour, a late answer that contradicts the ending …
struct AlertEffect {
  std::string text;
  std::string step;
  std::string to;  // whom an `alert` names, or empty
  bool is_inconsistency = false;
};

using Effect = std::variant<CallEffect, MessageEffect, AlertEffect>;

}  // namespace saga::core
