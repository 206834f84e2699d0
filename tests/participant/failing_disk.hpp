#pragma once

#include <string>

#include "tests/participant/bank.hpp"

namespace saga::participant::test {

// A disk whose n-th change (write, sync, truncate, delete) fails with an I/O error, and with
// `sticks` every one after it too. One at a time in a process; not thread-safe.
class FailingDisk {
 public:
  FailingDisk();
  ~FailingDisk();
  FailingDisk(const FailingDisk&) = delete;
  FailingDisk& operator=(const FailingDisk&) = delete;

  // Opens the file on this disk, with a rollback journal.
  [[nodiscard]] Database open(const std::string& path) const;
  // Counts from now: 1 is the next change, 0 is none.
  void fail_at(int change, bool sticks);
  // Whether the change has been reached.
  [[nodiscard]] bool has_failed() const;
};

}  // namespace saga::participant::test
