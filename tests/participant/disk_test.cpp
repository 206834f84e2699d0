#include <doctest/doctest.h>

#include "tests/participant/bank.hpp"
#include "tests/support/disk/failing_disk.hpp"
#include "tests/support/folder.hpp"

// What the barrier says about a call while the disk fails, against what is in the file afterwards.

namespace saga::participant::test {

using saga::test::FailingDisk;
using saga::test::Folder;
using Fault = FailingDisk::Fault;

namespace {

Database open(const FailingDisk& disk, const std::string& path) {
  sqlite3* db = nullptr;
  sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                  disk.vfs().c_str());
  return Database(db);
}

// Plays one action with its `change`-th write failing. False when the action made fewer writes.
bool play(FailingDisk& disk, int change, bool sticks) {
  CAPTURE(change);
  CAPTURE(sticks);
  const Folder folder;
  const std::string path = folder.file("bank.db");
  { const Bank made(path); }
  Answer answer;
  bool failed = false;
  {
    Bank bank(path);
    bank.db = open(disk, path);
    disk.fail_at(change, Fault::kInputOutput, sticks);
    answer = bank.action();
    failed = disk.has_failed();
  }
  disk.heal();
  Bank after(path);
  if (answer.outcome == Outcome::kDone) CHECK(after.balance() == 1);
  if (answer.outcome == Outcome::kTransient) CHECK(after.balance() == 0);
  CHECK((answer.outcome == Outcome::kDone || answer.outcome == Outcome::kTransient ||
         answer.outcome == Outcome::kUnknown));
  CHECK((failed || answer.outcome == Outcome::kDone));
  CHECK(after.action().outcome == Outcome::kDone);
  CHECK(after.balance() == 1);
  return failed;
}

}  // namespace

TEST_CASE("whichever write of an action fails, the answer is true and the same key ends it") {
  for (const bool sticks : {false, true}) {
    FailingDisk disk;
    int changes = 0;
    while (play(disk, changes + 1, sticks)) ++changes;
    CHECK(changes > 4);  // the journal's, the pages', the syncs' and the commit point's
  }
}

TEST_CASE("a full file is transient, nothing is stored, and with room the same call is done") {
  const Folder folder;
  Bank bank(folder.file("bank.db"));
  const Request call = Bank::request(Op::kAction, "{}");
  const Business large = [](sqlite3* db) {
    Statement(db, "INSERT INTO account VALUES (zeroblob(100000))").run();
    return sqlite3_errcode(db) == SQLITE_FULL ? transient("full", std::chrono::seconds(1)) : done();
  };
  sqlite3_exec(bank.db.get(), "PRAGMA max_page_count = 8", nullptr, nullptr, nullptr);
  CHECK(bank.barrier.run(bank.db.get(), call, large).outcome == Outcome::kTransient);
  sqlite3_exec(bank.db.get(), "PRAGMA max_page_count = 1000", nullptr, nullptr, nullptr);
  CHECK_FALSE(bank.barrier.run(bank.db.get(), call, large).repeated);
}

TEST_CASE("a file that can't be written is transient, not unknown") {
  const Folder folder;
  Bank bank(folder.file("bank.db"));
  sqlite3_exec(bank.db.get(), "PRAGMA query_only = 1", nullptr, nullptr, nullptr);
  CHECK(bank.action().outcome == Outcome::kTransient);
}

}  // namespace saga::participant::test
