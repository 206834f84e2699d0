#pragma once

#include <sqlite3.h>

#include <chrono>
#include <functional>

#include "participant/answer.hpp"
#include "participant/sqlite.hpp"

namespace saga::participant {

// The business part of a call: reads and writes through `db` inside the barrier's transaction and
// says how it ended. Looks at the code of each of its statements, and says done only if all were.
// Must not commit or roll back, nor touch anything but `db`: it may run again, from the start, when
// another connection was in the way. An exception rolls back.
using Business = std::function<Answer(sqlite3* db)>;

// Purpose: makes an operation safe against repeated, lost, late and reordered calls. It keeps one
// row for each key in the table saga_barrier, in the same transaction as the business:
//   the same key again           the stored answer, done or rejected, byte for byte
//   the same key, other content  422 `saga-key-reused`, a defect: nothing runs, nothing is stored
//   a compensation first         nothing to undo: done, and the action is refused when it comes
//   a resolve first              a fence: "not done" is final, the action is refused when it comes
//   the action while it runs     waits for the write lock, then is one of the above
// The states of a row and the table are in FORMAT.md.
//
// Thread-safety: stateless but for its limits; one thread at a time for each connection.
// Blocking: waits for SQLite's write lock, at most Limits::lock_wait in all.
// Ownership: borrows the connection during the call, and leaves its busy timeout changed.
// Errors: as answers. Locked, full or read-only: transient. An I/O error at the commit: unknown.
// No exception leaves it.
class Barrier {
 public:
  struct Limits {
    std::chrono::milliseconds lock_wait{2000};  // shorter than the engine's time-out
    std::chrono::seconds retry_after{1};        // said in the answer after lock_wait
  };

  Barrier() = default;
  explicit Barrier(Limits limits) : limits_(limits) {}

  // Makes the table, if it isn't there. Once at start.
  static Status create_tables(sqlite3* db);

  // Requires: no transaction is open on `db`; `request` came from request_of().
  //   action      the business runs at most once for the key. Done, rejected and pending are
  //               stored; what is rejected leaves nothing else behind. The rest is rolled back.
  //   compensate  the business runs at most once for the key, and only if the action was done or
  //               is pending. A rejection is not stored, so that a person may have it retried.
  //   resolve     the business, if there is one, reads the result of a done action; else the
  //               stored answer is given. Any other action is `null`, fenced. A pending one is
  //               transient.
  Answer run(sqlite3* db, const Request& request, const Business& business) const;

  // Ends a pending call: runs the business, stores its answer for whoever asks again, and gives
  // it, for the callback. One that is no longer pending is not run: the stored answer, or
  // `saga-compensated` where a compensation came in between (drop the work).
  Answer finish(sqlite3* db, const std::string& key, const Business& business) const;

  // Removes up to `limit` rows created before `before`, the oldest first, in one transaction, and
  // counts them. `before` lies further back than any saga lives, its retries, cancels and restores
  // from a backup included: a call whose row is gone is taken for new.
  struct Purged {
    Status status;
    int rows = 0;
  };
  Purged purge(sqlite3* db, std::chrono::sys_seconds before, int limit = 1000) const;

 private:
  Answer repeat_while_busy(sqlite3* db, const Business& work) const;

  Limits limits_;
};

}  // namespace saga::participant
