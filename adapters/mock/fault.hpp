#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.hpp"
#include "engine/base/result.hpp"

namespace saga::mock {

enum class FaultKind : std::uint8_t {
  kReject,       // a declared error
  kDelay,        // done, and the answer leaves `delay` later
  kDropAnswer,   // done, and the connection is closed without an answer
  kUnavailable,  // 503 with Retry-After; surely nothing is done
  kError,        // 500; nothing is done, which nobody can know
  kBadJson,      // done, and the answer is no JSON
};
std::string_view name_of(FaultKind kind);

// A switch: the next `times` calls of an operation go wrong.
struct Fault {
  std::string operation;  // `Payment.charge`; `*` is any
  FaultKind kind = FaultKind::kError;
  std::string op = {};     // only calls with this Saga-Op; empty is any
  std::int64_t times = 1;  // 0: until it is cleared
  std::chrono::milliseconds delay{0};
  base::Json error = {};  // of kReject: `error` and its fields; a field that is missing is sampled
};

// `Payment.charge=reject:Declined`, `…=delay:2s`, `…=drop_answer`, `unavailable`, `error`,
// `bad_json`; behind it `*3` for three calls, `*always` for all. kInvalidArgument.
base::Result<Fault> parse_fault(std::string_view text);
// The same as a JSON object: `operation`, `fault`, and `op`, `times`, `ms`, `error` where they
// matter. kInvalidArgument, kInvalidJson.
base::Result<Fault> read_fault(std::string_view json);

// The switches that are on, the oldest first. Thread-safety: one thread at a time.
class Faults {
 public:
  // kOverloaded past a thousand.
  base::Result<void> add(Fault fault);
  void clear() { faults_.clear(); }
  // The first that fits the call, used up by one.
  std::optional<Fault> take(std::string_view operation, std::string_view op);
  [[nodiscard]] base::JsonText list() const;

 private:
  std::vector<Fault> faults_;
};

}  // namespace saga::mock
