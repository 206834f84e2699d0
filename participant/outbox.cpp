#include "participant/outbox.hpp"

namespace saga::participant {

Status create_outbox(sqlite3* db) {
  // AUTOINCREMENT: a number is never used again after a purge, so a relay's mark stays true.
  constexpr const char* kTable =
      "CREATE TABLE IF NOT EXISTS saga_outbox ("
      "  seq INTEGER PRIMARY KEY AUTOINCREMENT,"
      "  id TEXT NOT NULL UNIQUE,"
      "  aggregatetype TEXT NOT NULL,"
      "  aggregateid TEXT NOT NULL,"
      "  type TEXT NOT NULL,"
      "  payload TEXT NOT NULL)";
  return status_of(db, sqlite3_exec(db, kTable, nullptr, nullptr, nullptr),
                   "creating the table saga_outbox");
}

Status write_outbox(sqlite3* db, const OutboxMessage& message) {
  if (sqlite3_get_autocommit(db) != 0) {
    return {SQLITE_MISUSE, "an outbox message is written inside the business's transaction"};
  }
  Statement insert(db,
                   "INSERT INTO saga_outbox (id, aggregatetype, aggregateid, type, payload) "
                   "VALUES (?1, ?2, ?3, ?4, ?5)");
  const int code = insert.bind(1, message.id)
                       .bind(2, message.aggregate_type)
                       .bind(3, message.aggregate_id)
                       .bind(4, message.type)
                       .bind(5, message.payload)
                       .run();
  return status_of(db, code, "writing to saga_outbox");
}

}  // namespace saga::participant
