#pragma once

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <memory>
#include <string>

namespace saga::cli::test {

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

// A journal's file, as another program sees it.
inline Database open(const std::string& path) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  return Database(db);
}

inline void execute(const Database& db, const std::string& sql) {
  CHECK(sqlite3_exec(db.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
}

inline void change(const std::string& path, const std::string& sql) { execute(open(path), sql); }

}  // namespace saga::cli::test
