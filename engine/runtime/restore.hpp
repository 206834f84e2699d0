#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/core/definition.hpp"
#include "engine/core/entity/key.hpp"
#include "engine/core/event.hpp"
#include "engine/core/state.hpp"
#include "engine/ports/journal.hpp"
#include "engine/runtime/saga_view.hpp"

// What a journal holds of sagas, read back: states are folds of histories, nothing is decided anew.
// All functions block on the journal; errors are the reader's, and kCorrupt for events that this
// version can't read or that don't fit.
namespace saga::runtime {

// Definitions by hash, each decoded once. Thread-safety: one thread at a time.
class DefinitionCache {
 public:
  // With the texts of its sources. kNotFound, kCorrupt, kNewerVersion.
  base::Result<std::shared_ptr<const core::Definition>> find(ports::JournalReader& reader,
                                                             const std::string& hash);

 private:
  std::unordered_map<std::string, std::shared_ptr<const core::Definition>> known_;
};

struct RestoredSaga {
  std::shared_ptr<const core::Definition> definition;
  core::State state;
  base::TimePoint updated_at;
  std::map<core::FrameId, base::TimePoint> parked_at;  // of frames that are or were parked
  std::uint64_t snapshot_seq = 0;  // of the snapshot that the fold began at; 0: at the first row
  std::map<core::FrameId, std::string> failures;  // why a step's last failed attempt failed
};

// What a saga's row decided.
base::Result<std::vector<core::Event>> events_of(const ports::HistoryRow& row);

// All rows of a machine, oldest first; empty for one that isn't there.
base::Result<std::vector<ports::HistoryRow>> read_history(ports::JournalReader& reader,
                                                          const std::string& machine_id);

enum class Snapshots { kUsed, kIgnored };

// Nullopt for a saga without a history. What only the rows say (`failures`) is there as far as they
// are folded: whoever needs it ignores snapshots.
base::Result<std::optional<RestoredSaga>> restore_saga(ports::JournalReader& reader,
                                                       DefinitionCache& definitions,
                                                       const std::string& id,
                                                       Snapshots snapshots = Snapshots::kUsed);
base::Result<core::entity::KeyState> restore_key(ports::JournalReader& reader,
                                                 const std::string& id);

// kNotFound.
base::Result<SagaView> read_saga(ports::JournalReader& reader, const std::string& id);

}  // namespace saga::runtime
