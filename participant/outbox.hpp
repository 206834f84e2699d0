#pragma once

#include <sqlite3.h>

#include <string>

#include "participant/sqlite.hpp"

namespace saga::participant {

// A business event on its way to the world: the five columns of Debezium's outbox event router.
struct OutboxMessage {
  std::string id;              // unique for ever: `<idempotency key>/<type>` is a good one
  std::string aggregate_type;  // the kind of thing it is about, for example "order"
  std::string aggregate_id;    // which one; the messages of one stay in order
  std::string type;            // for example "OrderPaid"
  std::string payload;         // JSON
};

// Makes the table saga_outbox, if it isn't there. Once at start.
Status create_outbox(sqlite3* db);

// Adds a message to the open transaction: it is told if, and only if, the business commits.
// Insert-only: a relay reads the rows by their growing `seq`.
// Requires: a transaction is open (SQLITE_MISUSE else), such as a Barrier's. An id that is there
// already is SQLITE_CONSTRAINT.
Status write_outbox(sqlite3* db, const OutboxMessage& message);

}  // namespace saga::participant
