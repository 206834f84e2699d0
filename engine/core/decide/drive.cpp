#include <algorithm>

#include "engine/base/limits.hpp"
#include "engine/core/decide/decide.hpp"
#include "engine/core/decide/statement.hpp"

namespace saga::core::decide {
namespace {

void drive(Turn& turn, FrameId id, bool stopping);

void drive_active(Turn& turn, FrameId id) {
  const std::vector<FrameId> active = turn.state.frames[id].active;  // changes while we walk
  for (const FrameId child : active) drive(turn, child, turn.state.is_stopping(child));
}

void drive_block(Turn& turn, FrameId id, bool stopping) {
  if (id == 0 && turn.state.returned) {
    drive_active(turn, id);
    return drive_completed(turn);
  }
  if (!stopping) {
    while (turn.state.frames[id].active.empty() && !turn.is_full() && run_statement(turn, id)) {
    }
  }
  if (turn.state.ended || turn.state.frames[id].status == FrameStatus::kFinished) return;
  drive_active(turn, id);
}

// The first branch that is done wins; when all have failed, what the first of them failed with is
// the error of the whole.
void drive_any(Turn& turn, FrameId id, const ParallelNode& node) {
  const std::vector<FrameId> branches = turn.state.frames[id].children;
  std::size_t failed = 0;
  for (const FrameId branch : branches) {
    const FrameStatus status = turn.state.frames[branch].status;
    if (status == FrameStatus::kUndone) ++failed;
    if (status != FrameStatus::kUndone && status != FrameStatus::kFinished)
      drive(turn, branch, turn.state.is_stopping(branch));
    if (turn.state.ended || turn.state.frames[id].status != FrameStatus::kActive) return;
    if (turn.state.frames[branch].status == FrameStatus::kFinished)
      return win(turn, id, branch, node);
  }
  if (failed < node.branches.size() || turn.state.is_stopping(id)) return;
  const Frame& first = turn.state.frames[branches.front()];
  fail_at(turn, id, base::JsonText(first.error), first.origin);
}

void drive_parallel(Turn& turn, FrameId id, bool stopping) {
  const auto& node = std::get<ParallelNode>(turn.definition.nodes[turn.state.frames[id].node].body);
  const bool starts = !stopping && turn.state.frames[id].parked.empty();
  while (starts && !turn.is_full() &&
         turn.state.frames[id].children.size() < node.branches.size()) {
    if (!start_branch(turn, id, node.branches[turn.state.frames[id].children.size()])) break;
  }
  if (node.is_any) return drive_any(turn, id, node);
  drive_active(turn, id);
  const Frame& frame = turn.state.frames[id];
  if (frame.status != FrameStatus::kActive || frame.finished != frame.count) return;
  if (node.result == kNone || bind_record(turn, id, node.result)) turn.emit(event::Left{id});
}

void drive_loop(Turn& turn, FrameId id, bool stopping) {
  if (turn.state.frames[id].handled) return drive_active(turn, id);  // its `else`
  for (;;) {
    while (!stopping && start_round(turn, id)) {
    }
    const std::uint32_t finished = turn.state.frames[id].finished;
    drive_active(turn, id);
    const Frame& frame = turn.state.frames[id];
    const bool is_over = turn.state.ended || frame.status == FrameStatus::kFinished;
    if (is_over || stopping || turn.state.is_stopping(id)) return;
    if (frame.finished == frame.count) return end_loop(turn, id);
    if (frame.finished == finished) return;  // all that run wait
  }
}

bool has_background_inside(const State& state, FrameId id) {
  const auto is_inside = [&](FrameId other) { return other != id && state.is_inside(other, id); };
  return std::any_of(state.background.begin(), state.background.end(), is_inside) ||
         std::any_of(state.losers.begin(), state.losers.end(), is_inside);
}

// What a `rollback` undoes, one after the other. In what fails, undoing all of it does that.
void drive_rollbacks(Turn& turn) {
  const std::vector<std::vector<FrameId>> rollbacks = turn.state.rollbacks;
  for (const std::vector<FrameId>& steps : rollbacks) {
    const FrameId last = steps.back();
    if (!turn.state.is_stopping(last) && needs_compensation(turn, last))
      start_compensation(turn, last);
  }
}

// Whether nothing inside is open any more: no call, no compensation, no handler that runs.
bool is_quiet(const State& state, FrameId id) {
  for (const FrameId child : state.frames[id].active) {
    const Frame& frame = state.frames[child];
    if (frame.step && (!is_settled(frame.step->status) || is_compensating(frame.step->status))) {
      return false;
    }
    if (frame.status == FrameStatus::kFailing || frame.status == FrameStatus::kUndoing)
      return false;
    if (!is_quiet(state, child)) return false;
  }
  return true;
}

void drive_failing(Turn& turn, FrameId id) {
  drive_active(turn, id);
  if (turn.state.frames[id].status != FrameStatus::kFailing) return;
  if (is_quiet(turn.state, id) && !has_background_inside(turn.state, id)) {
    turn.emit(event::Compensating{id});
  }
}

void drive_undoing(Turn& turn, FrameId id) {
  if (undo(turn, id)) turn.emit(event::Undone{id});
}

// A compensation whose block or handler is through has done its work.
void end_compensation(Turn& turn, FrameId id) {
  const Frame& frame = turn.state.frames[id];
  if (!frame.step) return;  // a scope's: `undo` sees that it is through
  const Step& step = *frame.step;
  if (!is_compensating(step.status) || is_parked(step.status)) return;
  for (std::size_t i = frame.children.size(); i > step.undo_from; --i) {
    const Frame& child = turn.state.frames[frame.children[i - 1]];
    if (child.kind == FrameKind::kHandler) continue;
    if (child.status == FrameStatus::kFinished) turn.emit(event::CompensationEnded{id, false, ""});
    return;
  }
}

void drive_step(Turn& turn, FrameId id, bool stopping) {
  drive_compensation(turn, id);
  const Frame& frame = turn.state.frames[id];
  if (!is_settled(frame.step->status)) {
    if (stopping) stop_step(turn, id);
    return;
  }
  if (frame.status == FrameStatus::kFinished || frame.handled || stopping) return;
  if (frame.step->verdict != Verdict::kDone) after_verdict(turn, id);
}

void drive(Turn& turn, FrameId id, bool stopping) {
  if (turn.state.ended) return;
  const Frame& frame = turn.state.frames[id];
  switch (frame.status) {
    case FrameStatus::kFinished: return;
    case FrameStatus::kFailing: return drive_failing(turn, id);
    case FrameStatus::kUndoing: return drive_undoing(turn, id);
    case FrameStatus::kUndone:
      if (!frame.active.empty()) {
        drive_active(turn, id);
      } else if (!stopping) {
        after_undone(turn, id);
      }
      return;
    case FrameStatus::kActive: break;
  }
  switch (frame.kind) {
    case FrameKind::kStep: return drive_step(turn, id, stopping);
    case FrameKind::kParallel: return drive_parallel(turn, id, stopping);
    case FrameKind::kLoop: return drive_loop(turn, id, stopping);
    case FrameKind::kSleep:
    case FrameKind::kEscalation: return;
    default: return drive_block(turn, id, stopping);
  }
}

// Compensations beside the forward path hang under frames that may be finished; they are driven
// here.
void drive_background(Turn& turn) {
  const std::set<FrameId> background = turn.state.background;
  for (const FrameId id : background) drive_compensation(turn, id);
  drive_rollbacks(turn);
  const std::set<FrameId> losers = turn.state.losers;
  for (const FrameId id : losers) drive(turn, id, true);
  if (turn.state.on_stuck) drive(turn, *turn.state.on_stuck, false);
}

// A cancel or a passed deadline takes effect once no pivot is open.
void interrupt(Turn& turn) {
  State& state = turn.state;
  pass_deadline(turn);
  if (!state.cancel_requested && !state.deadline_passed) return;
  const bool goes_forward = state.frames[0].status == FrameStatus::kActive && !state.returned;
  if (state.pivot_passed || !goes_forward) return;
  if (state.open_pivot) {
    stop_step(turn, *state.open_pivot);
    if (state.open_pivot) return;
  }
  const Cause cause = state.cancel_requested ? Cause::kCanceled : Cause::kDeadline;
  const base::JsonText error =
      cause == Cause::kCanceled
          ? error_json("Canceled", state.cancel_reason.empty() ? "canceled" : state.cancel_reason)
          : error_json("DeadlineExceeded", "the saga's deadline passed");
  turn.emit(event::Failed{0, 0, error, cause});
}

// Past this, nothing goes forward; what is done can still be compensated.
bool is_too_long(const State& state) {
  const bool forward = state.frames[0].status == FrameStatus::kActive && !state.cancel_requested &&
                       !state.deadline_passed;
  return forward && (state.last_seq > base::limits::kMaxEventsPerSaga ||
                     state.bytes > base::limits::kMaxHistoryBytes);
}

void park_once(Turn& turn, FrameId frame, const std::string& reason) {
  if (turn.state.frames[frame].parked.empty()) turn.park(frame, reason);
}

}  // namespace

bool pass_deadline(Turn& turn) {
  const State& state = turn.state;
  if (!state.deadline || *state.deadline > turn.now || state.ended) return false;
  turn.emit(event::DeadlinePassed{});
  if (state.pivot_passed) turn.alert(0, "the deadline passed after the pivot; it goes on");
  if (state.open_pivot) {
    turn.alert(0, "the deadline passed while the pivot was on its way; it waits for its outcome");
  }
  return true;
}

void drive_compensation(Turn& turn, FrameId step) {
  drive_active(turn, step);
  end_compensation(turn, step);
}

void run(Turn& turn) {
  std::size_t before = 0;
  do {
    before = turn.event_count();
    if (turn.state.ended || turn.state.frames.empty()) return;
    if (is_too_long(turn.state)) {
      return park_once(turn, 0,
                       "its history has more than " +
                           std::to_string(base::limits::kMaxEventsPerSaga) + " events, or " +
                           std::to_string(base::limits::kMaxHistoryBytes) + " bytes");
    }
    if (turn.is_full()) {
      if (!turn.state.in_flight.empty()) return;  // it goes on with the next answer
      return park_once(turn, 0,
                       "what it does at once takes more than " +
                           std::to_string(base::limits::kMaxTransitionBytes) +
                           " bytes: look at its loops, then `retry` to let it go on");
    }
    interrupt(turn);
    tell_stuck(turn);
    drive_background(turn);
    drive(turn, 0, false);
  } while (turn.event_count() != before);
}

void end(Turn& turn, Status status, const base::JsonText& output, const base::JsonText& error) {
  const State& state = turn.state;
  turn.emit(event::Ended{status, output, error});
  if (!state.parent) return;
  const Phase phase = state.reopened ? Phase::kCompensate : state.parent->phase;
  turn.send(state.parent->saga_id,
            ChildEndedMessage{state.parent->frame, phase, status, output, state.error});
}

void fail_at(Turn& turn, FrameId frame, const base::JsonText& error, FrameId origin) {
  const State& state = turn.state;
  FrameId id = frame;
  for (;;) {
    const Frame& at = state.frames[id];
    if (at.kind == FrameKind::kCompensation || at.kind == FrameKind::kUndoHandler) {
      return park_once(turn, at.parent, "its compensation failed: " + error_text(error));
    }
    if (fail_ending(turn, id, error)) return;
    if (at.kind == FrameKind::kHandler) {
      id = state.frames[at.parent].parent;
      continue;
    }
    if (at.kind == FrameKind::kScope || at.kind == FrameKind::kParallel ||
        at.kind == FrameKind::kRoot || is_rival(turn, id)) {
      break;
    }
    id = at.parent;
  }
  if (state.pivot_passed && !is_caught(turn, id, error_name(error))) {
    return park_once(turn, frame, "it failed after the pivot: " + error_text(error));
  }
  if (state.frames[id].status != FrameStatus::kActive) return;
  turn.emit(event::Failed{id, origin, error, Cause::kFailed});
}

}  // namespace saga::core::decide
