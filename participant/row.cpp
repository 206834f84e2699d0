#include "participant/row.hpp"

namespace saga::participant {

namespace {

std::int64_t unix_seconds(std::chrono::sys_seconds time) { return time.time_since_epoch().count(); }

void require_ok(int code) {
  if (code != SQLITE_OK) throw DatabaseFailure{code};
}

}  // namespace

std::string_view name_of(Op op) {
  switch (op) {
    case Op::kAction: return "action";
    case Op::kCompensate: return "compensate";
    case Op::kResolve: return "resolve";
  }
  return "action";
}

Row find_row(sqlite3* db, std::string_view key) {
  Statement select(db,
                   "SELECT op, state, fingerprint, status, body FROM saga_barrier WHERE key = ?1");
  select.bind(1, key);
  Row row;
  if (select.next()) {
    row = Row{select.text(0), select.text(1), select.text(2), static_cast<int>(select.number(3)),
              select.text(4)};
  }
  require_ok(select.code());
  return row;
}

Row open_row(sqlite3* db, std::string_view key, Op op, std::string_view fingerprint,
             std::chrono::sys_seconds now) {
  Statement insert(db,
                   "INSERT INTO saga_barrier (key, op, state, fingerprint, created_at) "
                   "VALUES (?1, ?2, 'open', ?3, ?4) ON CONFLICT (key) DO NOTHING");
  require_ok(insert.bind(1, key)
                 .bind(2, name_of(op))
                 .bind(3, fingerprint)
                 .bind(4, unix_seconds(now))
                 .run());
  return find_row(db, key);
}

void set_state(sqlite3* db, std::string_view key, std::string_view state) {
  Statement update(db, "UPDATE saga_barrier SET state = ?2 WHERE key = ?1");
  require_ok(update.bind(1, key).bind(2, state).run());
}

void remove_row(sqlite3* db, std::string_view key) {
  Statement remove(db, "DELETE FROM saga_barrier WHERE key = ?1");
  require_ok(remove.bind(1, key).run());
}

void store(sqlite3* db, std::string_view key, std::string_view state, const Answer& answer) {
  Statement update(db, "UPDATE saga_barrier SET state = ?2, status = ?3, body = ?4 WHERE key = ?1");
  require_ok(update.bind(1, key)
                 .bind(2, state)
                 .bind(3, std::int64_t{answer.status})
                 .bind(4, answer.body)
                 .run());
}

}  // namespace saga::participant
