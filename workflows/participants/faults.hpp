#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace saga::demo {

enum class FaultKind {
  kReject,       // a declared error, through the barrier like any rejection
  kDelay,        // late: the work starts, or with `after` the answer leaves, `ms` later
  kDropAnswer,   // the work is done, the connection is closed without an answer
  kUnavailable,  // 503 with Retry-After; nothing is done
  kError,        // 500; nothing, or with `after` everything, is done
  kBadJson,      // the work is done, the answer is no JSON
  kLock,         // a second connection holds the write lock, until the barrier gives up
  kDie,          // the process ends before, or with `after` behind, the commit
};

// A switch: the next `times` calls of an operation go wrong.
struct Fault {
  std::string operation;  // "*" is any
  FaultKind kind = FaultKind::kError;
  std::string op;          // only calls with this Saga-Op; empty is any
  std::int64_t times = 1;  // 0 is until cleared
  std::int64_t skip = 0;   // calls that pass before
  bool after = false;
  std::chrono::milliseconds delay{0};
  std::chrono::seconds retry_after{1};
  std::string error;   // of kReject: the declared error's name
  std::string fields;  // of kReject: its fields as JSON members with a leading comma
};

// Reads a switch as README.md describes it. On a fault of its own: nothing, and why in `problem`.
std::optional<Fault> fault_of(std::string_view json, std::string& problem);

// The switches that are on. Thread-safe.
class Faults {
 public:
  // False when there are too many.
  bool add(Fault fault);
  void clear();
  // The first switch that fits the call; it is used up by one.
  std::optional<Fault> take(std::string_view operation, std::string_view op);
  // A JSON list of what is on.
  [[nodiscard]] std::string list() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Fault> faults_;
};

}  // namespace saga::demo
