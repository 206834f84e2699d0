#pragma once

#include <filesystem>
#include <string>

#include "tests/cli/command.hpp"

namespace saga::cli::test {

// A disk that is full while it is told so.
class FullDisk {
 public:
  explicit FullDisk(const Folder& folder) : sign_(folder.file("disk.full")), folder_(folder) {}
  void fill() const { folder_.write("disk.full", ""); }
  void make_room() const { std::filesystem::remove(sign_); }
  [[nodiscard]] Launch under(Launch launch) const {
    launch.added["LD_PRELOAD"] = SAGA_FULL_DISK;
    launch.added["SAGA_TEST_FULL_DISK"] = sign_;
    launch.added["ASAN_OPTIONS"] = "verify_asan_link_order=0";
    return launch;
  }

 private:
  std::string sign_;
  const Folder& folder_;
};

}  // namespace saga::cli::test
