#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/core/definition.hpp"

namespace saga::bench {

// Three steps that write, each with its compensation; the last is declined for some ids.
std::vector<std::shared_ptr<const core::Definition>> three_steps();
// The input of the n-th saga; `is_declined`: its last step is rejected.
std::string three_steps_input(std::uint64_t number, bool is_declined);

}  // namespace saga::bench
