#include "engine/journal/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace saga::journal {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

ErrorCode code_of(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR: return ErrorCode::kNotFound;
    case EROFS:
    case EACCES:
    case EPERM: return ErrorCode::kReadOnly;
    case ENOSPC:
    case EDQUOT: return ErrorCode::kDiskFull;
    default: return ErrorCode::kUnavailable;
  }
}

base::Unexpected failed(const std::string& path, int number) {
  return fail(code_of(number),
              "can't make the lock file: " + std::generic_category().message(number), path);
}

std::string owner_of(int descriptor) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
  std::string pid(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  return pid.substr(0, pid.find('\n'));
}

}  // namespace

Result<FileLock> FileLock::take(const std::string& file) {
  const std::string path = file + ".lock";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return failed(path, errno);
  FileLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failed(path, errno);
    const std::string owner = owner_of(descriptor);
    return fail(ErrorCode::kLocked,
                "the journal is being written by process " + (owner.empty() ? "?" : owner), file);
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  // The pid is for people only: on a full disk the lock holds without it.
  if (::ftruncate(descriptor, 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(descriptor, pid.data(), pid.size(), 0);
  }
  return lock;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

}  // namespace saga::journal
