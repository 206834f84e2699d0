#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/participant/bank.hpp"
#include "tests/support/folder.hpp"

namespace saga::participant::test {

using saga::test::Folder;

namespace {

void use_wal(sqlite3* db) {
  sqlite3_exec(db, "PRAGMA journal_mode=WAL", nullptr, nullptr, nullptr);
}

}  // namespace

TEST_CASE("while another connection holds the lock, a call is transient and says when to return") {
  const Folder folder;
  Bank bank(folder.file("bank.db"));
  bank.barrier =
      Barrier({.lock_wait = std::chrono::milliseconds(0), .retry_after = std::chrono::seconds(4)});
  const Database other = open_database(folder.file("bank.db"));
  const Transaction holds(other.get());
  const Answer answer = bank.action();
  CHECK(answer.status == 503);
  CHECK(answer.outcome == Outcome::kTransient);
  CHECK(answer.retry_after == std::chrono::seconds(4));
  CHECK(bank.actions == 0);
}

TEST_CASE("once the lock is free, the same call is done") {
  const Folder folder;
  Bank bank(folder.file("bank.db"));
  bank.barrier = Barrier({.lock_wait = std::chrono::milliseconds(0)});
  const Database other = open_database(folder.file("bank.db"));
  {
    const Transaction holds(other.get());
    (void)bank.action();
  }
  CHECK(bank.action().outcome == Outcome::kDone);
  CHECK(bank.balance() == 1);
}

TEST_CASE("a resolve waits for the action's open transaction, and then tells how it ended") {
  const Folder folder;
  Bank acting(folder.file("bank.db"));
  use_wal(acting.db.get());
  Bank asking(folder.file("bank.db"));
  std::thread resolver;
  Answer answer;
  std::atomic<bool> asked = false;
  const Answer acted =
      acting.barrier.run(acting.db.get(), Bank::request(Op::kAction, "{}"), [&](sqlite3* db) {
        resolver = std::thread([&] {
          asked = true;
          answer = asking.resolution();
        });
        while (!asked) std::this_thread::yield();
        Bank::add(db, 1);
        return done("\"C9\"");
      });
  resolver.join();
  CHECK(acted.outcome == Outcome::kDone);
  CHECK(answer.body == "\"C9\"");
  CHECK_FALSE(answer.fenced);
}

TEST_CASE("a commit that a reader blocks is rolled back and transient") {
  const Folder folder;
  Bank bank(folder.file("bank.db"));
  bank.barrier = Barrier({.lock_wait = std::chrono::milliseconds(0)});
  const Database other = open_database(folder.file("bank.db"));
  {
    Statement reader(other.get(), "SELECT * FROM account");
    reader.next();
    CHECK(bank.action().outcome == Outcome::kTransient);
  }
  CHECK(bank.balance() == 0);
  CHECK(bank.action().outcome == Outcome::kDone);
}

TEST_CASE("a lock that SQLite itself doesn't wait for is tried again within the bound") {
  const std::string shared = "file:bank?mode=memory&cache=shared";
  Bank bank(shared);
  bank.barrier = Barrier({.lock_wait = std::chrono::minutes(1)});
  const Database other = open_database(shared);
  std::atomic<int> begins = 0;
  const auto count = [](unsigned, void* counter, void*, void*) {
    return ++*static_cast<std::atomic<int>*>(counter), 0;
  };
  sqlite3_trace_v2(bank.db.get(), SQLITE_TRACE_STMT, count, &begins);
  sqlite3_exec(other.get(), "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
  std::thread holder([&] {
    while (begins < 2) std::this_thread::yield();
    sqlite3_exec(other.get(), "COMMIT", nullptr, nullptr, nullptr);
  });
  CHECK(bank.action().outcome == Outcome::kDone);
  holder.join();
  CHECK(bank.actions == 1);
}

TEST_CASE("two connections that send actions and compensations at once: each effect once, net 0") {
  const Folder folder;
  std::atomic<int> actions = 0;
  std::atomic<int> compensations = 0;
  use_wal(Bank(folder.file("bank.db")).db.get());
  const auto worker = [&](bool compensates_first) {
    Bank bank(folder.file("bank.db"));
    bank.barrier = Barrier({.lock_wait = std::chrono::minutes(1)});
    for (int i = 0; i < 50; ++i) {
      bank.key = "S" + std::to_string(i) + "/charge";
      if (compensates_first) (void)bank.compensation();
      (void)bank.action();
      if (!compensates_first) (void)bank.compensation();
    }
    actions += bank.actions;
    compensations += bank.compensations;
  };
  std::thread one(worker, false);
  std::thread two(worker, true);
  one.join();
  two.join();
  CHECK(Bank(folder.file("bank.db")).balance() == 0);
  CHECK(actions == compensations);
}

}  // namespace saga::participant::test
