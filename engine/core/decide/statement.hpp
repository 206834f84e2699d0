#pragma once

#include "engine/core/decide/turn.hpp"

namespace saga::core::decide {

// Runs the statement at which a block stands, or ends the block. False if the block waits now,
// left, or was parked.
bool run_statement(Turn& turn, FrameId block);

// Begins one branch (a step or a `branch`) of a parallel; false if it was parked.
bool start_branch(Turn& turn, FrameId parallel, NodeId branch);
void start_iteration(Turn& turn, FrameId loop);

// Whether something in a block may change the world: a write or notify, or a called saga.
bool writes(const Definition& definition, NodeId node);

}  // namespace saga::core::decide
