#pragma once

#include <string>

#include "engine/core/definition.hpp"
#include "engine/core/event.hpp"

namespace saga::cli {

// What an event says, for people: `charge: calls Payment.capture (attempt 2)`. Empty for events
// that only the engine cares about. `definition` may be null and `node` kNone: then with fewer
// names.
std::string describe_event(const core::Event& event, const std::string& path, core::NodeId node,
                           const core::Definition* definition, base::Duration since_start);

}  // namespace saga::cli
