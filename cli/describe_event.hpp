#pragma once

#include <string>

#include "engine/core/definition.hpp"
#include "engine/core/event.hpp"

namespace saga::cli {

// The frame that an event is about.
struct EventPlace {
  std::string path;
  core::NodeId node = core::kNone;
  bool is_twin = false;  // it is compensated by `compensate unknown`
};

// What an event says, for people: `charge: calls Payment.capture (attempt 2)`. Empty for events
// that only the engine cares about. `definition` may be null, and the node none of its own: then
// with fewer names.
std::string describe_event(const core::Event& event, const EventPlace& place,
                           const core::Definition* definition, base::Duration since_start);

}  // namespace saga::cli
