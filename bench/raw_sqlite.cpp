#include "bench/raw_sqlite.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string_view>

#include "engine/journal/sqlite_journal.hpp"

namespace saga::bench {
namespace {

constexpr std::uint64_t kAtOnce = 1000;
constexpr int kCheckpointPages = 1000;
constexpr std::array<char, 32> kChain{};

struct Closer {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

class Raw {
 public:
  explicit Raw(const std::string& path) {
    sqlite3* db = nullptr;
    good_ = sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                            nullptr) == SQLITE_OK;
    db_.reset(db);
    run("PRAGMA cell_size_check=ON;PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
        "PRAGMA wal_autocheckpoint=0;INSERT INTO saga_type VALUES(1,'default','a.A',1,'h')");
    const auto remember = [](void* pages, sqlite3*, const char*, int count) {
      *static_cast<int*>(pages) = count;
      return SQLITE_OK;
    };
    sqlite3_wal_hook(db, remember, &wal_pages_);
    machine_ = prepare("INSERT INTO machine(id, namespace, name) VALUES(?1,'default',?2)");
    history_ = prepare("INSERT INTO history VALUES(NULL,?1,?2,?2,1700000000000,?2,0,?3,?4,?5,?6)");
    saga_ = prepare(
        "INSERT INTO saga VALUES(?1,1,NULL,NULL,?2,0,1700000000000,1700000000000,NULL) "
        "ON CONFLICT DO UPDATE SET status=excluded.status, updated_at=excluded.updated_at");
    timer_ = prepare("INSERT INTO timer VALUES(0,?1)");
    due_ = prepare("UPDATE machine SET due=0 WHERE id=?1");
    fired_ = prepare("DELETE FROM timer WHERE due=0 AND machine=?1");
    none_due_ = prepare("UPDATE machine SET due=NULL WHERE id=?1");
  }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;

  void run(const char* sql) {
    good_ = good_ && sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK;
  }

  void write(std::int64_t saga, std::int64_t seq, const ports::HistoryRow& row, bool is_last) {
    if (seq == 1) start(saga);
    sqlite3_bind_int64(history_.get(), 1, saga);
    sqlite3_bind_int64(history_.get(), 2, seq);
    bind(history_, 3, row.input);
    bind(history_, 4, row.events);
    sqlite3_bind_int64(history_.get(), 5, 0x7FFFFFFF);
    sqlite3_bind_blob(history_.get(), 6, kChain.data(), kChain.size(), SQLITE_STATIC);
    step(history_);
    if (!is_last) return;
    put_saga(saga, 2);
    step_for(fired_, saga);
    step_for(none_due_, saga);
  }

  void commit() {
    run("COMMIT");
    if (wal_pages_ < kCheckpointPages) return;
    good_ = good_ && sqlite3_wal_checkpoint_v2(db_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                               nullptr, nullptr) == SQLITE_OK;
  }

  [[nodiscard]] bool is_good() const { return good_; }

 private:
  using Prepared = std::unique_ptr<sqlite3_stmt, Closer>;

  Prepared prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    good_ = good_ && sqlite3_prepare_v2(db_.get(), sql, -1, &statement, nullptr) == SQLITE_OK;
    return Prepared(statement);
  }
  static void bind(const Prepared& statement, int at, std::string_view text) {
    sqlite3_bind_text(statement.get(), at, text.data(), static_cast<int>(text.size()),
                      SQLITE_STATIC);
  }
  void step(const Prepared& statement) {
    good_ = good_ && sqlite3_step(statement.get()) == SQLITE_DONE;
    sqlite3_reset(statement.get());
  }
  void step_for(const Prepared& statement, std::int64_t saga) {
    sqlite3_bind_int64(statement.get(), 1, saga);
    step(statement);
  }
  void put_saga(std::int64_t saga, int status) {
    sqlite3_bind_int(saga_.get(), 2, status);
    step_for(saga_, saga);
  }
  void start(std::int64_t saga) {
    const std::string digits = std::to_string(saga);
    const std::string name =
        "01930000-0000-7000-8000-" + std::string(12 - digits.size(), '0') + digits;
    bind(machine_, 2, name);
    step_for(machine_, saga);
    put_saga(saga, 0);
    step_for(timer_, saga);
    step_for(due_, saga);
  }

  std::unique_ptr<sqlite3, Closer> db_;
  Prepared machine_, history_, saga_, timer_, due_, fired_, none_due_;
  int wal_pages_ = 0;
  bool good_ = true;
};

}  // namespace

double raw_sagas_per_second(const std::string& path, std::uint64_t sagas,
                            const std::vector<ports::HistoryRow>& rows, std::uint64_t batch) {
  // The journal makes its own tables, so that they are the same.
  if (std::filesystem::exists(path) || !journal::SqliteJournal::open(path)) return 0;
  Raw raw(path);
  std::uint64_t written = 0;
  const auto begun = std::chrono::steady_clock::now();
  raw.run("BEGIN IMMEDIATE");
  for (std::uint64_t first = 0; first < sagas; first += kAtOnce) {
    const std::uint64_t end = std::min(first + kAtOnce, sagas);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::uint64_t saga = first; saga < end; ++saga) {
        raw.write(static_cast<std::int64_t>(saga) + 1, static_cast<std::int64_t>(i) + 1, rows[i],
                  i + 1 == rows.size());
        if (++written % batch != 0) continue;
        raw.commit();
        raw.run("BEGIN IMMEDIATE");
      }
    }
  }
  raw.commit();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  return raw.is_good() ? static_cast<double>(sagas) / took.count() : 0;
}

}  // namespace saga::bench
