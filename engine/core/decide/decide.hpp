#pragma once

#include <optional>

#include "engine/core/decide/turn.hpp"

// The families of decisions, each in a file of its name. All change the state by Turn::emit alone.
namespace saga::core::decide {

// start.cpp, answer.cpp, timer.cpp, operate.cpp, message.cpp: one a kind of input.
void start(Turn& turn, const StartInput& input);
void answer(Turn& turn, const AnswerInput& input);
void timer(Turn& turn);
// Ends the wait for the answer of an accepted call: whether it is done is unknown.
void give_up_waiting(Turn& turn, FrameId step);
void recovered(Turn& turn);
void operate(Turn& turn, const OperatorInput& input);
void message(Turn& turn, const MessageInput& input);

// drive.cpp: carries the saga on until everything in it waits for the world.
void run(Turn& turn);
// Says that the deadline passed, once it has; true if it says so now.
bool pass_deadline(Turn& turn);
// A failure in `frame` (a block, or a frame that could not be handled) goes outward to the unit of
// recovery around it: a scope, a parallel, the saga.
void fail_at(Turn& turn, FrameId frame, const base::JsonText& error, FrameId origin);
// Carries on what undoes a step: its compensation's block or handler. Ends it when that is through.
void drive_compensation(Turn& turn, FrameId step);
// operate.cpp: stops without compensating, called sagas first.
void terminate(Turn& turn, const std::string& reason);
void end(Turn& turn, Status status, const base::JsonText& output, const base::JsonText& error);

// ending.cpp: what runs on an ending, or beside a saga that is stuck.
// The forward path is over with this output: `on completed` runs, else the saga ends.
void complete(Turn& turn, const base::JsonText& output);
// Carries `on completed` on, and ends the saga with it. Requires: the forward path is over.
void drive_completed(Turn& turn);
// Begins `on failed` or ends the saga as compensated, once all is undone.
void after_all_undone(Turn& turn);
// Begins `on stuck` if a person is needed and it hasn't run for that.
void tell_stuck(Turn& turn);
// Whether a failure inside reaches no further than this frame: parks it, or ends an `on stuck`.
bool fail_ending(Turn& turn, FrameId frame, const base::JsonText& error);

// step.cpp
struct PreparedCall {
  base::JsonText arguments;
  std::string key;
};
// What the call's expressions say, as seen from `at`. Without a `key` the path makes it.
base::Result<PreparedCall> prepare_call(Turn& turn, const Call& call, FrameId at,
                                        const std::string& path);
// The key alone.
base::Result<std::string> key_of_call(Turn& turn, const Call& call, FrameId at,
                                      const std::string& path);
// Begins a step in `parent`; false if it must wait or the saga was parked.
bool start_step(Turn& turn, FrameId parent, NodeId node);
// Sends the next attempt of the step's exchange.
void send_attempt(Turn& turn, FrameId step);
// The call effect of the attempt in flight.
CallEffect make_call(const Definition& definition, const State& state, FrameId step,
                     base::TimePoint until);
void start_resolve(Turn& turn, FrameId step);
// Tries to bring an open step of a stopping frame to a verdict; it may stay open.
void stop_step(Turn& turn, FrameId step);

// retry.cpp
struct RetryPlan {
  base::TimePoint due;
  std::uint32_t ladder = 0;
};
// A delay as the clause's jitter varies it.
base::Duration with_jitter(Turn& turn, const Retry& retry, base::Duration delay);
// When the next attempt after `outcome` comes, or nullopt if no ladder has one.
base::Result<std::optional<RetryPlan>> plan_retry(Turn& turn, FrameId step, const Outcome& outcome);

// verdict.cpp
void decide_action(Turn& turn, FrameId step, const Outcome& outcome);
void decide_resolve(Turn& turn, FrameId step, const Outcome& outcome);
void decide_compensation(Turn& turn, FrameId step, const Outcome& outcome);
// No new attempt of a step whose saga turns back. But a pivot that may have been executed, and that
// nothing but its own key can ask about, goes on.
bool gives_up_early(const Turn& turn, FrameId step, bool any_unknown);
// Ends an action that gives up: resolve, park or settle.
void give_up(Turn& turn, FrameId step, Verdict verdict, const base::JsonText& error);
// Whether the frame's step, or whatever stands there, has no way but forward: the pivot has passed,
// and it is no part of an undoing.
bool must_go_forward(const Turn& turn, FrameId frame);
// Whether the step's handlers, or something around it, go on after this verdict.
bool is_handled(const Turn& turn, FrameId step, Verdict verdict, const std::string& error);
// Whether a scope or parallel around `frame`, or the frame itself, takes this error without having
// to undo a passed pivot.
bool is_caught(const Turn& turn, FrameId frame, const std::string& error);
// A step settled without a result: its handler or `else`, else the failure of what is around it.
void after_verdict(Turn& turn, FrameId step);
void after_undone(Turn& turn, FrameId frame);

// again.cpp: whether a scope whose failure is undone runs anew, now or later, instead of failing.
bool run_again(Turn& turn, FrameId scope);
// Whether a frame is a branch of a `parallel any`, whose failure leaves the others their chance.
bool is_rival(const Turn& turn, FrameId frame);

// undo.cpp
// Starts what may be compensated next inside a frame; true once nothing is left to undo.
bool undo(Turn& turn, FrameId frame);
// True if the settled step has a compensation to run that hasn't begun.
bool needs_compensation(const Turn& turn, FrameId step);
void start_compensation(Turn& turn, FrameId step);
// Begins the block of a step's `compensate { … }`; its keys are the same each time.
void enter_compensation(Turn& turn, FrameId step);

}  // namespace saga::core::decide
