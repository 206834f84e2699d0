#include <doctest/doctest.h>

#include "tests/journal/conformance.hpp"
#include "tests/journal/store.hpp"
#include "tests/support/disk/failing_disk.hpp"

namespace saga::journal::test {
namespace {

using base::ErrorCode;
using saga::test::FailingDisk;
using Fault = FailingDisk::Fault;

constexpr std::uint64_t kCommits = 6;

// A commit that touches every table.
ports::Batch full_batch(std::uint64_t seq) {
  ports::Batch batch = history_batch("m", seq, seq);
  const auto now = static_cast<std::int64_t>(seq);
  batch.sagas.push_back(saga("m", now, core::Status::kRunning));
  batch.timers.push_back({"m", base::TimePoint{base::Duration{now}}});
  batch.sent.push_back({"m", seq, "n", "{}"});
  return batch;
}

// The seqs of the history, which must verify, with the list row and timer of the same commit.
std::uint64_t last_stored(const std::string& path) {
  const auto reader = open_sqlite_reader(path);
  REQUIRE(reader.has_value());
  const auto rows = (*reader)->history("m", 0, 100);
  REQUIRE(rows.has_value());
  const std::uint64_t last = rows->empty() ? 0 : rows->back().last_seq;
  CHECK(rows->size() == last);
  CHECK((*reader)->messages("n")->size() == last);
  if (last > 0) {
    CHECK((*reader)->saga("m")->updated_at.time_since_epoch().count() ==
          static_cast<std::int64_t>(last));
  }
  return last;
}

// Commits until an error; then every further commit must give the same answer. Returns the acks.
std::uint64_t commit_until_error(SqliteJournal& journal) {
  for (std::uint64_t seq = 1; seq <= kCommits; ++seq) {
    const auto done = journal.commit(full_batch(seq));
    if (done) continue;
    CHECK(done.error().code == ErrorCode::kIoUncertain);
    CHECK(journal.commit(full_batch(seq)).error().code == ErrorCode::kIoUncertain);
    return seq - 1;
  }
  return kCommits;
}

void sweep_io_errors(bool sticks) {
  FailingDisk disk;
  bool failed = true;
  for (int change = 1; failed; ++change) {
    CAPTURE(change);
    Folder folder;
    auto journal = open_journal(folder.file(), {true, disk.vfs()});
    disk.fail_at(change, Fault::kInputOutput, sticks);
    const std::uint64_t acked = commit_until_error(*journal);
    failed = disk.has_failed();
    CHECK((acked < kCommits) == failed);
    journal.reset();
    disk.heal();
    // What was acknowledged is there; the commit in doubt may be.
    const auto again = open_journal(folder.file());
    const std::uint64_t stored = last_stored(folder.file());
    CHECK(stored >= acked);
    CHECK(stored <= acked + 1);
    CHECK(again->commit(full_batch(stored + 1)).has_value());
  }
}

TEST_CASE("an I/O error at any change stops the journal, and no acknowledged row is lost") {
  SUBCASE("once") { sweep_io_errors(false); }
  SUBCASE("from then on") { sweep_io_errors(true); }
}

// Commits all; at the first refusal looks at what is stored, makes room, and commits again.
void commit_through_full(SqliteJournal& journal, FailingDisk& disk, const std::string& path) {
  for (std::uint64_t seq = 1; seq <= kCommits; ++seq) {
    auto done = journal.commit(full_batch(seq));
    if (done) continue;
    CHECK(done.error().code == ErrorCode::kDiskFull);
    CHECK(last_stored(path) == seq - 1);
    CHECK(journal.commit(full_batch(seq)).error().code == ErrorCode::kDiskFull);
    disk.heal();
    done = journal.commit(full_batch(seq));
    REQUIRE_MESSAGE(done.has_value(), (done ? "" : done.error().message));
  }
}

TEST_CASE("a full disk at any write undoes the commit, which succeeds once there is room") {
  FailingDisk disk;
  int refusals = 0;
  for (int change = 1;; ++change) {
    CAPTURE(change);
    Folder folder;
    const auto journal = open_journal(folder.file(), {true, disk.vfs()});
    disk.fail_at(change, Fault::kFull, true);
    commit_through_full(*journal, disk, folder.file());
    CHECK(last_stored(folder.file()) == kCommits);
    if (disk.is_armed()) break;  // there are fewer changes than that
    ++refusals;
  }
  CHECK(refusals > static_cast<int>(kCommits));
}

// Fails the n-th change of the checkpoint of a WAL past its idle size.
void check_checkpoint(FailingDisk& disk, int change, Fault fault) {
  CAPTURE(change);
  Folder folder;
  auto journal = open_journal(folder.file(), {true, disk.vfs()});
  ports::Batch large = full_batch(1);
  large.history[0].input = "\"" + std::string(1'200'000, 'x') + "\"";
  REQUIRE(journal->commit(large).has_value());
  disk.fail_at(change, fault, true);
  journal->idle();
  REQUIRE(disk.has_failed());
  CHECK(last_stored(folder.file()) == 1);
  disk.heal();
  const auto next = journal->commit(full_batch(2));
  if (fault == Fault::kFull) {
    CHECK(next.has_value());
  } else {
    CHECK(next.error().code == ErrorCode::kIoUncertain);
  }
  journal.reset();
  const auto again = open_journal(folder.file());
  CHECK(last_stored(folder.file()) == (fault == Fault::kFull ? 2 : 1));
}

TEST_CASE("a checkpoint that fails loses nothing; after an I/O error the journal stops") {
  FailingDisk disk;
  for (int change = 1; change < 290; change += 36) {
    check_checkpoint(disk, change, Fault::kInputOutput);
    check_checkpoint(disk, change, Fault::kFull);
  }
}

TEST_CASE("an error at any change while a journal is made is told, and the next try works") {
  FailingDisk disk;
  bool failed = true;
  for (int change = 1; failed; ++change) {
    CAPTURE(change);
    Folder folder;
    disk.fail_at(change, Fault::kInputOutput, true);
    {
      const auto journal = SqliteJournal::open(folder.file(), {true, disk.vfs()});
      failed = !journal.has_value();
      if (failed) CHECK(journal.error().code == ErrorCode::kIoUncertain);
      disk.heal();
    }
    CHECK(open_journal(folder.file())->commit(full_batch(1)).has_value());
  }
}

}  // namespace
}  // namespace saga::journal::test
