#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/ports/journal.hpp"

namespace saga::journal {

struct SqliteOptions {
  bool create = true;  // make the file if it isn't there
  std::string vfs;     // SQLite's name of the file system layer; empty: its own
};

// Purpose: the journal in one file (FORMAT.md), durable by WAL and synchronous=FULL. This
// connection is the only one that writes and checkpoints; `<file>.lock` keeps other processes from
// it, while they may read.
// Thread-safety: as the port says. Blocking: commit waits for the disk; from 1,000 pages of WAL it
// checkpoints too. Readers must not be kept in the middle of a call: they hold the WAL's start.
// Errors: the port's. Also kLocked: another program held SQLite's write lock for 5 s, kCorrupt,
// kInternal (no memory): surely nothing happened. After the first kIoUncertain every commit answers
// so. A checkpoint that finds the disk full is tried again later; one with an I/O error stops the
// journal like a commit with one, though what was committed is safe in the WAL.
class SqliteJournal final : public ports::Journal {
 public:
  // kNotFound (the folder, or the file with create off), kReadOnly, kLocked with the owner's pid,
  // kNewerVersion, kCorrupt (no journal, or a damaged one), kDiskFull, kIoUncertain.
  static base::Result<std::unique_ptr<SqliteJournal>> open(const std::string& path,
                                                           const SqliteOptions& options = {});
  ~SqliteJournal() override;

  base::Result<void> commit(const ports::Batch& batch) override;
  base::Result<std::unique_ptr<ports::JournalReader>> open_reader() override;
  void idle() override;
  [[nodiscard]] std::string store_secret() const override;

  // Where the answers of calls that this store's sagas made come, as it was kept last; 0: nowhere
  // yet. Both belong to whoever commits. Errors: those of commit.
  base::Result<std::uint16_t> callback_port();
  base::Result<void> keep_callback_port(std::uint16_t port);
  // Whether its sagas call mocks in place of real services.
  base::Result<bool> is_on_mocks();
  base::Result<void> mark_on_mocks();

 private:
  struct Parts;
  explicit SqliteJournal(std::unique_ptr<Parts> parts);
  base::Result<void> roll_back(base::Error error);
  void checkpoint();

  std::unique_ptr<Parts> parts_;
};

// A reader of a file that this or another process may be writing, or of one in a folder that can't
// be written, if it was closed in order. kNotFound, kInvalidArgument (a folder), kReadOnly,
// kNewerVersion, kCorrupt.
base::Result<std::unique_ptr<ports::JournalReader>> open_sqlite_reader(
    const std::string& path, const SqliteOptions& options = {});

}  // namespace saga::journal
