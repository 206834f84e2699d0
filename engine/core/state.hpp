#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/event.hpp"
#include "engine/core/status.hpp"
#include "engine/core/step_status.hpp"

namespace saga::core {

// One conversation with a participant: the action, its resolve, or its compensation.
struct Exchange {
  Phase phase = Phase::kAction;
  std::string key;
  base::JsonText arguments;
  std::uint32_t attempt = 0;
  bool in_flight = false;
  bool pending = false;                // accepted (202); the answer comes later
  bool any_unknown = false;            // sticky: an attempt of this exchange may have been executed
  bool asked = false;                  // pending, and a question about it is on its way
  bool alerted = false;                // people were told that it has failed for long
  base::TimePoint started_at;          // of its first attempt, or a person's retry
  base::TimePoint sent_at;             // of the attempt in flight
  base::TimePoint until;               // of the attempt in flight or pending
  std::optional<base::TimePoint> due;  // of the next attempt, or of the next question (pending)
  std::optional<base::TimePoint> within;
  std::uint32_t polls = 0;
  std::string poll_url;
  std::string fault;     // of the last attempt that ended: Timeout, Unavailable, an error's name
  base::JsonText error;  // its error object, or empty
  struct Ladder {
    std::uint32_t uses = 0;
    base::TimePoint began;
    friend bool operator==(const Ladder&, const Ladder&) = default;
  };
  std::map<std::uint32_t, Ladder> ladders;  // by retry clause
  friend bool operator==(const Exchange&, const Exchange&) = default;
};

// What a step frame holds beside its frame.
struct Step {
  StepStatus status = StepStatus::kPlanned;
  Verdict verdict = Verdict::kNone;
  std::string key;  // of the action: key_of(step)
  SlotId slot = kNone;
  bool is_pivot = false;
  bool cancel_sent = false;  // to the called saga
  bool late_told = false;    // that it was done after all
  std::string child_id;
  Exchange exchange;                  // the current one
  std::uint32_t action_attempts = 0;  // kept while a resolve is asked
  base::JsonText action_arguments;    // likewise
  base::JsonText error;               // of a verdict that isn't done
  bool undo_is_block = false;
  bool undo_is_twin = false;    // `compensate unknown`
  std::uint32_t undo_from = 0;  // children from here on belong to the compensation
  friend bool operator==(const Step&, const Step&) = default;
};

enum class FrameStatus : std::uint8_t {
  kActive,
  kFailing,  // something inside failed: nothing new starts, what is in flight settles
  kUndoing,  // what was done is compensated
  kUndone,   // all of it is, and a handler runs next or the parent fails; or begun anew elsewhere
  kFinished,
};

// One activation of a node. Frames form a tree whose children stand in program order; the tree is
// the compensation stack: undoing walks it backwards.
struct Frame {
  FrameKind kind = FrameKind::kBlock;
  FrameStatus status = FrameStatus::kActive;
  FrameId parent = 0;
  NodeId node = kNone;
  std::string path;            // of what stands inside, without the saga's id; see core/path.hpp
  std::uint32_t index = 0;     // kIteration; kScope: the run, from 2, of one that is run anew
  std::uint32_t next = 0;      // blocks: the statement that runs next; loops: the next item
  std::uint32_t count = 0;     // loops: items; parallels: branches
  std::uint32_t finished = 0;  // loops and parallels: children that left
  std::vector<base::JsonText> items;  // loops
  std::vector<Binding> bindings;
  std::vector<FrameId> children;
  std::vector<FrameId> active;           // children that haven't finished, in order
  std::optional<base::TimePoint> until;  // kSleep, kIteration
  std::optional<base::TimePoint> since;  // kScope that is run anew: the first run that failed
  base::JsonText error;                  // of a failed frame
  FrameId origin = 0;                    // of a failed frame
  bool handled = false;  // a handler runs or ran; kCompensation of a scope: a person left it out
  std::string parked;    // why a person is needed; empty = isn't
  std::optional<Step> step;
  friend bool operator==(const Frame&, const Frame&) = default;
};

// The state of one saga: a fold of its history, nothing else. A plain value; copy it freely.
// Changed by `apply` alone; everybody else reads. Not thread-safe.
class State {
 public:
  [[nodiscard]] bool exists() const { return last_seq > 0; }
  [[nodiscard]] Status status() const;
  [[nodiscard]] const Frame& frame(FrameId id) const { return frames[id]; }
  [[nodiscard]] bool is_stopping(FrameId id) const;  // it or a frame around it fails or is undone
  // Whether it undoes, or follows an undoing (`on failed`): no cancel, deadline or pivot touches
  // it.
  [[nodiscard]] bool is_shielded(FrameId id) const;
  // The path of the nearest frame around it that has one, or its own; "" for the saga's own block.
  [[nodiscard]] const std::string& path_of(FrameId id) const;
  // The value bound to a slot as seen from a frame, or null.
  [[nodiscard]] const base::JsonText* find(FrameId from, SlotId slot) const;
  [[nodiscard]] bool is_inside(FrameId id, FrameId ancestor) const;  // or the same
  // Compensations beside the forward path, for which the pivot and the ending wait.
  [[nodiscard]] bool undoes_beside() const {
    return !background.empty() || !rollbacks.empty() || !losers.empty();
  }
  // Whether a person is needed for something other than `on stuck` itself.
  [[nodiscard]] bool is_stuck() const;

  std::string id;
  std::string definition;
  std::string definition_hash;
  std::string key;
  base::JsonText input;
  std::optional<ParentRef> parent;
  base::TimePoint started_at;
  std::uint64_t last_seq = 0;
  std::uint64_t bytes = 0;  // of its history, about

  std::vector<Frame> frames;     // by FrameId; [0] is the saga itself
  std::set<FrameId> in_flight;   // steps with an attempt on its way
  std::set<FrameId> timed;       // steps that back off, wait or are bounded, and sleeps
  std::set<FrameId> parked;      // frames that need a person
  std::set<FrameId> background;  // steps whose compensation runs beside the forward path
  std::vector<std::vector<FrameId>> rollbacks;  // steps that are still to be compensated so
  std::set<FrameId> losers;                     // branches that another one was ahead of
  std::optional<FrameId> open_pivot;            // a pivot that was sent and has no verdict
  bool pivot_passed = false;
  std::optional<base::TimePoint> deadline;
  bool cancel_requested = false;
  std::string cancel_reason;
  bool deadline_passed = false;
  Cause cause = Cause::kNone;
  bool left_over = false;           // a person skipped a compensation
  bool reopened = false;            // compensated by its caller after its ending
  bool returned = false;            // the forward path is over; `on completed` runs
  std::optional<FrameId> on_stuck;  // an `on stuck` that runs
  bool stuck_told = false;          // it ran, or runs, for what is parked now
  std::optional<Status> ended;
  base::JsonText output;
  base::JsonText error;
  std::uint64_t messages_sent = 0;
  std::map<std::string, std::uint64_t> received;  // the last message's number, by sender
  std::string inconsistency;  // an event that didn't fit; empty in every sound history
  friend bool operator==(const State&, const State&) = default;
};

}  // namespace saga::core
