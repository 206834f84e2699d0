#include "participant/sqlite.hpp"

namespace saga::participant {

Statement::Statement(sqlite3* db, std::string_view sql) {
  code_ = sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr);
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(int index, std::string_view text) {
  if (code_ != SQLITE_OK) return *this;
  // A null pointer would bind NULL: an empty text stays a text.
  const char* data = text.empty() ? "" : text.data();
  code_ = sqlite3_bind_text64(statement_, index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind(int index, std::int64_t number) {
  if (code_ == SQLITE_OK) code_ = sqlite3_bind_int64(statement_, index, number);
  return *this;
}

bool Statement::next() {
  if (code_ != SQLITE_OK) return false;
  const int stepped = sqlite3_step(statement_);
  if (stepped == SQLITE_ROW) return true;
  if (stepped != SQLITE_DONE) code_ = stepped;
  return false;
}

int Statement::run() {
  while (next()) {
  }
  return code_;
}

std::string Statement::text(int column) const {
  const unsigned char* bytes = sqlite3_column_text(statement_, column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_, column);
}

Transaction::Transaction(sqlite3* db)
    : db_(db), begun_(sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr)) {}

Transaction::~Transaction() {
  if (is_open()) sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
  begun_ = SQLITE_ABORT;
}

bool Transaction::is_open() const {
  return begun_ == SQLITE_OK && sqlite3_get_autocommit(db_) == 0;
}

int Transaction::commit() { return sqlite3_exec(db_, "COMMIT", nullptr, nullptr, nullptr); }

bool is_busy(int code) {
  const int primary = code & 0xff;
  return primary == SQLITE_BUSY || primary == SQLITE_LOCKED;
}

Status status_of(sqlite3* db, int code, std::string_view doing) {
  if (code == SQLITE_OK) return {};
  return {code, std::string(doing) + ": " + sqlite3_errmsg(db)};
}

}  // namespace saga::participant
