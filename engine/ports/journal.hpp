#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.hpp"
#include "engine/base/result.hpp"
#include "engine/base/time.hpp"
#include "engine/core/status.hpp"

namespace saga::ports {

// One transition of one machine (a saga, or an entity such as a key): a row of the history.
struct HistoryRow {
  std::string
      machine_id;  // a saga's uuid, or an entity's name: `key/default/shop.orders.PlaceOrder/O1`
  std::uint64_t first_seq = 0;  // of its events; gapless from 1 within a machine
  std::uint64_t last_seq = 0;
  base::TimePoint at;  // the context's now
  std::uint64_t seed = 0;
  base::JsonText input;
  base::JsonText events;  // a JSON array, one element an event
};

// The list row of a saga, written only when it changes.
struct SagaRow {
  std::string id;
  std::string definition;
  std::int64_t version = 0;
  std::string definition_hash;
  std::string key;        // empty without
  std::string parent_id;  // empty for a root
  core::Status status = core::Status::kRunning;
  core::Cause cause = core::Cause::kNone;
  base::TimePoint started_at;
  base::TimePoint updated_at;  // of the last change of status
  std::optional<base::TimePoint> ended_at;
};

// A message between machines that its receiver hasn't consumed.
struct MessageRow {
  std::string from;
  std::uint64_t number = 0;
  std::string to;
  base::JsonText body;
};

// When a machine must be in memory again. TimePoint{} (1970) means "now": it is active.
struct TimerChange {
  std::string machine_id;
  std::optional<base::TimePoint> due;  // replaces the machine's timer; nullopt removes it
};

// A machine's state after its row that ends at `seq`: a cache, which may be thrown away. What is in
// `state` is its writer's affair.
struct SnapshotRow {
  std::string machine_id;
  std::uint64_t seq = 0;
  base::TimePoint at;  // of that row
  base::JsonText state;
};

struct SourceRow {
  std::string path;
  std::string text;
};
struct DefinitionRow {
  std::string name;
  std::int64_t version = 0;
  std::string hash;                // hex SHA-256 of text
  std::string text;                // core::encode
  std::vector<SourceRow> sources;  // stored once by their own hash
};

// What one commit holds: all of it, or nothing. Order inside each list is kept.
struct Batch {
  std::vector<HistoryRow> history;
  std::vector<SagaRow> sagas;  // inserted; a known id: status, cause, updated_at, ended_at change
  std::vector<TimerChange> timers;
  std::vector<MessageRow> sent;
  std::vector<MessageRow> consumed;         // by (from, number, to); body ignored
  std::vector<DefinitionRow> definitions;   // known hashes are skipped
  std::vector<SnapshotRow> snapshots = {};  // each replaces its machine's
};

struct SagaFilter {
  std::optional<core::Status> status;
  std::string definition;  // full name; empty = all
  std::string key;         // empty = all
  std::string cursor;      // from the last page; empty = from the newest
  std::uint32_t limit = 100;
  std::string definition_hash = {};  // of one stored definition; empty = all
  std::string id_beginning = {};     // empty = all
  bool has_timer = false;            // only those that have one
};
struct SagaPage {
  std::vector<SagaRow> items;  // the one that appeared last first
  std::string next_cursor;     // empty on the last page
};
struct TimerRow {
  base::TimePoint due;
  std::string machine_id;
};

// Reads of committed data. Thread-safety: one reader an instance, one thread at a time; several
// instances may read while the writer commits. Blocking. Errors: kCorrupt names the row whose
// checksum, chain or numbering fails, kNotFound, kIoUncertain.
class JournalReader {
 public:
  virtual ~JournalReader() = default;
  // Rows of a machine with last_seq > after, oldest first; at most `limit` rows.
  virtual base::Result<std::vector<HistoryRow>> history(std::string_view machine_id,
                                                        std::uint64_t after,
                                                        std::uint32_t limit) = 0;
  // The newest one of a machine; nullopt if there is none, or it doesn't fit the history.
  virtual base::Result<std::optional<SnapshotRow>> snapshot(std::string_view machine_id) = 0;
  virtual base::Result<SagaRow> saga(std::string_view id) = 0;  // kNotFound
  virtual base::Result<SagaPage> sagas(const SagaFilter& filter) = 0;
  // Timers with due <= before, earliest first; after (due, machine_id) of the last one seen, if
  // given.
  virtual base::Result<std::vector<TimerRow>> timers(base::TimePoint before, std::uint32_t limit,
                                                     const std::optional<TimerRow>& after) = 0;
  virtual base::Result<std::vector<MessageRow>> messages(
      std::string_view to) = 0;                                            // by from, number
  virtual base::Result<std::vector<std::string>> message_receivers() = 0;  // with unconsumed ones
  virtual base::Result<DefinitionRow> definition(std::string_view hash) = 0;  // kNotFound
  virtual base::Result<std::vector<DefinitionRow>> definitions() = 0;  // without texts and sources
};

// The journal: append-only histories and what is kept in the same commit. One writer a store.
// Thread-safety: commit from one thread. Blocking: commit returns once the batch is durable.
// Errors of commit: kDiskFull, kReadOnly: surely nothing happened, the same batch may be committed
// again; kConflict: a machine's numbering doesn't continue its history, nothing happened;
// kIoUncertain: it may or may not have happened: stop all effects, exit, re-read.
class Journal {
 public:
  virtual ~Journal() = default;
  virtual base::Result<void> commit(const Batch& batch) = 0;
  // A reader of the same store, usable on another thread.
  virtual base::Result<std::unique_ptr<JournalReader>> open_reader() = 0;
  // Called by the committing thread when it has nothing to do: checkpoints and the like.
  virtual void idle() = 0;
  // 32 random bytes made when the store was created: callback tokens are signed with them.
  [[nodiscard]] virtual std::string store_secret() const = 0;
};

}  // namespace saga::ports
