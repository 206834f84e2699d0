#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace saga::participant {

// Success, or SQLite's code with words for people. Converts to true on success.
struct [[nodiscard]] Status {
  int code = SQLITE_OK;
  std::string message;
  explicit operator bool() const { return code == SQLITE_OK; }
};

// A prepared statement. Purpose: finalize on every path. Not thread-safe; borrows the connection.
// Errors: the first failure sticks in code(), and later calls do nothing.
class Statement {
 public:
  Statement(sqlite3* db, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Parameters count from 1. The text is copied.
  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, std::int64_t number);

  // True while there is a row. False at the end and on an error: look at code().
  bool next();
  // Runs to the end. SQLITE_OK or the error.
  int run();

  // Columns count from 0, of the row that next() reached. A null is "" and 0.
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] int code() const { return code_; }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int code_ = SQLITE_OK;
};

// One `BEGIN IMMEDIATE` transaction: the write lock is taken at the start, so that nothing read in
// it can be outdated at its end. Rolls back when it goes out of scope uncommitted.
class Transaction {
 public:
  explicit Transaction(sqlite3* db);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // SQLITE_OK when the transaction is open.
  [[nodiscard]] int begun() const { return begun_; }
  // False once it was committed, rolled back, or ended by SQLite itself after an error.
  [[nodiscard]] bool is_open() const;
  // On SQLITE_BUSY the transaction is still open.
  int commit();

 private:
  sqlite3* db_;
  int begun_;
};

// True for the codes that mean "another connection is in the way": the same may work later.
bool is_busy(int code);
Status status_of(sqlite3* db, int code, std::string_view doing);

}  // namespace saga::participant
