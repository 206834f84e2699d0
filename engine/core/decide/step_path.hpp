#pragma once

#include <string>

#include "engine/core/definition.hpp"
#include "engine/core/state.hpp"

namespace saga::core::decide {

// The path of a step, begun or not, as an expression in the frame `at` means it: by where the step
// stands in the definition, with the rounds of the loops that stand around both (in a loop that
// `at` doesn't stand in, the first round). Requires a step of this definition.
std::string path_of_step(const Definition& definition, const State& state, FrameId at, NodeId step);

// The innermost frame around `at`, or itself, whose node holds the step: the present round of what
// stands around both.
FrameId frame_around(const Definition& definition, const State& state, FrameId at, NodeId step);

}  // namespace saga::core::decide
