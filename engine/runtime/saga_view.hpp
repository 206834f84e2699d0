#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.hpp"
#include "engine/base/time.hpp"
#include "engine/core/definition.hpp"
#include "engine/core/state.hpp"

namespace saga::runtime {

// What clients see of a saga: DESIGN.md's JSON, and what waits for a person.
struct SagaView {
  struct ParkedStep {
    core::FrameId frame = 0;
    std::string step;  // path; empty = the saga itself
    std::string reason;
    std::optional<base::TimePoint> since;  // unknown where only the state is
    // That it doesn't refuse: retry, settle, skip, and of the whole saga cancel; terminate, which
    // takes nothing back, only where an expression can't go on.
    std::vector<std::string> verbs;
    // What a retry of it does is undone at once, and why; see also SagaView::deadline.
    core::Cause undone_by = core::Cause::kNone;
    bool is_forward = false;  // a deadline that passes would undo it
  };
  struct Waiting {  // for the next attempt
    core::FrameId frame = 0;
    std::string step;
    std::uint32_t attempts = 0;  // until now
    std::optional<base::TimePoint> due;
    std::string why;  // the last one failed; unknown where only the state is
  };
  std::string id;
  std::string definition;
  std::int64_t version = 0;
  std::string key;
  std::string parent_id;
  core::Status status = core::Status::kRunning;
  core::Cause cause = core::Cause::kNone;
  base::JsonText input;
  base::JsonText output;  // empty = none
  base::JsonText error;   // empty = none
  std::uint64_t seq = 0;
  base::TimePoint started_at;
  base::TimePoint updated_at;          // of the last transition
  std::vector<std::string> current;    // paths of open steps
  bool cancel_requested = false;       // and neither followed nor overtaken yet
  std::vector<std::string> left_over;  // of a terminated saga
  std::vector<ParkedStep> parked;      // what waits for a person
  std::vector<Waiting> waiting;
  std::optional<base::TimePoint> next_due;  // its next timer
  std::optional<base::TimePoint> deadline;  // that has not been seen to pass
};

// Why whatever comes of a retry of this parked step at `now` is compensated right after; kNone: it
// isn't.
core::Cause undone_by(const SagaView& view, const SagaView::ParkedStep& parked,
                      base::TimePoint now);

SagaView make_view(const core::Definition& definition, const core::State& state,
                   base::TimePoint updated_at);

// {"id","definition","version","key","status","cause","input","output","error","seq","started_at",
// "updated_at","current","left_over"}, and "cancel_requested", "parked" and "next_due" where there
// is something to say. Each of "parked" is {"step","reason","since","verbs"}, and "undone_by" with
// a cause; each of "waiting" {"step","attempts","due","why"}.
base::JsonText to_json(const SagaView& view);

}  // namespace saga::runtime
