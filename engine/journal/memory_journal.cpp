#include "engine/journal/memory_journal.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <tuple>
#include <utility>

#include "engine/journal/cursor.hpp"
#include "engine/journal/hash.hpp"

namespace saga::journal {

using base::ErrorCode;
using base::fail;
using base::Result;
using ports::HistoryRow;
using ports::MessageRow;
using ports::SagaRow;
using ports::TimerRow;

namespace {

struct NumberedSaga {
  std::int64_t number = 0;
  SagaRow row;
};
using MessageKey = std::tuple<std::string, std::string, std::uint64_t>;  // to, from, number

MessageKey key_of(const MessageRow& message) { return {message.to, message.from, message.number}; }

bool matches(const SagaRow& row, const ports::SagaFilter& filter) {
  return (!filter.status || row.status == *filter.status) &&
         (filter.definition.empty() || row.definition == filter.definition) &&
         (filter.definition_hash.empty() || row.definition_hash == filter.definition_hash) &&
         (filter.key.empty() || row.key == filter.key) && row.id.starts_with(filter.id_beginning);
}

}  // namespace

struct MemoryJournal::Store {
  mutable std::mutex mutex;
  std::string secret;
  std::map<std::string, std::vector<HistoryRow>, std::less<>> history;
  std::map<std::string, NumberedSaga, std::less<>> sagas;
  std::map<std::string, base::TimePoint, std::less<>> due;
  std::set<std::pair<base::TimePoint, std::string>> timers;
  std::map<MessageKey, std::string> messages;
  std::vector<ports::DefinitionRow> definitions;
  std::map<std::string, ports::SnapshotRow, std::less<>> snapshots;

  [[nodiscard]] std::uint64_t last_seq(const std::string& machine) const {
    const auto found = history.find(machine);
    return found == history.end() ? 0 : found->second.back().last_seq;
  }

  [[nodiscard]] Result<void> check(const ports::Batch& batch) const;
  void apply(const ports::Batch& batch);
  void put_timer(const ports::TimerChange& change);
  void put_definition(const ports::DefinitionRow& definition);
};

Result<void> MemoryJournal::Store::check(const ports::Batch& batch) const {
  std::map<std::string, std::uint64_t> last;
  for (const HistoryRow& row : batch.history) {
    const auto [known, added] = last.try_emplace(row.machine_id, 0);
    if (added) known->second = last_seq(row.machine_id);
    if (row.first_seq != known->second + 1 || row.last_seq < row.first_seq) {
      return fail(ErrorCode::kConflict,
                  "history " + row.machine_id + " ends at " + std::to_string(known->second) +
                      ", so a row from " + std::to_string(row.first_seq) + " to " +
                      std::to_string(row.last_seq) + " doesn't continue it",
                  row.machine_id);
    }
    known->second = row.last_seq;
  }
  std::set<MessageKey> sent;
  for (const MessageRow& message : batch.sent) {
    if (messages.contains(key_of(message)) || !sent.insert(key_of(message)).second) {
      return fail(ErrorCode::kConflict,
                  "message " + std::to_string(message.number) + " was sent before", message.from);
    }
  }
  return {};
}

void MemoryJournal::Store::put_timer(const ports::TimerChange& change) {
  if (const auto old = due.find(change.machine_id); old != due.end()) {
    timers.erase({old->second, old->first});
    due.erase(old);
  }
  if (!change.due) return;
  due.emplace(change.machine_id, *change.due);
  timers.emplace(*change.due, change.machine_id);
}

void MemoryJournal::Store::put_definition(const ports::DefinitionRow& definition) {
  const auto same = [&](const auto& known) { return known.hash == definition.hash; };
  if (std::none_of(definitions.begin(), definitions.end(), same)) definitions.push_back(definition);
}

void MemoryJournal::Store::apply(const ports::Batch& batch) {
  for (const auto& definition : batch.definitions) put_definition(definition);
  for (const HistoryRow& row : batch.history) history[row.machine_id].push_back(row);
  for (const SagaRow& row : batch.sagas) {
    const auto number = static_cast<std::int64_t>(sagas.size()) + 1;
    const auto [known, is_new] = sagas.try_emplace(row.id, NumberedSaga{number, row});
    if (is_new) continue;
    known->second.row.status = row.status;
    known->second.row.cause = row.cause;
    known->second.row.updated_at = row.updated_at;
    known->second.row.ended_at = row.ended_at;
  }
  for (const auto& snapshot : batch.snapshots) {
    snapshots.insert_or_assign(snapshot.machine_id, snapshot);
  }
  for (const auto& change : batch.timers) put_timer(change);
  for (const MessageRow& message : batch.sent) messages.emplace(key_of(message), message.body);
  for (const MessageRow& message : batch.consumed) messages.erase(key_of(message));
}

namespace {

class MemoryReader final : public ports::JournalReader {
 public:
  explicit MemoryReader(std::shared_ptr<const MemoryJournal::Store> store)
      : store_(std::move(store)) {}

  Result<std::vector<HistoryRow>> history(std::string_view machine_id, std::uint64_t after,
                                          std::uint32_t limit) override {
    const std::scoped_lock lock(store_->mutex);
    std::vector<HistoryRow> rows;
    const auto found = store_->history.find(machine_id);
    if (found == store_->history.end()) return rows;
    auto at = std::upper_bound(
        found->second.begin(), found->second.end(), after,
        [](std::uint64_t seq, const HistoryRow& row) { return seq < row.last_seq; });
    for (; at != found->second.end() && rows.size() < limit; ++at) rows.push_back(*at);
    return rows;
  }

  Result<std::optional<ports::SnapshotRow>> snapshot(std::string_view machine_id) override {
    const std::scoped_lock lock(store_->mutex);
    const auto found = store_->snapshots.find(machine_id);
    if (found == store_->snapshots.end()) return std::optional<ports::SnapshotRow>{};
    return std::optional(found->second);
  }

  Result<SagaRow> saga(std::string_view id) override {
    const std::scoped_lock lock(store_->mutex);
    const auto found = store_->sagas.find(id);
    if (found != store_->sagas.end()) return found->second.row;
    return fail(ErrorCode::kNotFound, "there is no saga " + std::string(id), std::string(id));
  }

  Result<ports::SagaPage> sagas(const ports::SagaFilter& filter) override {
    const Result<std::int64_t> cursor = parse_cursor(filter.cursor);
    if (!cursor) return fail(cursor.error());
    const std::scoped_lock lock(store_->mutex);
    std::vector<const NumberedSaga*> found;
    for (const auto& [id, saga] : store_->sagas) {
      const bool has_timer = store_->due.contains(id);
      if (matches(saga.row, filter) && saga.number < *cursor && (has_timer || !filter.has_timer))
        found.push_back(&saga);
    }
    std::sort(found.begin(), found.end(),
              [](const auto* a, const auto* b) { return a->number > b->number; });
    ports::SagaPage page;
    for (const NumberedSaga* saga : found) {
      if (page.items.size() == filter.limit) break;
      page.items.push_back(saga->row);
      page.next_cursor = std::to_string(saga->number);
    }
    if (page.items.size() == found.size()) page.next_cursor.clear();
    return page;
  }

  Result<std::vector<TimerRow>> timers(base::TimePoint before, std::uint32_t limit,
                                       const std::optional<TimerRow>& after) override {
    const std::scoped_lock lock(store_->mutex);
    std::vector<TimerRow> rows;
    auto at = after ? store_->timers.upper_bound({after->due, after->machine_id})
                    : store_->timers.begin();
    for (; at != store_->timers.end() && rows.size() < limit && at->first <= before; ++at) {
      rows.push_back(TimerRow{at->first, at->second});
    }
    return rows;
  }

  Result<std::vector<MessageRow>> messages(std::string_view to) override {
    const std::scoped_lock lock(store_->mutex);
    std::vector<MessageRow> rows;
    for (auto at = store_->messages.lower_bound({std::string(to), {}, 0});
         at != store_->messages.end() && std::get<0>(at->first) == to; ++at) {
      const auto& [receiver, from, number] = at->first;
      rows.push_back(MessageRow{from, number, receiver, at->second});
    }
    return rows;
  }

  Result<std::vector<std::string>> message_receivers() override {
    const std::scoped_lock lock(store_->mutex);
    std::vector<std::string> names;
    for (const auto& [key, body] : store_->messages) {
      if (names.empty() || names.back() != std::get<0>(key)) names.push_back(std::get<0>(key));
    }
    return names;
  }

  Result<ports::DefinitionRow> definition(std::string_view hash) override {
    const std::scoped_lock lock(store_->mutex);
    for (const auto& row : store_->definitions) {
      if (row.hash == hash) return row;
    }
    return fail(ErrorCode::kNotFound, "there is no definition " + std::string(hash));
  }

  Result<std::vector<ports::DefinitionRow>> definitions() override {
    const std::scoped_lock lock(store_->mutex);
    std::vector<ports::DefinitionRow> rows;
    for (const auto& row : store_->definitions) {
      rows.push_back(ports::DefinitionRow{row.name, row.version, row.hash, {}, {}});
    }
    return rows;
  }

 private:
  std::shared_ptr<const MemoryJournal::Store> store_;
};

}  // namespace

MemoryJournal::MemoryJournal(std::string store_secret) : store_(std::make_shared<Store>()) {
  store_->secret = std::move(store_secret);
}
MemoryJournal::~MemoryJournal() = default;

Result<void> MemoryJournal::commit(const ports::Batch& batch) {
  const std::scoped_lock lock(store_->mutex);
  if (Result<void> checked = store_->check(batch); !checked) return checked;
  store_->apply(batch);
  return {};
}

Result<std::unique_ptr<ports::JournalReader>> MemoryJournal::open_reader() {
  return std::unique_ptr<ports::JournalReader>(std::make_unique<MemoryReader>(store_));
}

std::string MemoryJournal::store_secret() const { return store_->secret; }

std::unique_ptr<MemoryJournal> MemoryJournal::crash_image() const {
  const std::scoped_lock lock(store_->mutex);
  auto image = std::make_unique<MemoryJournal>(store_->secret);
  image->store_->history = store_->history;
  image->store_->sagas = store_->sagas;
  image->store_->due = store_->due;
  image->store_->timers = store_->timers;
  image->store_->messages = store_->messages;
  image->store_->definitions = store_->definitions;
  return image;
}

std::string MemoryJournal::random_secret() { return random_bytes(32); }

}  // namespace saga::journal
