#include "workflows/participants/database.hpp"

namespace saga::demo {

Database open_database(const std::string& path) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open(path.c_str(), &raw);
  Database db(raw);
  if (code != SQLITE_OK) throw DatabaseError("can't open " + path + ": " + sqlite3_errstr(code));
  sqlite3_busy_timeout(raw, 2000);
  execute_script(raw, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
  return db;
}

void execute_script(sqlite3* db, const char* sql) {
  if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw DatabaseError(sqlite3_errmsg(db));
  }
}

}  // namespace saga::demo
