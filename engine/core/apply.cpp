#include <algorithm>

#include "engine/core/apply_step.hpp"
#include "engine/core/machine.hpp"

namespace saga::core {
namespace {

using detail::bind;
using detail::finish;
using detail::mark_inconsistent;

void apply_body(State& state, const event::Started& event) {
  if (!state.frames.empty()) return mark_inconsistent(state, "started twice");
  const StartInput& start = event.start;
  state.id = start.saga_id;
  state.definition = start.definition;
  state.definition_hash = start.definition_hash;
  state.key = start.key;
  state.input = start.input;
  state.parent = start.parent;
  state.started_at = event.at;
  state.deadline = event.deadline;
  Frame root;
  root.kind = FrameKind::kRoot;
  root.bindings = event.parameters;
  state.frames.push_back(std::move(root));
}

void apply_body(State& state, const event::Bound& event) {
  Frame& frame = state.frames[event.frame];
  bind(frame, event.binding);
  if (!event.by_use) ++frame.next;
}

void apply_body(State& state, const event::Entered& event) {
  if (event.frame != state.frames.size() || event.parent >= state.frames.size()) {
    return mark_inconsistent(state, "a frame begins under one that isn't there");
  }
  Frame frame;
  frame.kind = event.kind;
  frame.parent = event.parent;
  frame.node = event.node;
  frame.path = event.path;
  frame.index = event.index;
  frame.count = event.count;
  frame.items = event.items;
  frame.bindings = event.bindings;
  frame.until = event.until;
  frame.since = event.since;
  state.frames.push_back(std::move(frame));
  Frame& parent = state.frames[event.parent];
  parent.children.push_back(event.frame);
  if (event.kind == FrameKind::kOnStuck) {
    state.on_stuck = event.frame;
    state.stuck_told = true;
    return;
  }
  // A scope that is run anew takes the place of the run before.
  const auto is_run_before = [&](FrameId id) {
    const Frame& other = state.frames[id];
    return other.kind == FrameKind::kScope && other.node == event.node;
  };
  if (event.kind == FrameKind::kScope && event.since) std::erase_if(parent.active, is_run_before);
  parent.active.push_back(event.frame);
  if (event.kind == FrameKind::kSleep) state.timed.insert(event.frame);
  if (event.kind == FrameKind::kHandler) parent.handled = true;
  if (parent.kind == FrameKind::kLoop) ++parent.next;
}

// What a scope or parallel bound is visible after it, unless its handler went on in its place.
void hoist(State& state, FrameId id) {
  const Frame& frame = state.frames[id];
  if (frame.handled) return;
  for (const Binding& binding : frame.bindings) bind(state.frames[frame.parent], binding);
}

void apply_body(State& state, const event::Left& event) {
  const FrameKind kind = state.frames[event.frame].kind;
  if (kind == FrameKind::kScope || kind == FrameKind::kParallel) hoist(state, event.frame);
  state.timed.erase(event.frame);
  state.parked.erase(event.frame);
  state.frames[event.frame].parked.clear();
  const bool is_ending = kind == FrameKind::kOnFailed || kind == FrameKind::kOnCompleted ||
                         kind == FrameKind::kOnStuck;
  if (is_ending) detail::abandon(state, event.frame);  // a person skipped it
  if (kind == FrameKind::kOnStuck) {
    state.frames[event.frame].status = FrameStatus::kFinished;
    state.on_stuck.reset();
    return;
  }
  finish(state, event.frame);
  if (kind != FrameKind::kHandler) return;
  finish(state, state.frames[event.frame].parent);  // what it answered for is done with it
}

void apply_body(State& state, const event::Passed& event) { ++state.frames[event.frame].next; }

void apply_body(State& state, const event::Failed& event) {
  Frame& frame = state.frames[event.frame];
  frame.status = FrameStatus::kFailing;
  frame.error = event.error;
  frame.origin = event.origin;
  frame.parked.clear();
  state.parked.erase(event.frame);
  if (event.frame != 0) return;
  state.cause = event.cause;
  state.error = event.error;
  state.deadline.reset();
}

void forget_active(State& state, FrameId id) {
  for (const FrameId child : state.frames[id].active) {
    forget_active(state, child);
    state.timed.erase(child);
    if (!state.frames[child].step) {
      state.parked.erase(child);
      state.frames[child].parked.clear();
    }
  }
  state.frames[id].active.clear();
}

void apply_body(State& state, const event::Compensating& event) {
  forget_active(state, event.frame);
  state.frames[event.frame].status = FrameStatus::kUndoing;
}

void apply_body(State& state, const event::Undone& event) {
  state.frames[event.frame].status = FrameStatus::kUndone;
  state.losers.erase(event.frame);
}

void apply_body(State& state, const event::Parked& event) {
  Frame& frame = state.frames[event.frame];
  if (frame.step) return detail::park_step(state, event.frame, event.reason);
  frame.parked = event.reason;
  state.parked.insert(event.frame);
}

void apply_body(State& state, const event::Resumed& event) {
  Frame& frame = state.frames[event.frame];
  if (frame.step) return detail::resume_step(state, event.frame, event.at);
  frame.parked.clear();
  state.parked.erase(event.frame);
  const bool is_ending =
      frame.kind == FrameKind::kOnFailed || frame.kind == FrameKind::kOnCompleted;
  if (is_ending) detail::abandon(state, 0);  // it is begun anew
  if (frame.kind == FrameKind::kScope && frame.status == FrameStatus::kFinished)
    detail::abandon(state, event.frame);  // likewise what compensates it
}

void apply_body(State& state, const event::CancelRequested& event) {
  state.cancel_requested = true;
  state.cancel_reason = event.reason;
}

void apply_body(State&, const event::OperatorActed&) {}

void apply_body(State& state, const event::DeadlinePassed&) {
  state.deadline_passed = true;
  state.deadline.reset();
}

// A person left out what compensates a scope that is done.
void skip_scope(State& state, const event::CompensationEnded& event) {
  Frame& frame = state.frames[event.frame];
  const std::vector<FrameId> active = frame.active;
  for (const FrameId child : active) {
    detail::abandon(state, child);
    finish(state, child);
    state.frames[child].handled = true;
  }
  frame.parked.clear();
  state.parked.erase(event.frame);
  if (event.skipped) state.left_over = true;
}

void apply_body(State& state, const event::Noted& event) {
  Frame& frame = state.frames[event.frame];
  if (event.advances) ++frame.next;
  if (!event.advances && frame.step) frame.step->late_told = true;  // its only remark yet
}

void apply_body(State& state, const event::Alerted& event) {
  Frame& frame = state.frames[event.frame];
  if (frame.step) frame.step->exchange.alerted = true;
  if (event.advances) ++frame.next;
}

void apply_body(State& state, const event::Replied& event) {
  state.output = event.output;
  ++state.frames[event.frame].next;
}

void apply_body(State& state, const event::Returned& event) {
  state.output = event.output;
  state.returned = true;
  state.deadline.reset();
  forget_active(state, 0);
}

void apply_body(State& state, const event::RolledBack& event) {
  ++state.frames[event.frame].next;
  if (!event.steps.empty()) state.rollbacks.push_back(event.steps);
}

void apply_body(State& state, const event::Won& event) {
  Frame& frame = state.frames[state.frames[event.frame].parent];
  for (const FrameId branch : frame.active) {
    Frame& loser = state.frames[branch];
    if (branch == event.frame || loser.status == FrameStatus::kUndone) continue;
    state.losers.insert(branch);
    if (loser.status == FrameStatus::kActive) loser.status = FrameStatus::kFailing;
  }
  frame.active.clear();
}

void apply_body(State& state, const event::MessageSent& event) {
  state.messages_sent = event.number;
  const auto* command = std::get_if<ChildCommandMessage>(&event.body);
  if (command == nullptr || command->command != ChildCommandMessage::Command::kCancel) return;
  for (Frame& frame : state.frames) {
    if (frame.step && frame.step->child_id == event.to) frame.step->cancel_sent = true;
  }
}

void apply_body(State& state, const event::MessageReceived& event) {
  state.received[event.from] = event.number;
}

void apply_body(State& state, const event::Ended& event) {
  state.ended = event.status;
  state.output = event.output;
  if (!event.error.empty()) state.error = event.error;
  state.deadline.reset();
  state.in_flight.clear();
  state.timed.clear();
  state.parked.clear();
  state.background.clear();
  state.rollbacks.clear();
  state.losers.clear();
  state.on_stuck.reset();
}

void apply_body(State& state, const event::Reopened& event) {
  state.ended.reset();
  state.reopened = true;
  state.returned = false;
  state.output.clear();
  state.error = event.error;
  forget_active(state, 0);
  state.frames[0].status = FrameStatus::kUndoing;
  state.frames[0].error = event.error;
  state.cause = Cause::kFailed;
}

template <class T>
concept StepEvent = requires(State& state, const T& event) {
  detail::apply_step(state, event);
};

bool fits(const State& state, const Event& event) {
  if (event.seq != state.last_seq + 1) return false;
  if (std::holds_alternative<event::Started>(event.body)) return true;
  if (state.frames.empty()) return false;
  if (std::holds_alternative<event::Entered>(event.body)) return true;
  if (std::holds_alternative<event::StepStarted>(event.body)) return true;
  if (const auto* back = std::get_if<event::RolledBack>(&event.body)) {
    for (const FrameId id : back->steps) {
      if (id >= state.frames.size() || !state.frames[id].step) return false;
    }
  }
  return frame_of(event) < state.frames.size();
}

}  // namespace

void apply(State& state, const Event& event) {
  if (!fits(state, event)) {
    mark_inconsistent(state, std::string(kind_of(event)) + " doesn't continue this history");
    state.last_seq = event.seq;
    return;
  }
  state.last_seq = event.seq;
  state.bytes += size_of(event.body);
  std::visit(
      [&](const auto& body) {
        using Body = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<Body, event::StepStarted>) {
          detail::apply_step(state, body);
        } else if constexpr (StepEvent<Body>) {
          if (state.frames[body.frame].step) return detail::apply_step(state, body);
          if constexpr (std::is_same_v<Body, event::CompensationEnded>) {
            if (state.frames[body.frame].kind == FrameKind::kScope) return skip_scope(state, body);
          }
          mark_inconsistent(state, "the frame is no step");
        } else {
          apply_body(state, body);
        }
      },
      event.body);
  if (state.stuck_told && !state.is_stuck()) state.stuck_told = false;
}

}  // namespace saga::core
