#include "engine/journal/sqlite.hpp"

#include <sqlite3.h>

#include "engine/base/assert.hpp"

namespace saga::journal {

using base::Error;
using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr int kBusyMilliseconds = 5000;

ErrorCode code_of(int sqlite_code) {
  switch (sqlite_code & 0xFF) {
    case SQLITE_FULL: return ErrorCode::kDiskFull;
    case SQLITE_READONLY: return ErrorCode::kReadOnly;
    case SQLITE_IOERR: return ErrorCode::kIoUncertain;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorCode::kCorrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ErrorCode::kLocked;
    case SQLITE_CANTOPEN: return ErrorCode::kNotFound;
    case SQLITE_CONSTRAINT: return ErrorCode::kConflict;
    default: return ErrorCode::kInternal;
  }
}

Error make_error(sqlite3* db, int code, std::string_view doing, std::string path) {
  const char* word = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  if (code == SQLITE_IOERR_SHMSIZE) word = "the disk has no room for the -shm file beside it";
  return Error{
      code_of(code),
      "can't " + std::string(doing) + ": " + word + " (SQLite " + std::to_string(code) + ")",
      std::move(path)};
}

// `file:/a/b%3f.db?immutable=1`.
std::string immutable_uri(const std::string& path) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string uri = "file:";
  for (const char c : path) {
    if (c != '%' && c != '?' && c != '#') {
      uri += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    uri += '%';
    uri += kDigits[byte >> 4U];
    uri += kDigits[byte & 0xFU];
  }
  return uri + "?immutable=1";
}

void harden(sqlite3* db) {
  sqlite3_extended_result_codes(db, 1);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
  sqlite3_busy_timeout(db, kBusyMilliseconds);
}

}  // namespace

void Connection::Closer::operator()(sqlite3* db) const { sqlite3_close_v2(db); }

Result<Connection> Connection::open(const std::string& path, Mode mode, const std::string& vfs) {
  const bool reads = mode == Mode::kRead || mode == Mode::kStill;
  int flags = reads ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (mode == Mode::kCreate) flags |= SQLITE_OPEN_CREATE;
  if (mode == Mode::kStill) flags |= SQLITE_OPEN_URI;
  flags |= SQLITE_OPEN_NOMUTEX;
  const std::string name = mode == Mode::kStill ? immutable_uri(path) : path;
  Connection connection;
  connection.path_ = path;
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &db, flags, vfs.empty() ? nullptr : vfs.c_str());
  connection.db_.reset(db);
  if (code != SQLITE_OK) return fail(make_error(db, code, "open the journal", path));
  harden(db);
  // A reader must never checkpoint: with two connections that do, SQLite before 3.51.3 can lose
  // pages of the WAL.
  if (reads) sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  if (auto set = connection.run("PRAGMA cell_size_check=ON"); !set) return fail(set.error());
  return connection;
}

Result<void> Connection::run(const char* sql) {
  const int code = sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  return fail(error(code, "use the journal"));
}

Error Connection::error(int code, std::string_view doing) const {
  return make_error(db_.get(), code, doing, path_);
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(db_.get()) == 0; }

bool Connection::has_moved() const {
  int moved = 0;
  const int code = sqlite3_file_control(db_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return code == SQLITE_OK && moved != 0;
}

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Result<Statement> Statement::prepare(const Connection& connection, std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(connection.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return fail(connection.error(code, "read the journal's tables"));
  Statement statement;
  statement.statement_.reset(raw);
  return statement;
}

Statement& Statement::integer(std::int64_t value) {
  const int code = sqlite3_bind_int64(statement_.get(), ++bound_, value);
  SAGA_ASSERT(code == SQLITE_OK);
  return *this;
}

// A text that SQLite refuses (too big, no memory) stays NULL, and the table's NOT NULL refuses it.
Statement& Statement::text(std::string_view value) {
  const char* data = value.data() != nullptr ? value.data() : "";
  sqlite3_bind_text64(statement_.get(), ++bound_, data, value.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::blob(std::string_view value) {
  sqlite3_bind_blob64(statement_.get(), ++bound_, value.data(), value.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::null() {
  sqlite3_bind_null(statement_.get(), ++bound_);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  sqlite3* db = sqlite3_db_handle(statement_.get());
  const char* path = sqlite3_db_filename(db, "main");
  Error error = make_error(db, code, "use the journal", path != nullptr ? path : "");
  reset();
  return fail(std::move(error));
}

Result<void> Statement::run() {
  const Result<bool> stepped = step();
  if (!stepped) return fail(stepped.error());
  if (*stepped) reset();
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  bound_ = 0;
}

int Statement::changes() const { return sqlite3_changes(sqlite3_db_handle(statement_.get())); }

std::int64_t Statement::last_id() const {
  return sqlite3_last_insert_rowid(sqlite3_db_handle(statement_.get()));
}

std::int64_t Statement::integer_at(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text_at(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return data == nullptr ? std::string() : std::string(data, static_cast<std::size_t>(size));
}

bool Statement::null_at(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

}  // namespace saga::journal
