#pragma once

#include "engine/runtime/orchestrator.hpp"

namespace saga::runtime {

// A saga in memory, or on its way there.
struct Orchestrator::Saga {
  std::string id;
  std::shared_ptr<const core::Definition> definition;  // null while it is loaded
  core::State state;
  bool is_loading = false;
  std::string born_with;      // hash of its definition should it have no history yet; or empty
  std::vector<Then> waiting;  // for the load, in order
  std::optional<std::pair<core::Status, core::Cause>> listed;  // in its list row
  std::optional<base::TimePoint> stored_due;                   // in the journal's timers
  base::TimePoint updated_at;
  std::uint64_t snapshot_seq = 0;  // of its newest snapshot
  std::uint64_t last_batch = 0;    // with its last transition; 0 = it came from the journal
};

struct Orchestrator::PendingStart {
  RequestId request = 0;
  std::shared_ptr<const core::Definition> definition;
  core::PreparedStart prepared;
  std::string saga_id;  // once it is chosen
};

// Who holds a `key`: the entity in memory, or on its way there.
struct Orchestrator::Key {
  core::entity::KeyState state;
  bool is_loading = true;
  std::vector<PendingStart> waiting;
  std::uint64_t last_batch = 0;
};

// What the journal's timer says of a saga: 1970 while it is active, its next timer, or nothing.
inline std::optional<base::TimePoint> due_in_journal(const core::State& state) {
  if (core::is_hot(state)) return base::TimePoint{};
  return core::next_due(state);
}

}  // namespace saga::runtime
