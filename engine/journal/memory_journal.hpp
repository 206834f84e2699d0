#pragma once

#include <memory>
#include <string>

#include "engine/ports/journal.hpp"

namespace saga::journal {

// Purpose: a journal that lives as long as the process: for runs without a file, tests, simulation.
// Semantics, order and errors are the SQLite journal's, but it is never full and never uncertain.
// Thread-safety: as the port says; readers may outlive the journal.
class MemoryJournal final : public ports::Journal {
 public:
  // 32 bytes; a simulation gives its own, so that it repeats.
  explicit MemoryJournal(std::string store_secret = random_secret());
  ~MemoryJournal() override;

  base::Result<void> commit(const ports::Batch& batch) override;
  base::Result<std::unique_ptr<ports::JournalReader>> open_reader() override;
  void idle() override {}
  [[nodiscard]] std::string store_secret() const override;

  // A copy of all that is committed now: what a process that starts after a crash here would find.
  [[nodiscard]] std::unique_ptr<MemoryJournal> crash_image() const;

  static std::string random_secret();

  struct Store;

 private:
  // Shared with its readers, which may live on another thread and longer.
  std::shared_ptr<Store> store_;
};

}  // namespace saga::journal
