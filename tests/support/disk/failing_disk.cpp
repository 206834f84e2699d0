#include "tests/support/disk/failing_disk.hpp"

#include <sqlite3.h>

namespace saga::test {

namespace {

// SQLite calls back through C: what the one disk of the process does stands here.
struct Disk {
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
  FailingDisk::Fault fault = FailingDisk::Fault::kInputOutput;
  int left = 0;
  bool sticks = false;
  bool failed = false;

  int fails(int io_error, bool is_write) {
    const bool full = fault == FailingDisk::Fault::kFull;
    if (full && !is_write) return SQLITE_OK;
    if (!(failed && sticks)) {
      if (left == 0 || --left > 0) return SQLITE_OK;
      failed = true;
    }
    return full ? SQLITE_FULL : io_error;
  }
};
Disk disk;

// SQLite gives room for this and the real file behind it.
struct File {
  sqlite3_file base;
  sqlite3_file* real;
};

sqlite3_file* real_of(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real; }
const sqlite3_io_methods& methods_of(sqlite3_file* file) { return *real_of(file)->pMethods; }

int close(sqlite3_file* f) { return methods_of(f).xClose(real_of(f)); }
int read(sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
  return methods_of(f).xRead(real_of(f), to, size, at);
}
int write(sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
  if (const int code = disk.fails(SQLITE_IOERR_WRITE, true); code != SQLITE_OK) return code;
  return methods_of(f).xWrite(real_of(f), from, size, at);
}
int truncate(sqlite3_file* f, sqlite3_int64 size) {
  if (const int code = disk.fails(SQLITE_IOERR_TRUNCATE, false); code != SQLITE_OK) return code;
  return methods_of(f).xTruncate(real_of(f), size);
}
int sync(sqlite3_file* f, int flags) {
  if (const int code = disk.fails(SQLITE_IOERR_FSYNC, false); code != SQLITE_OK) return code;
  return methods_of(f).xSync(real_of(f), flags);
}
int size(sqlite3_file* f, sqlite3_int64* bytes) {
  return methods_of(f).xFileSize(real_of(f), bytes);
}
int lock(sqlite3_file* f, int level) { return methods_of(f).xLock(real_of(f), level); }
int unlock(sqlite3_file* f, int level) { return methods_of(f).xUnlock(real_of(f), level); }
int check_lock(sqlite3_file* f, int* out) {
  return methods_of(f).xCheckReservedLock(real_of(f), out);
}
int control(sqlite3_file* f, int what, void* argument) {
  return methods_of(f).xFileControl(real_of(f), what, argument);
}
int sector(sqlite3_file* f) { return methods_of(f).xSectorSize(real_of(f)); }
int traits(sqlite3_file* f) { return methods_of(f).xDeviceCharacteristics(real_of(f)); }
int map(sqlite3_file* f, int page, int bytes, int extend, void volatile** out) {
  return methods_of(f).xShmMap(real_of(f), page, bytes, extend, out);
}
int map_lock(sqlite3_file* f, int offset, int count, int flags) {
  return methods_of(f).xShmLock(real_of(f), offset, count, flags);
}
void map_barrier(sqlite3_file* f) { methods_of(f).xShmBarrier(real_of(f)); }
int unmap(sqlite3_file* f, int remove) { return methods_of(f).xShmUnmap(real_of(f), remove); }

const sqlite3_io_methods kMethods = {
    2,       close,  read,   write, truncate, sync,        size,  lock,    unlock, check_lock,
    control, sector, traits, map,   map_lock, map_barrier, unmap, nullptr, nullptr};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* out) {
  auto* file = reinterpret_cast<File*>(f);
  file->base.pMethods = nullptr;
  file->real = reinterpret_cast<sqlite3_file*>(file + 1);
  const int code = disk.real->xOpen(disk.real, name, file->real, flags, out);
  if (code == SQLITE_OK) file->base.pMethods = &kMethods;
  return code;
}

int delete_file(sqlite3_vfs*, const char* name, int sync_folder) {
  if (const int code = disk.fails(SQLITE_IOERR_DELETE, false); code != SQLITE_OK) return code;
  return disk.real->xDelete(disk.real, name, sync_folder);
}

}  // namespace

FailingDisk::FailingDisk() {
  disk = Disk{};
  disk.real = sqlite3_vfs_find(nullptr);
  disk.vfs = *disk.real;
  disk.vfs.pNext = nullptr;
  disk.vfs.zName = "saga-failing";
  disk.vfs.szOsFile = static_cast<int>(sizeof(File)) + disk.real->szOsFile;
  disk.vfs.xOpen = open_file;
  disk.vfs.xDelete = delete_file;
  sqlite3_vfs_register(&disk.vfs, 0);
}

FailingDisk::~FailingDisk() { sqlite3_vfs_unregister(&disk.vfs); }

void FailingDisk::fail_at(int change, Fault fault, bool sticks) {
  disk.left = change;
  disk.fault = fault;
  disk.sticks = sticks;
  disk.failed = false;
}

bool FailingDisk::has_failed() const { return disk.failed; }

bool FailingDisk::is_armed() const { return disk.left > 0; }

}  // namespace saga::test
