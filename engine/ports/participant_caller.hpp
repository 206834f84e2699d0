#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/core/definition.hpp"
#include "engine/core/effect.hpp"
#include "engine/core/outcome.hpp"

namespace saga::ports {

// One attempt at an operation of a participant.
struct CallRequest {
  std::string saga_id;
  std::shared_ptr<const core::Definition> definition;
  core::CallEffect effect;   // effect.operation indexes definition->operations
  std::string callback_url;  // Saga-Callback for an async operation; empty where none can come
  std::string traceparent;   // W3C trace context; empty = none
};

// Makes calls to participants. Thread-safety: called and calling back on the engine's thread only.
// Non-blocking: `call` returns at once; `done` runs exactly once, later, never from inside `call`,
// at effect.until + a small grace at the latest (no answer by then is kUnknown, Timeout; if the
// request surely never left, kTransient, Unavailable). Reports attempts as LANGUAGE.md's table
// says; has no retry of its own. The result's type is checked by the core: a caller only ensures
// valid JSON within the limits. Errors never throw.
class ParticipantCaller {
 public:
  using Done = std::function<void(core::Outcome)>;
  virtual ~ParticipantCaller() = default;
  virtual void call(CallRequest request, Done done) = 0;
};

}  // namespace saga::ports
