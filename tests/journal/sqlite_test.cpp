#include <doctest/doctest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/base/ids.hpp"
#include "engine/journal/memory_journal.hpp"
#include "tests/journal/conformance.hpp"
#include "tests/journal/store.hpp"

namespace saga::journal::test {
namespace {

using base::ErrorCode;

// Changes a closed file behind the journal's back.
void tamper(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  const int code = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
  CHECK_MESSAGE(code == SQLITE_OK, sqlite3_errmsg(db));
  sqlite3_close(db);
}

ErrorCode error_of_open(const std::string& path, bool create = true) {
  const auto journal = SqliteJournal::open(path, {create, ""});
  REQUIRE_FALSE(journal.has_value());
  CHECK_FALSE(journal.error().message.empty());
  return journal.error().code;
}

void make_three_rows(const std::string& path) {
  const auto journal = open_journal(path);
  for (std::uint64_t seq = 1; seq <= 3; ++seq) {
    REQUIRE(journal->commit(history_batch("m", seq, seq)).has_value());
  }
}

// Commits seq 1, 2, … and writes each acknowledged one to the pipe, until it is killed.
[[noreturn]] void commit_and_acknowledge(const std::string& path, int pipe) {
  const auto journal = SqliteJournal::open(path);
  if (!journal) ::_exit(1);
  const auto reader = (*journal)->open_reader();
  const auto rows = (*reader)->history("m", 0, 1'000'000);
  std::uint64_t seq = !rows || rows->empty() ? 0 : rows->back().last_seq;
  for (;;) {
    ++seq;
    if (!(*journal)->commit(history_batch("m", seq, seq))) ::_exit(2);
    if (::write(pipe, &seq, sizeof seq) != sizeof seq) ::_exit(3);
    if (seq % 16 == 0) (*journal)->idle();
  }
}

// Kills a child after `acks` of its acknowledgements; the last of them all that came.
std::uint64_t kill_after(const std::string& path, std::int64_t acks) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) commit_and_acknowledge(path, ends[1]);
  ::close(ends[1]);
  std::uint64_t seq = 0;
  std::uint64_t last = 0;
  for (std::int64_t count = 0; ::read(ends[0], &seq, sizeof seq) == sizeof seq; ++count) {
    last = seq;
    if (count == acks) ::kill(child, SIGKILL);
  }
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  return last;
}

TEST_CASE("a new journal and its log are their owner's alone") {
  const Folder folder;
  const auto journal = open_journal(folder.file("saga.db"));
  REQUIRE(journal->commit(history_batch("m", 1, 1)).has_value());
  for (const char* name : {"saga.db", "saga.db-wal"}) {
    CAPTURE(name);
    const auto mode = std::filesystem::status(folder.file(name)).permissions();
    const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
    CHECK((mode & others) == std::filesystem::perms::none);
  }
}

TEST_CASE("what was acknowledged before a kill -9 is there, whole, at any moment") {
  Folder folder;
  base::SeededRandom random(42);
  std::uint64_t acked = 0;
  for (int round = 0; round < 60; ++round) {
    CAPTURE(round);
    acked = std::max(acked, kill_after(folder.file(), random.between(0, 12)));
    const auto reader = open_sqlite_reader(folder.file());
    REQUIRE(reader.has_value());
    const auto rows = (*reader)->history("m", 0, 1'000'000);
    REQUIRE(rows.has_value());
    CHECK(rows->size() >= acked);
    CHECK(rows->size() <= acked + 1);
  }
}

TEST_CASE("a changed row of the history is found by reading, and named") {
  const char* const changes[] = {
      "UPDATE history SET input=replace(input, 'input', 'ynput') WHERE last_seq=2",
      "UPDATE history SET events=events||' ' WHERE last_seq=2",
      "UPDATE history SET at=at+1 WHERE last_seq=2",
      "UPDATE history SET seed=seed+1 WHERE last_seq=2",
      "UPDATE history SET epoch=1 WHERE last_seq=2",
      "UPDATE history SET crc=crc+1 WHERE last_seq=2",
      "UPDATE history SET chain=zeroblob(32) WHERE last_seq=2",
      "UPDATE history SET first_seq=1 WHERE last_seq=2",
      "UPDATE machine SET name='other' WHERE name='m';UPDATE history SET seed=seed",
  };
  for (const char* change : changes) {
    CAPTURE(change);
    Folder folder;
    make_three_rows(folder.file());
    tamper(folder.file(), change);
    const auto reader = open_sqlite_reader(folder.file());
    const bool renamed = std::string_view(change).starts_with("UPDATE machine");
    const auto rows = (*reader)->history(renamed ? "other" : "m", 0, 9);
    REQUIRE_FALSE(rows.has_value());
    CHECK(rows.error().code == ErrorCode::kCorrupt);
    CHECK(rows.error().message.find(renamed ? "1..1" : "2") != std::string::npos);
  }
}

TEST_CASE("a row that is lost from the middle is found, read from the start or from before it") {
  Folder folder;
  make_three_rows(folder.file());
  tamper(folder.file(), "DELETE FROM history WHERE last_seq=2");
  const auto reader = open_sqlite_reader(folder.file());
  CHECK((*reader)->history("m", 0, 9).error().code == ErrorCode::kCorrupt);
  CHECK((*reader)->history("m", 1, 9).error().code == ErrorCode::kCorrupt);
}

TEST_CASE(
    "a snapshot that is damaged, or stands behind no row of the history, is as good as none") {
  Folder folder;
  {
    auto journal = open_journal(folder.file());
    ports::Batch batch = history_batch("m", 1, 3);
    batch.snapshots.push_back({"m", 3, {}, "{\"n\":3}"});
    REQUIRE(journal->commit(batch).has_value());
  }
  const auto found = [&] {
    const auto reader = open_sqlite_reader(folder.file());
    const auto snapshot = (*reader)->snapshot("m");
    REQUIRE(snapshot.has_value());
    return snapshot->has_value();
  };
  CHECK(found());
  SUBCASE("other text") { tamper(folder.file(), "UPDATE snapshot SET state='{\"n\":4}'"); }
  SUBCASE("another place") { tamper(folder.file(), "UPDATE snapshot SET seq=2"); }
  SUBCASE("another history") { tamper(folder.file(), "UPDATE snapshot SET chain=x'00'"); }
  SUBCASE("thrown away") { tamper(folder.file(), "DELETE FROM snapshot"); }
  CHECK_FALSE(found());
}

TEST_CASE("a file of format 1 is read as it is, and brought up to date by a writer") {
  Folder folder;
  make_three_rows(folder.file());
  tamper(folder.file(), "DROP TABLE snapshot; PRAGMA user_version=1");
  {
    const auto reader = open_sqlite_reader(folder.file());
    CHECK_FALSE((*reader)->snapshot("m")->has_value());
    CHECK((*reader)->history("m", 0, 9)->size() == 3);
  }
  auto journal = open_journal(folder.file());
  ports::Batch batch = history_batch("m", 4, 4);
  batch.snapshots.push_back({"m", 4, {}, "{}"});
  CHECK(journal->commit(batch).has_value());
}

TEST_CASE("a bit flipped in the file's row bytes is found") {
  Folder folder;
  make_three_rows(folder.file());
  std::fstream file(folder.file(), std::ios::in | std::ios::out | std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  const std::size_t at = all.find("{\"input\":2}");
  REQUIRE(at != std::string::npos);
  for (std::size_t byte = 0; byte < 11; ++byte) {
    CAPTURE(byte);
    file.seekp(static_cast<std::streamoff>(at + byte)).put(static_cast<char>(all[at + byte] ^ 4));
    file.flush();
    const auto reader = open_sqlite_reader(folder.file());
    CHECK((*reader)->history("m", 0, 9).error().code == ErrorCode::kCorrupt);
    file.seekp(static_cast<std::streamoff>(at + byte)).put(all[at + byte]);
    file.flush();
  }
}

TEST_CASE("a journal of a newer format is refused by writers and readers, naming both") {
  Folder folder;
  make_three_rows(folder.file());
  tamper(folder.file(), "PRAGMA user_version=7");
  CHECK(error_of_open(folder.file()) == ErrorCode::kNewerVersion);
  const auto reader = open_sqlite_reader(folder.file());
  CHECK(reader.error().code == ErrorCode::kNewerVersion);
  CHECK(reader.error().message.find("format 7") != std::string::npos);
  CHECK(reader.error().message.find("up to 2") != std::string::npos);
}

TEST_CASE("a second writer is refused with the owner's pid, while a reader still reads") {
  Folder folder;
  auto journal = open_journal(folder.file());
  REQUIRE(journal->commit(history_batch("m", 1, 1)).has_value());
  const auto second = SqliteJournal::open(folder.file());
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == ErrorCode::kLocked);
  CHECK(second.error().message.find(std::to_string(::getpid())) != std::string::npos);
  const auto reader = open_sqlite_reader(folder.file());
  REQUIRE(reader.has_value());
  CHECK((*reader)->history("m", 0, 9)->size() == 1);
  journal.reset();
  CHECK(SqliteJournal::open(folder.file()).has_value());
}

TEST_CASE("a path that can't be a journal is told by its code") {
  Folder folder;
  CHECK(error_of_open(folder.file("none/a.db")) == ErrorCode::kNotFound);
  CHECK(error_of_open(folder.file("absent.db"), false) == ErrorCode::kNotFound);
  CHECK(open_sqlite_reader(folder.file("absent.db")).error().code == ErrorCode::kNotFound);
  CHECK(error_of_open(folder.file(".")) == ErrorCode::kInvalidArgument);
  std::ofstream(folder.file("text.db")) << std::string(5000, 'x');
  CHECK(error_of_open(folder.file("text.db")) == ErrorCode::kCorrupt);
  CHECK(open_sqlite_reader(folder.file("text.db")).error().code == ErrorCode::kCorrupt);
  tamper(folder.file("other.db"), "CREATE TABLE orders(id)");
  CHECK(error_of_open(folder.file("other.db")) == ErrorCode::kCorrupt);
}

TEST_CASE("a file replaced under a running journal stops it") {
  Folder folder;
  const auto journal = open_journal(folder.file());
  REQUIRE(journal->commit(history_batch("m", 1, 1)).has_value());
  std::filesystem::rename(folder.file(), folder.file("moved.db"));
  CHECK(journal->commit(history_batch("m", 2, 2)).error().code == ErrorCode::kIoUncertain);
}

TEST_CASE("more machines than the writer keeps in memory are continued from the store") {
  Folder folder;
  const auto journal = open_journal(folder.file());
  ports::Batch batch;
  constexpr int kMachines = 45'000;
  for (int i = 0; i < kMachines; ++i) batch.history.push_back(row(std::to_string(i), 1, 1));
  REQUIRE(journal->commit(batch).has_value());
  REQUIRE(journal->commit(history_batch("0", 2, 2)).has_value());
  CHECK(journal->commit(history_batch("1", 3, 3)).error().code == ErrorCode::kConflict);
  const auto reader = journal->open_reader();
  CHECK((*reader)->history("0", 0, 9)->size() == 2);
}

TEST_CASE("a checkpoint in idle time empties the WAL, and commits go on") {
  Folder folder;
  const auto journal = open_journal(folder.file());
  ports::Batch batch = history_batch("m", 1, 1);
  batch.history[0].input = "\"" + std::string(1'200'000, 'x') + "\"";
  REQUIRE(journal->commit(batch).has_value());
  const auto before = std::filesystem::file_size(folder.file("a.db"));
  journal->idle();
  CHECK(std::filesystem::file_size(folder.file("a.db")) > before + 1'000'000);
  REQUIRE(journal->commit(history_batch("m", 2, 2)).has_value());
}

}  // namespace
}  // namespace saga::journal::test
