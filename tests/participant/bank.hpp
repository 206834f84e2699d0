#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <utility>

#include "participant/barrier.hpp"

namespace saga::participant::test {

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

inline Database open_database(const std::string& path) {
  sqlite3* db = nullptr;
  sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI,
                  nullptr);
  return Database(db);
}

// A participant with one account: the action puts 1 in, the compensation takes 1 out. It counts
// how often each really ran.
struct Bank {
  explicit Bank(const std::string& path = ":memory:") : db(open_database(path)) {
    (void)Barrier::create_tables(db.get());
    sqlite3_exec(db.get(), "CREATE TABLE IF NOT EXISTS account (balance INTEGER)", nullptr, nullptr,
                 nullptr);
    if (balance() < 0) add(db.get(), 0);
  }

  static void add(sqlite3* db, std::int64_t amount) {
    Statement(db, "INSERT INTO account VALUES (?1)").bind(1, amount).run();
  }

  // The sum of the account; -1 while it has no rows.
  [[nodiscard]] std::int64_t balance() const {
    Statement sum(db.get(), "SELECT coalesce(sum(balance), -1) FROM account");
    sum.next();
    return sum.number(0);
  }

  Answer action(const std::string& arguments = "{}") {
    return barrier.run(db.get(), request(Op::kAction, arguments, key), [this](sqlite3* open) {
      ++actions;
      add(open, 1);
      return reject ? rejected("Declined", "no funds")
                    : done("\"C" + std::to_string(actions) + '"');
    });
  }
  Answer compensation(const std::string& name = "") {
    Request call = request(Op::kCompensate, "{}", key);
    call.key += name;
    return barrier.run(db.get(), call, [this](sqlite3* open) {
      ++compensations;
      add(open, -1);
      return done();
    });
  }
  Answer resolution() { return barrier.run(db.get(), request(Op::kResolve, "{}", key), nullptr); }

  static Request request(Op op, const std::string& arguments,
                         const std::string& action = "S1/charge") {
    Request made;
    made.op = op;
    made.key = op == Op::kAction       ? action
               : op == Op::kCompensate ? action + "/compensate"
                                       : action + "/resolve";
    if (op != Op::kAction) made.compensates = action;
    made.fingerprint = fingerprint_of(op == Op::kAction ? "charge" : "refund", arguments);
    return made;
  }

  Database db;
  Barrier barrier;
  std::string key = "S1/charge";  // the action's
  bool reject = false;
  int actions = 0;
  int compensations = 0;
};

}  // namespace saga::participant::test
