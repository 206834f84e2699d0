#include "engine/core/state.hpp"

#include <algorithm>

namespace saga::core {

Status State::status() const {
  if (ended) return *ended;
  if (!parked.empty()) return Status::kStuck;
  const bool forward = frames.empty() || frames[0].status == FrameStatus::kActive;
  return forward ? Status::kRunning : Status::kCompensating;
}

namespace {

bool is_shield(FrameKind kind) {
  return kind == FrameKind::kCompensation || kind == FrameKind::kUndoHandler ||
         kind == FrameKind::kOnFailed || kind == FrameKind::kOnCompleted ||
         kind == FrameKind::kOnStuck;
}

}  // namespace

bool State::is_shielded(FrameId id) const {
  while (id != 0 && !is_shield(frames[id].kind)) id = frames[id].parent;
  return id != 0;
}

const std::string& State::path_of(FrameId id) const {
  while (id != 0 && frames[id].path.empty()) id = frames[id].parent;
  return frames[id].path;
}

bool State::is_stopping(FrameId id) const {
  for (;;) {
    const Frame& at = frames[id];
    // What undoes, and what follows it, isn't stopped by the failure that it answers.
    if (is_shield(at.kind)) return false;
    if (at.status == FrameStatus::kFailing || at.status == FrameStatus::kUndoing) return true;
    if (id == 0) return false;
    id = at.parent;
  }
}

const base::JsonText* State::find(FrameId from, SlotId slot) const {
  for (FrameId id = from;; id = frames[id].parent) {
    for (const Binding& binding : frames[id].bindings) {
      if (binding.slot == slot) return &binding.value;
    }
    if (id == 0) return nullptr;
  }
}

bool State::is_stuck() const {
  return std::any_of(parked.begin(), parked.end(),
                     [&](FrameId id) { return !on_stuck || !is_inside(id, *on_stuck); });
}

bool State::is_inside(FrameId id, FrameId ancestor) const {
  while (id != ancestor && id != 0) id = frames[id].parent;
  return id == ancestor;
}

}  // namespace saga::core
