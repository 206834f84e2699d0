#pragma once

#include <string>

#include "engine/base/result.hpp"

namespace saga::journal {

// The right to write a journal: an exclusive flock on `<file>.lock`, which holds the owner's pid.
// Readers need none. The kernel lets go of it when the process ends, however it ends.
class FileLock {
 public:
  // kLocked names the owner, kReadOnly, kNotFound (the folder).
  static base::Result<FileLock> take(const std::string& file);
  ~FileLock();
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace saga::journal
