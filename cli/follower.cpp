#include "cli/follower.hpp"

#include <algorithm>

namespace saga::cli {
namespace {

constexpr std::uint32_t kRowsARead = 100;

}  // namespace

void Follower::on_committed(const std::vector<ports::HistoryRow>& rows) {
  {
    const std::lock_guard lock(mutex_);
    const bool is_followed =
        std::any_of(rows.begin(), rows.end(),
                    [this](const ports::HistoryRow& row) { return row.machine_id == saga_id_; });
    if (!is_followed) return;
    has_more_ = true;
  }
  changed_.notify_one();
}

void Follower::follow(const std::string& saga_id,
                      std::shared_ptr<const core::Definition> definition,
                      std::unique_ptr<ports::JournalReader> reader, base::TimePoint since) {
  if (format_ == OutputFormat::kJson) return;
  {
    const std::lock_guard lock(mutex_);
    saga_id_ = saga_id;
    has_more_ = true;  // what is stored already
  }
  thread_ = std::thread([this, saga_id, since, definition = std::move(definition),
                         reader = std::move(reader)] { run(saga_id, definition, *reader, since); });
}

void Follower::finish() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool Follower::wait_for_more() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return has_more_ || is_over_; });
  return std::exchange(has_more_, false);
}

void Follower::run(const std::string& saga_id,
                   const std::shared_ptr<const core::Definition>& definition,
                   ports::JournalReader& reader, base::TimePoint since) {
  HistoryReader history(definition);
  base::TimePoint began;
  std::uint64_t shown = 0;
  bool is_old = false;
  const auto end_old = [&](const char* then) {
    if (is_old && format_ == OutputFormat::kText)
      console_.out(std::string("  -- until here from the journal; ") + then);
    is_old = false;
  };
  while (wait_for_more()) {
    std::size_t rows_read = kRowsARead;
    while (rows_read == kRowsARead) {
      const base::Result<std::vector<ports::HistoryRow>> rows =
          reader.history(saga_id, shown, kRowsARead);
      if (!rows) return console_.error(rows.error());
      for (const ports::HistoryRow& row : *rows) {
        const base::Result<std::vector<HistoryRecord>> records = history.read(row);
        if (!records) return console_.error(records.error());
        if (row.first_seq == 1) began = row.at;
        if (row.at < since) is_old = true;
        if (row.at >= since) end_old("from here on it is new");
        for (const HistoryRecord& record : *records) print(record, *definition, began);
        shown = row.last_seq;
      }
      rows_read = rows->size();
    }
  }
  end_old("nothing new came");
}

void Follower::print(const HistoryRecord& record, const core::Definition& definition,
                     base::TimePoint began) const {
  if (format_ == OutputFormat::kJsonLines) {
    console_.out(to_json(record, definition));
  } else if (!record.text.empty()) {
    console_.out(to_line(record, began));
  }
}

}  // namespace saga::cli
