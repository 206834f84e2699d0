#include "participant/barrier.hpp"

#include <algorithm>
#include <string>

#include "participant/row.hpp"

namespace saga::participant {

namespace {

constexpr const char* kTables =
    "CREATE TABLE IF NOT EXISTS saga_barrier ("
    "  key TEXT NOT NULL PRIMARY KEY,"
    "  op TEXT NOT NULL,"
    "  state TEXT NOT NULL,"
    "  fingerprint TEXT NOT NULL,"
    "  status INTEGER NOT NULL DEFAULT 0,"
    "  body TEXT NOT NULL DEFAULT '',"
    "  created_at INTEGER NOT NULL"
    ") WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS saga_barrier_age ON saga_barrier (created_at);";

// A business part that takes its answer back: the whole transaction is undone, nothing is stored.
struct NotKept {
  Answer answer;
};

Answer closed(std::string_view row_state) {
  if (row_state == state::kFenced) {
    return rejected("saga-fenced", "a resolve was told that this was not done; that is final");
  }
  return rejected("saga-compensated", "this was compensated before it came");
}

Answer key_reused(const std::string& key) {
  return defect(422, "saga-key-reused",
                "the key " + key + " was used before with another operation or other arguments");
}

Answer stored(const Row& row) {
  Answer answer{.status = row.status, .body = row.body, .repeated = true};
  if (row.status == 202) answer.outcome = Outcome::kPending;
  if (row.state == state::kRejected) answer.outcome = Outcome::kRejected;
  return answer;
}

// The answer to a key that has a row already.
Answer answer_again(const Row& row, const Request& request) {
  if (row.op != name_of(request.op)) return key_reused(request.key);
  const bool stopped_early = row.state == state::kCompensated && row.status == 202;
  if (row.state == state::kEmpty || row.state == state::kFenced || stopped_early) {
    return closed(row.state);
  }
  if (row.fingerprint != request.fingerprint) return key_reused(request.key);
  return stored(row);
}

std::string_view state_after(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDone: return state::kDone;
    case Outcome::kPending: return state::kPending;
    case Outcome::kRejected: return state::kRejected;
    default: return {};
  }
}

void execute(sqlite3* db, const char* sql) {
  const int code = sqlite3_exec(db, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw DatabaseFailure{code};
}

// Runs the business in a savepoint, so that a rejection leaves the barrier's row and nothing else,
// and stores the answer under `key`.
Answer perform(sqlite3* db, const std::string& key, const Business& business) {
  execute(db, "SAVEPOINT saga_business");
  Answer answer = business(db);
  const std::string_view next = state_after(answer.outcome);
  if (next.empty()) throw NotKept{answer};
  // Ended by the business, or by SQLite after an error that the business overlooked.
  if (sqlite3_get_autocommit(db) != 0) throw NotKept{unknown("the business ended its transaction")};
  if (next == state::kRejected) execute(db, "ROLLBACK TO saga_business");
  execute(db, "RELEASE saga_business");
  store(db, key, next, answer);
  return answer;
}

Answer act(sqlite3* db, const Request& request, const Business& business) {
  const Row row = open_row(db, request.key, request.op, request.fingerprint, request.now);
  if (row.state != state::kOpen) return answer_again(row, request);
  return perform(db, request.key, business);
}

bool has_effect(const Row& action) {
  return action.state == state::kDone || action.state == state::kPending ||
         action.state == state::kCompensated;  // by another compensation of the same step
}

Answer compensate(sqlite3* db, const Request& request, const Business& business) {
  const Row action = open_row(db, request.compensates, Op::kAction, "", request.now);
  if (action.state == state::kOpen) set_state(db, request.compensates, state::kEmpty);
  const Row own = open_row(db, request.key, request.op, request.fingerprint, request.now);
  if (own.state != state::kOpen) return answer_again(own, request);
  if (!has_effect(action)) {
    Answer nothing = done(request.nothing);
    store(db, request.key, state::kDone, nothing);
    return nothing;
  }
  Answer answer = perform(db, request.key, business);
  if (answer.outcome == Outcome::kRejected) throw NotKept{answer};
  set_state(db, request.compensates, state::kCompensated);
  return answer;
}

Answer resolve(sqlite3* db, const Request& request, const Business& business, Answer still_open) {
  const Row action = open_row(db, request.compensates, Op::kAction, "", request.now);
  if (action.state == state::kOpen) set_state(db, request.compensates, state::kFenced);
  if (action.state == state::kPending) throw NotKept{std::move(still_open)};
  if (action.state == state::kDone) return business ? business(db) : stored(action);
  return Answer{.fenced = true};
}

Answer end_pending(sqlite3* db, const std::string& key, const Row& row, const Business& business) {
  Answer answer = perform(db, key, business);
  const bool may_be_retried = row.op == name_of(Op::kCompensate);
  if (may_be_retried && answer.outcome == Outcome::kRejected) remove_row(db, key);
  return answer;
}

// How one transaction ended.
struct Attempt {
  Answer answer;
  bool busy = false;
};

Attempt failed(int code, std::chrono::seconds retry_after) {
  if (is_busy(code)) return {transient("the database is locked", retry_after), true};
  return {transient(std::string("the database failed: ") + sqlite3_errstr(code), retry_after)};
}

// A commit that was refused with the transaction still open, or for want of room, surely did not
// happen; after any other error only the file itself knows.
Attempt commit_failed(int code, std::chrono::seconds retry_after) {
  if (is_busy(code) || (code & 0xff) == SQLITE_FULL) return failed(code, retry_after);
  return {unknown(std::string("the commit failed: ") + sqlite3_errstr(code))};
}

Attempt attempt(sqlite3* db, const Business& work, std::chrono::seconds retry_after) {
  Transaction transaction(db);
  if (transaction.begun() != SQLITE_OK) return failed(transaction.begun(), retry_after);
  try {
    Attempt result{work(db)};
    const int code = transaction.commit();
    return code == SQLITE_OK ? result : commit_failed(code, retry_after);
  } catch (const DatabaseFailure& failure) {
    return failed(failure.code, retry_after);
  } catch (const NotKept& not_kept) {
    return {not_kept.answer};
  } catch (...) {
    return {transient("the business failed with an exception and was rolled back", retry_after)};
  }
}

}  // namespace

Status Barrier::create_tables(sqlite3* db) {
  return status_of(db, sqlite3_exec(db, kTables, nullptr, nullptr, nullptr),
                   "creating the table saga_barrier");
}

Answer Barrier::repeat_while_busy(sqlite3* db, const Business& work) const {
  using Clock = std::chrono::steady_clock;
  const auto give_up = Clock::now() + limits_.lock_wait;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(give_up - Clock::now());
    sqlite3_busy_timeout(db, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    Attempt result = attempt(db, work, limits_.retry_after);
    if (!result.busy || Clock::now() >= give_up) return std::move(result.answer);
    sqlite3_sleep(1);
  }
}

Answer Barrier::run(sqlite3* db, const Request& request, const Business& business) const {
  return repeat_while_busy(db, [&](sqlite3* open) {
    if (request.op == Op::kResolve) {
      return resolve(open, request, business,
                     transient("the action is still under way", limits_.retry_after));
    }
    const bool undoes = request.op == Op::kCompensate && !request.compensates.empty();
    return undoes ? compensate(open, request, business) : act(open, request, business);
  });
}

Answer Barrier::finish(sqlite3* db, const std::string& key, const Business& business) const {
  return repeat_while_busy(db, [&](sqlite3* open) {
    const Row row = find_row(open, key);
    if (row.state == state::kPending) return end_pending(open, key, row, business);
    if (row.state == state::kDone || row.state == state::kRejected) return stored(row);
    return closed(row.state);
  });
}

Barrier::Purged Barrier::purge(sqlite3* db, std::chrono::sys_seconds before, int limit) const {
  Statement remove(db,
                   "DELETE FROM saga_barrier WHERE key IN (SELECT key FROM saga_barrier "
                   "WHERE created_at < ?1 ORDER BY created_at LIMIT ?2)");
  remove.bind(1, std::int64_t{before.time_since_epoch().count()}).bind(2, std::int64_t{limit});
  const int code = remove.run();
  if (code != SQLITE_OK) return {status_of(db, code, "purging saga_barrier"), 0};
  return {{}, sqlite3_changes(db)};
}

}  // namespace saga::participant
