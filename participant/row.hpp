#pragma once

#include <string>
#include <string_view>

#include "participant/answer.hpp"
#include "participant/sqlite.hpp"

namespace saga::participant {

// The words in the column `state`; FORMAT.md says what each means.
namespace state {
inline constexpr std::string_view kOpen = "open";
inline constexpr std::string_view kPending = "pending";
inline constexpr std::string_view kDone = "done";
inline constexpr std::string_view kRejected = "rejected";
inline constexpr std::string_view kCompensated = "compensated";
inline constexpr std::string_view kEmpty = "empty";
inline constexpr std::string_view kFenced = "fenced";
}  // namespace state

// What a transaction of the barrier stops with when the database fails it: rolled back and, if
// another connection was in the way, tried again. Never leaves the kit.
struct DatabaseFailure {
  int code;
};

// A row of saga_barrier.
struct Row {
  std::string op;
  std::string state;
  std::string fingerprint;
  int status = 0;
  std::string body;
};

std::string_view name_of(Op op);

// The row of `key`, made as `open` if there was none. An open row is this transaction's own: it
// never commits in that state. Throws DatabaseFailure.
Row open_row(sqlite3* db, std::string_view key, Op op, std::string_view fingerprint,
             std::chrono::sys_seconds now);

// The row of `key`; an empty state if there is none. Throws DatabaseFailure.
Row find_row(sqlite3* db, std::string_view key);

void set_state(sqlite3* db, std::string_view key, std::string_view state);
void remove_row(sqlite3* db, std::string_view key);
void store(sqlite3* db, std::string_view key, std::string_view state, const Answer& answer);

}  // namespace saga::participant
