#include "cli/rewrite_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace saga::cli {
namespace {

using base::ErrorCode;

// A file of a name of its own, which is removed unless it is kept.
class NewFile {
 public:
  explicit NewFile(const std::string& beside) : path_(beside + ".XXXXXX") {
    descriptor_ = ::mkstemp(path_.data());
    was_made_ = is_open();
  }
  ~NewFile() {
    close();
    if (!is_kept_ && was_made_) ::unlink(path_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

  // All steps, or false with errno.
  bool write(std::string_view text, const struct stat& like) {
    while (!text.empty()) {
      const ::ssize_t written = ::write(descriptor_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    // Another owner's file stays hers where that may be done.
    const int given = ::fchown(descriptor_, like.st_uid, like.st_gid);
    static_cast<void>(given);
    return ::fchmod(descriptor_, like.st_mode & 07777U) == 0 && ::fsync(descriptor_) == 0;
  }

  bool rename_to(const std::string& path) {
    close();
    is_kept_ = ::rename(path_.c_str(), path.c_str()) == 0;
    return is_kept_;
  }

 private:
  void close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }

  std::string path_;
  int descriptor_ = -1;
  bool was_made_ = false;
  bool is_kept_ = false;
};

base::Unexpected failed(const std::string& path) {
  const int problem = errno;
  const bool is_full = problem == ENOSPC || problem == EDQUOT;
  return base::fail(is_full ? ErrorCode::kDiskFull : ErrorCode::kReadOnly,
                    std::string("can't be written: ") + std::strerror(problem), path);
}

}  // namespace

base::Result<void> rewrite_file(const std::string& path, std::string_view text) {
  std::error_code problem;
  const std::string target = std::filesystem::canonical(path, problem).string();
  struct stat status {};
  if (problem || ::stat(target.c_str(), &status) != 0) return failed(path);
  constexpr unsigned kAnyWriter = 0222;
  if ((status.st_mode & kAnyWriter) == 0 || ::access(target.c_str(), W_OK) != 0) {
    return base::fail(ErrorCode::kReadOnly, "is read-only", path);
  }
  if (!S_ISREG(status.st_mode)) return base::fail(ErrorCode::kReadOnly, "is no plain file", path);
  NewFile file(target);
  if (!file.is_open() || !file.write(text, status) || !file.rename_to(target)) return failed(path);
  return {};
}

}  // namespace saga::cli
