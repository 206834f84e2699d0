#pragma once

#include <optional>

#include "engine/core/decide/turn.hpp"

namespace saga::core::decide {

// Runs the statement at which a block stands, or ends the block. False if the block waits now,
// left, or was parked.
bool run_statement(Turn& turn, FrameId block);

// Begins one branch (a step or a `branch`) of a parallel; false if it was parked.
bool start_branch(Turn& turn, FrameId parallel, NodeId branch);

// Whether something in a block may change the world: a write or notify, or a called saga.
bool writes(const Definition& definition, NodeId node);

// Evaluates for a statement of `block`; a defect parks the block.
std::optional<base::Value> evaluate_or_park(Turn& turn, ExpressionId expression, FrameId block);
// The same as JSON that fits a payload.
std::optional<base::JsonText> payload_or_park(Turn& turn, ExpressionId expression, FrameId block);

// loop.cpp
bool run_for(Turn& turn, FrameId block, NodeId id, const ForNode& node);
bool run_repeat(Turn& turn, FrameId block, NodeId id, const RepeatNode& node);
// Begins the next round; false if there is none, or it must wait for one that runs.
bool start_round(Turn& turn, FrameId loop);
// Ends a loop whose rounds are all over: its value, or its `else`.
void end_loop(Turn& turn, FrameId loop);
// Whether a round of `repeat … every` that is through begins to wait for the next one.
bool pauses_between_rounds(Turn& turn, FrameId round);

// use.cpp
// `use` gives a construct, or the step of its handler, the value, and ends what it stands in.
bool run_use(Turn& turn, FrameId block, const UseNode& node);
// Binds the list of what the rounds gave, in the block around; false if it was parked.
bool bind_list(Turn& turn, FrameId loop, SlotId used, SlotId result);
// The same with the record of what the branches gave, a step's result in its place.
bool bind_record(Turn& turn, FrameId parallel, SlotId result);
// Ends a `parallel any` with the value of this branch, unless it was parked.
void win(Turn& turn, FrameId parallel, FrameId branch, const ParallelNode& node);

// tell.cpp: statements that tell somebody, and `rollback`.
bool run_note(Turn& turn, FrameId block, const NoteNode& node);
bool run_alert(Turn& turn, FrameId block, const AlertNode& node);
bool run_escalate(Turn& turn, FrameId block, NodeId id, const EscalateNode& node);
bool run_reply(Turn& turn, FrameId block, const ReplyNode& node);
bool run_rollback(Turn& turn, FrameId block, const RollbackNode& node);

}  // namespace saga::core::decide
