#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "participant/sqlite.hpp"

namespace saga::demo {

// The database failed inside a business function. The barrier rolls back and answers `transient`;
// a read answers 500. Never leaves the application.
struct DatabaseError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

// Opens or makes the file: WAL, every commit on the disk. Throws DatabaseError.
Database open_database(const std::string& path);

// The rows of a query, with `values` (texts and integers) bound in order. Throws DatabaseError.
class Rows {
 public:
  template <class... Values>
  Rows(sqlite3* db, std::string_view sql, const Values&... values) : db_(db), statement_(db, sql) {
    int index = 0;
    (bind(++index, values), ...);
  }

  bool next() {
    const bool more = statement_.next();
    if (statement_.code() != SQLITE_OK) throw DatabaseError(sqlite3_errmsg(db_));
    return more;
  }
  [[nodiscard]] std::string text(int column) const { return statement_.text(column); }
  [[nodiscard]] std::int64_t number(int column) const { return statement_.number(column); }

 private:
  void bind(int index, std::string_view text) { statement_.bind(index, text); }
  void bind(int index, std::int64_t number) { statement_.bind(index, number); }

  sqlite3* db_;
  participant::Statement statement_;
};

// Runs one statement to its end. Throws DatabaseError.
template <class... Values>
void execute(sqlite3* db, std::string_view sql, const Values&... values) {
  Rows rows(db, sql, values...);
  while (rows.next()) {
  }
}

// Runs several statements without parameters. Throws DatabaseError.
void execute_script(sqlite3* db, const char* sql);

}  // namespace saga::demo
