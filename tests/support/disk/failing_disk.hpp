#pragma once

#include <string>

namespace saga::test {

// A layer under SQLite whose n-th change (write, sync, truncate, delete) fails, and with
// `sticks` every one after it too. One at a time in a process; not thread-safe.
class FailingDisk {
 public:
  FailingDisk();
  ~FailingDisk();
  FailingDisk(const FailingDisk&) = delete;
  FailingDisk& operator=(const FailingDisk&) = delete;

  enum class Fault { kInputOutput, kFull };  // kFull fails writes only

  [[nodiscard]] std::string vfs() const { return "saga-failing"; }
  // Counts from now: 1 is the next change, 0 is none.
  void fail_at(int change, Fault fault, bool sticks);
  void heal() { fail_at(0, Fault::kInputOutput, false); }
  [[nodiscard]] bool has_failed() const;
  [[nodiscard]] bool is_armed() const;  // the change hasn't come yet
};

}  // namespace saga::test
