#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "engine/journal/sqlite_journal.hpp"

namespace saga::journal::test {

// A folder of a test's own, removed with it.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "saga-journal-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const std::string& name = "a.db") const {
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

inline std::unique_ptr<SqliteJournal> open_journal(const std::string& path,
                                                   const SqliteOptions& options = {}) {
  auto journal = SqliteJournal::open(path, options);
  REQUIRE_MESSAGE(journal.has_value(), (journal ? "" : journal.error().message));
  return std::move(*journal);
}

}  // namespace saga::journal::test
