#include "engine/journal/sqlite_journal.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "engine/journal/batch_writer.hpp"
#include "engine/journal/file_lock.hpp"
#include "engine/journal/schema.hpp"
#include "engine/journal/sqlite.hpp"

namespace saga::journal {

using base::Error;
using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr int kIdleCheckpointPages = 250;
constexpr int kForcedCheckpointPages = 1000;

Result<std::string> read_secret(const Connection& connection) {
  Result<Statement> statement =
      Statement::prepare(connection, "SELECT value FROM meta WHERE name='store_secret'");
  if (!statement) return fail(statement.error());
  const Result<bool> row = statement->step();
  if (!row) return fail(row.error());
  const std::string secret = *row ? statement->text_at(0) : std::string();
  if (secret.size() == 32) return secret;
  return fail(ErrorCode::kCorrupt, "the journal's secret is missing", connection.path());
}

// The file's own path, so that a link to it leads to the same lock.
Result<std::string> resolve(const std::string& path, bool create) {
  std::error_code error;
  const auto whole = std::filesystem::weakly_canonical(std::filesystem::absolute(path), error);
  if (error) return fail(ErrorCode::kNotFound, "can't find the file: " + error.message(), path);
  if (std::filesystem::is_directory(whole, error)) {
    return fail(ErrorCode::kInvalidArgument, "this is a folder, and no journal", path);
  }
  if (!std::filesystem::is_directory(whole.parent_path(), error)) {
    return fail(ErrorCode::kNotFound, "there is no folder " + whole.parent_path().string(), path);
  }
  const bool exists = std::filesystem::exists(whole, error);
  if (!exists && !create) return fail(ErrorCode::kNotFound, "there is no such journal", path);
  if (exists && create && ::access(whole.c_str(), W_OK) != 0) {
    return fail(ErrorCode::kReadOnly, "the file can't be written", path);
  }
  return whole.string();
}

}  // namespace

struct SqliteJournal::Parts {
  Parts(FileLock taken, Connection opened, BatchWriter made, std::string bytes, SqliteOptions with)
      : lock(std::move(taken)),
        connection(std::move(opened)),
        writer(std::move(made)),
        secret(std::move(bytes)),
        options(std::move(with)) {}

  FileLock lock;  // first: held until the connection is closed
  Connection connection;
  BatchWriter writer;
  std::string secret;
  SqliteOptions options;
  int wal_pages = 0;      // after the last commit
  int checkpoint_at = 0;  // not before the WAL has grown to this: a reader holds its start
  bool stopped = false;   // after an I/O error
};

SqliteJournal::SqliteJournal(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {
  // SQLite tells the WAL's size after each commit.
  const auto remember = [](void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(parts_->connection.get(), remember, &parts_->wal_pages);
}
SqliteJournal::~SqliteJournal() = default;

namespace {

// A new file is its owner's alone: it holds payloads, and the secret of the callbacks. SQLite gives
// the log the same mode. What can't be made here is SQLite's to tell.
void make_private(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor >= 0) ::close(descriptor);
}

}  // namespace

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(const std::string& path,
                                                           const SqliteOptions& options) {
  const Result<std::string> file = resolve(path, options.create);
  if (!file) return fail(file.error());
  Result<FileLock> lock = FileLock::take(*file);
  if (!lock) return fail(lock.error());
  if (options.create) make_private(*file);
  const auto mode = options.create ? Connection::Mode::kCreate : Connection::Mode::kWrite;
  Result<Connection> connection = Connection::open(*file, mode, options.vfs);
  if (!connection) return fail(connection.error());
  // Versions come first: nothing of a newer program's file is touched.
  Result<void> ready = migrate(*connection);
  if (ready) {
    ready = connection->run(
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA wal_autocheckpoint=0;"
        "PRAGMA temp_store=MEMORY");
  }
  if (!ready) return fail(ready.error());
  const Result<std::string> secret = read_secret(*connection);
  if (!secret) return fail(secret.error());
  Result<BatchWriter> writer = BatchWriter::make(*connection);
  if (!writer) return fail(writer.error());
  return std::unique_ptr<SqliteJournal>(new SqliteJournal(std::make_unique<Parts>(
      std::move(*lock), std::move(*connection), std::move(*writer), *secret, options)));
}

Result<void> SqliteJournal::commit(const ports::Batch& batch) {
  if (parts_->stopped || parts_->connection.has_moved()) {
    parts_->stopped = true;
    return fail(ErrorCode::kIoUncertain,
                "the journal stopped after an I/O error, or its file was replaced: start again",
                parts_->connection.path());
  }
  Result<void> done = parts_->connection.run("BEGIN IMMEDIATE");
  if (done) done = parts_->writer.write(batch);
  if (done) done = parts_->connection.run("COMMIT");
  if (!done) return roll_back(done.error());
  if (parts_->wal_pages >= kForcedCheckpointPages) checkpoint();
  return {};
}

Result<void> SqliteJournal::roll_back(Error error) {
  parts_->writer.rolled_back();
  if (parts_->connection.in_transaction()) {
    const Result<void> rolled_back = parts_->connection.run("ROLLBACK");
    if (!rolled_back || parts_->connection.in_transaction()) error.code = ErrorCode::kIoUncertain;
  }
  if (error.code == ErrorCode::kIoUncertain) parts_->stopped = true;
  return fail(std::move(error));
}

Result<std::unique_ptr<ports::JournalReader>> SqliteJournal::open_reader() {
  return open_sqlite_reader(parts_->connection.path(), parts_->options);
}

void SqliteJournal::idle() {
  if (parts_->wal_pages >= kIdleCheckpointPages && !parts_->stopped) checkpoint();
}

void SqliteJournal::checkpoint() {
  if (parts_->wal_pages < parts_->checkpoint_at) return;
  int pages = 0;
  int moved = 0;
  const int code = sqlite3_wal_checkpoint_v2(parts_->connection.get(), nullptr,
                                             SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
  if ((code & 0xFF) == SQLITE_IOERR) parts_->stopped = true;
  const bool whole = code == SQLITE_OK && pages == moved;
  parts_->checkpoint_at = whole ? 0 : parts_->wal_pages + kIdleCheckpointPages;
  if (whole) parts_->wal_pages = 0;
}

std::string SqliteJournal::store_secret() const { return parts_->secret; }

Result<std::uint16_t> SqliteJournal::callback_port() {
  Result<Statement> statement =
      Statement::prepare(parts_->connection, "SELECT value FROM meta WHERE name='callback_port'");
  if (!statement) return fail(statement.error());
  const Result<bool> row = statement->step();
  if (!row) return fail(row.error());
  return static_cast<std::uint16_t>(*row ? statement->integer_at(0) : 0);
}

Result<bool> SqliteJournal::is_on_mocks() {
  Result<Statement> statement =
      Statement::prepare(parts_->connection, "SELECT 1 FROM meta WHERE name='on_mocks'");
  if (!statement) return fail(statement.error());
  return statement->step();
}

Result<void> SqliteJournal::mark_on_mocks() {
  Result<void> marked = parts_->connection.run("INSERT OR REPLACE INTO meta VALUES('on_mocks', 1)");
  if (!marked && marked.error().code == ErrorCode::kIoUncertain) parts_->stopped = true;
  return marked;
}

Result<void> SqliteJournal::keep_callback_port(std::uint16_t port) {
  Result<void> kept = parts_->connection.run(
      ("INSERT OR REPLACE INTO meta VALUES('callback_port'," + std::to_string(port) + ")").c_str());
  if (!kept && kept.error().code == ErrorCode::kIoUncertain) parts_->stopped = true;
  return kept;
}

}  // namespace saga::journal
