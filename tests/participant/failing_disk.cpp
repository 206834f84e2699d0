#include "tests/participant/failing_disk.hpp"

#include <cstring>

namespace saga::participant::test {

namespace {

// SQLite calls back through C: what the one disk of the process does stands here.
struct Disk {
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
  int left = 0;
  bool sticks = false;
  bool failed = false;

  bool fails() {
    if (failed && sticks) return true;
    if (left == 0 || --left > 0) return false;
    failed = true;
    return true;
  }
};
Disk disk;

// SQLite gives room for this and the real file behind it.
struct File {
  sqlite3_file base;
  sqlite3_file* real;
};

sqlite3_file* real_of(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real; }

int close(sqlite3_file* f) { return real_of(f)->pMethods->xClose(real_of(f)); }
int read(sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
  return real_of(f)->pMethods->xRead(real_of(f), to, size, at);
}
int write(sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
  if (disk.fails()) return SQLITE_IOERR_WRITE;
  return real_of(f)->pMethods->xWrite(real_of(f), from, size, at);
}
int truncate(sqlite3_file* f, sqlite3_int64 size) {
  if (disk.fails()) return SQLITE_IOERR_TRUNCATE;
  return real_of(f)->pMethods->xTruncate(real_of(f), size);
}
int sync(sqlite3_file* f, int flags) {
  if (disk.fails()) return SQLITE_IOERR_FSYNC;
  return real_of(f)->pMethods->xSync(real_of(f), flags);
}
int size(sqlite3_file* f, sqlite3_int64* bytes) {
  return real_of(f)->pMethods->xFileSize(real_of(f), bytes);
}
int lock(sqlite3_file* f, int level) { return real_of(f)->pMethods->xLock(real_of(f), level); }
int unlock(sqlite3_file* f, int level) { return real_of(f)->pMethods->xUnlock(real_of(f), level); }
int check_lock(sqlite3_file* f, int* out) {
  return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}
int control(sqlite3_file* f, int what, void* argument) {
  return real_of(f)->pMethods->xFileControl(real_of(f), what, argument);
}
int sector(sqlite3_file* f) { return real_of(f)->pMethods->xSectorSize(real_of(f)); }
int traits(sqlite3_file* f) { return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f)); }

const sqlite3_io_methods kMethods = {
    1,       close,  read,   write,   truncate, sync,    size,    lock,    unlock, check_lock,
    control, sector, traits, nullptr, nullptr,  nullptr, nullptr, nullptr, nullptr};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* out) {
  auto* file = reinterpret_cast<File*>(f);
  file->base.pMethods = nullptr;
  file->real = reinterpret_cast<sqlite3_file*>(file + 1);
  const int code = disk.real->xOpen(disk.real, name, file->real, flags, out);
  if (code == SQLITE_OK) file->base.pMethods = &kMethods;
  return code;
}

int delete_file(sqlite3_vfs*, const char* name, int sync_folder) {
  if (disk.fails()) return SQLITE_IOERR_DELETE;
  return disk.real->xDelete(disk.real, name, sync_folder);
}

}  // namespace

FailingDisk::FailingDisk() {
  disk = Disk{};
  disk.real = sqlite3_vfs_find(nullptr);
  disk.vfs = *disk.real;
  disk.vfs.iVersion = 1;
  disk.vfs.pNext = nullptr;
  disk.vfs.zName = "failing";
  disk.vfs.szOsFile = static_cast<int>(sizeof(File)) + disk.real->szOsFile;
  disk.vfs.xOpen = open_file;
  disk.vfs.xDelete = delete_file;
  sqlite3_vfs_register(&disk.vfs, 0);
}

FailingDisk::~FailingDisk() { sqlite3_vfs_unregister(&disk.vfs); }

Database FailingDisk::open(const std::string& path) const {
  sqlite3* db = nullptr;
  sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "failing");
  return Database(db);
}

void FailingDisk::fail_at(int change, bool sticks) {
  disk.left = change;
  disk.sticks = sticks;
  disk.failed = false;
}

bool FailingDisk::has_failed() const { return disk.failed; }

}  // namespace saga::participant::test
