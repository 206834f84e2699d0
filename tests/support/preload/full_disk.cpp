#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

// Loaded into a program under test (LD_PRELOAD): while the file that SAGA_TEST_FULL_DISK names is
// there, every write to a file finds the disk full.
namespace {

bool is_full(int descriptor) {
  const char* sign = std::getenv("SAGA_TEST_FULL_DISK");
  struct stat file {};
  return sign != nullptr && access(sign, F_OK) == 0 && fstat(descriptor, &file) == 0 &&
         S_ISREG(file.st_mode);
}

ssize_t write_at(int descriptor, const void* bytes, size_t size, off64_t offset) {
  if (!is_full(descriptor)) return syscall(SYS_pwrite64, descriptor, bytes, size, offset);
  errno = ENOSPC;
  return -1;
}

}  // namespace

extern "C" ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t offset) {
  return write_at(descriptor, bytes, size, offset);
}

extern "C" ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
  return write_at(descriptor, bytes, size, offset);
}
