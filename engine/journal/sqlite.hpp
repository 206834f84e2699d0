#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace saga::journal {

// An owned connection. One thread at a time.
class Connection {
 public:
  // kStill: reads a file that surely nobody writes, and makes none of the files beside it.
  enum class Mode { kRead, kStill, kWrite, kCreate };
  // Hardened: defensive, no trusted schema, cell sizes checked, no extensions, nothing attached.
  // kNotFound, kReadOnly, kCorrupt. `vfs` empty is SQLite's own.
  static base::Result<Connection> open(const std::string& path, Mode mode, const std::string& vfs);

  // Runs statements without a result.
  base::Result<void> run(const char* sql);
  // The error that SQLite's result code means; `doing` completes "can't …".
  [[nodiscard]] base::Error error(int code, std::string_view doing) const;
  [[nodiscard]] bool in_transaction() const;
  [[nodiscard]] bool has_moved() const;  // the file was replaced or deleted under us
  [[nodiscard]] sqlite3* get() const { return db_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  struct Closer {
    void operator()(sqlite3* db) const;
  };
  std::unique_ptr<sqlite3, Closer> db_;
  std::string path_;
};

// A prepared statement, for use again and again. Bind in order, step, read columns. Borrowed texts
// must live until the next reset. Its connection must outlive it (by address of sqlite3).
class Statement {
 public:
  Statement() = default;
  static base::Result<Statement> prepare(const Connection& connection, std::string_view sql);

  Statement& integer(std::int64_t value);
  Statement& text(std::string_view value);
  Statement& blob(std::string_view value);
  Statement& null();

  // True: there is a row. False: done, and reset for the next use. An error resets too.
  base::Result<bool> step();
  // For statements without rows.
  base::Result<void> run();
  void reset();

  [[nodiscard]] int changes() const;           // rows that the last run() changed
  [[nodiscard]] std::int64_t last_id() const;  // of the row inserted last
  [[nodiscard]] std::int64_t integer_at(int column) const;
  [[nodiscard]] std::string text_at(int column) const;  // of blobs too
  [[nodiscard]] bool null_at(int column) const;

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
  int bound_ = 0;
};

}  // namespace saga::journal
