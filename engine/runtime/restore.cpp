#include "engine/runtime/restore.hpp"

#include <algorithm>

#include "engine/core/definition_codec.hpp"
#include "engine/core/machine.hpp"
#include "engine/core/state_codec.hpp"

namespace saga::runtime {
namespace {

using base::ErrorCode;

constexpr std::uint32_t kFirstRows = 16;
constexpr std::uint32_t kMaxRows = 1'000;
constexpr std::size_t kPageBytes = 4'000'000;

// How many rows of the size of these fit one page.
std::uint32_t next_page(const std::vector<ports::HistoryRow>& rows) {
  std::size_t bytes = rows.size();
  for (const ports::HistoryRow& row : rows) bytes += row.events.size() + row.input.size();
  const std::size_t fitting = kPageBytes * rows.size() / bytes;
  return static_cast<std::uint32_t>(std::clamp<std::size_t>(fitting, 1, kMaxRows));
}

// Runs `use` over a machine's rows in order, a page in memory at a time.
template <class Use>
base::Result<void> for_each_row(ports::JournalReader& reader, const std::string& machine_id,
                                Use use, std::uint64_t after = 0) {
  for (std::uint32_t limit = kFirstRows;;) {
    base::Result<std::vector<ports::HistoryRow>> rows = reader.history(machine_id, after, limit);
    if (!rows) return base::fail(rows.error());
    const bool is_last = rows->size() < limit;
    if (!is_last) limit = next_page(*rows);
    if (!rows->empty()) after = rows->back().last_seq;
    for (ports::HistoryRow& row : *rows) {
      if (base::Result<void> used = use(row); !used) return used;
    }
    if (is_last) return {};
  }
}

base::Result<void> fold(RestoredSaga& saga, const ports::HistoryRow& row) {
  base::Result<std::vector<core::Event>> events = events_of(row);
  if (!events) return base::fail(events.error());
  core::State& state = saga.state;
  saga.updated_at = row.at;
  for (const core::Event& event : *events) {
    core::apply(state, event);
    if (const auto* parked = std::get_if<core::event::Parked>(&event.body))
      saga.parked_at[parked->frame] = row.at;
    if (const auto* undo = std::get_if<core::event::CompensationStarted>(&event.body))
      saga.failures.erase(undo->frame);  // those were the action's
    if (const auto* attempt = std::get_if<core::event::AttemptEnded>(&event.body)) {
      const core::Outcome& outcome = attempt->outcome;
      saga.failures[attempt->frame] = outcome.message.empty() ? outcome.error : outcome.message;
    }
  }
  if (state.inconsistency.empty()) return {};
  return base::fail(ErrorCode::kCorrupt,
                    "an event of " + row.machine_id + " doesn't fit: " + state.inconsistency,
                    row.machine_id);
}

// The fold as far as it is there already. A snapshot that can't be used is as good as none.
base::Result<void> begin_at_snapshot(ports::JournalReader& reader, const std::string& id,
                                     RestoredSaga& restored) {
  base::Result<std::optional<ports::SnapshotRow>> snapshot = reader.snapshot(id);
  if (!snapshot) return base::fail(snapshot.error());
  if (!*snapshot) return {};
  base::Result<core::State> state = core::decode_state((*snapshot)->state);
  if (!state || state->id != id || state->last_seq != (*snapshot)->seq) return {};
  if (!state->parked.empty()) return {};  // only the rows say since when
  restored.state = std::move(*state);
  restored.updated_at = (*snapshot)->at;
  restored.snapshot_seq = (*snapshot)->seq;
  return {};
}

}  // namespace

base::Result<std::shared_ptr<const core::Definition>> DefinitionCache::find(
    ports::JournalReader& reader, const std::string& hash) {
  if (const auto known = known_.find(hash); known != known_.end()) return known->second;
  base::Result<ports::DefinitionRow> row = reader.definition(hash);
  if (!row) return base::fail(row.error());
  base::Result<core::Definition> definition = core::decode_definition(row->text);
  if (!definition) return base::fail(definition.error());
  definition->hash = row->hash;
  for (core::Source& source : definition->sources) {
    for (const ports::SourceRow& stored : row->sources) {
      if (stored.path != source.path) continue;
      source.text = std::make_shared<const std::string>(stored.text);
    }
  }
  return known_[hash] = std::make_shared<const core::Definition>(std::move(*definition));
}

base::Result<std::vector<core::Event>> events_of(const ports::HistoryRow& row) {
  base::Result<std::vector<core::Event>> events =
      core::decode_row_events(row.events, {row.machine_id, row.first_seq, row.at});
  if (events) return events;
  return base::fail(events.error().code,
                    "history " + row.machine_id + ", row " + std::to_string(row.first_seq) + ".." +
                        std::to_string(row.last_seq) + ": " + events.error().message,
                    row.machine_id);
}

base::Result<std::vector<ports::HistoryRow>> read_history(ports::JournalReader& reader,
                                                          const std::string& machine_id) {
  std::vector<ports::HistoryRow> rows;
  base::Result<void> read =
      for_each_row(reader, machine_id, [&](ports::HistoryRow& row) -> base::Result<void> {
        rows.push_back(std::move(row));
        return {};
      });
  if (!read) return base::fail(read.error());
  return rows;
}

base::Result<std::optional<RestoredSaga>> restore_saga(ports::JournalReader& reader,
                                                       DefinitionCache& definitions,
                                                       const std::string& id, Snapshots snapshots) {
  RestoredSaga restored;
  if (snapshots == Snapshots::kUsed) {
    base::Result<void> begun = begin_at_snapshot(reader, id, restored);
    if (!begun) return base::fail(begun.error());
  }
  const auto fold_row = [&](const ports::HistoryRow& row) { return fold(restored, row); };
  base::Result<void> read = for_each_row(reader, id, fold_row, restored.state.last_seq);
  if (!read) return base::fail(read.error());
  if (!restored.state.exists()) return std::optional<RestoredSaga>{};
  base::Result<std::shared_ptr<const core::Definition>> definition =
      definitions.find(reader, restored.state.definition_hash);
  if (!definition) return base::fail(definition.error());
  restored.definition = std::move(*definition);
  return std::optional(std::move(restored));
}

base::Result<core::entity::KeyState> restore_key(ports::JournalReader& reader,
                                                 const std::string& id) {
  core::entity::KeyState state;
  base::Result<void> read =
      for_each_row(reader, id, [&](const ports::HistoryRow& row) -> base::Result<void> {
        base::Result<std::vector<core::entity::KeyEvent>> events =
            core::entity::decode_key_events(row.events);
        if (!events) return base::fail(events.error());
        for (const core::entity::KeyEvent& event : *events) core::entity::apply(state, event);
        return {};
      });
  if (!read) return base::fail(read.error());
  return state;
}

namespace {

// A step that waits for its next attempt, and why the last one failed stands before the snapshot.
bool has_untold_reason(const RestoredSaga& restored) {
  const SagaView view = make_view(*restored.definition, restored.state, restored.updated_at);
  return std::any_of(view.waiting.begin(), view.waiting.end(), [&](const SagaView::Waiting& each) {
    return each.attempts > 0 && !restored.failures.contains(each.frame);
  });
}

}  // namespace

base::Result<SagaView> read_saga(ports::JournalReader& reader, const std::string& id) {
  DefinitionCache definitions;
  base::Result<std::optional<RestoredSaga>> restored = restore_saga(reader, definitions, id);
  if (!restored) return base::fail(restored.error());
  if (!*restored) return base::fail(ErrorCode::kNotFound, "there is no saga `" + id + "`");
  if ((*restored)->snapshot_seq > 0 && has_untold_reason(**restored)) {
    restored = restore_saga(reader, definitions, id, Snapshots::kIgnored);
    if (!restored) return base::fail(restored.error());
  }
  SagaView view = make_view(*(*restored)->definition, (*restored)->state, (*restored)->updated_at);
  for (SagaView::ParkedStep& parked : view.parked) {
    const auto at = (*restored)->parked_at.find(parked.frame);
    if (at != (*restored)->parked_at.end()) parked.since = at->second;
  }
  for (SagaView::Waiting& waiting : view.waiting) {
    const auto why = (*restored)->failures.find(waiting.frame);
    if (why != (*restored)->failures.end()) waiting.why = why->second;
  }
  return view;
}

}  // namespace saga::runtime
