#pragma once

#include "engine/core/event.hpp"
#include "engine/core/state.hpp"

// The half of `apply` that is about steps; see machine.hpp for its rules.
namespace saga::core::detail {

void apply_step(State& state, const event::StepStarted& event);
void apply_step(State& state, const event::AttemptSent& event);
void apply_step(State& state, const event::AttemptEnded& event);
void apply_step(State& state, const event::AttemptPending& event);
void apply_step(State& state, const event::BackingOff& event);
void apply_step(State& state, const event::StepSettled& event);
void apply_step(State& state, const event::ResolveStarted& event);
void apply_step(State& state, const event::CompensationStarted& event);
void apply_step(State& state, const event::CompensationEnded& event);
void park_step(State& state, FrameId id, const std::string& reason);
void resume_step(State& state, FrameId id, base::TimePoint now);

// Gives up what is open inside a frame (for a compensation's step: inside its compensation), so
// that nothing there is sent, timed or waited for any more.
void abandon(State& state, FrameId id);
// A frame whose work is done: its parent goes on after it.
void finish(State& state, FrameId id);
void bind(Frame& frame, const Binding& binding);
void mark_inconsistent(State& state, const std::string& what);

}  // namespace saga::core::detail
