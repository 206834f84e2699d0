#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/time.hpp"

namespace saga::core {

// When the next attempt comes: a value, part of a definition.
struct Schedule {
  enum class Kind : std::uint8_t { kNever, kList, kExponential, kLinear, kFixed };
  Kind kind = Kind::kNever;
  std::vector<base::Duration> delays;    // kList; not empty there
  bool repeats_last = false;             // kList with `...`
  base::Duration from{0};                // kExponential, kLinear: first delay; kFixed: every delay
  base::Duration step{0};                // kLinear
  base::Duration max{0};                 // kExponential, kLinear: cap; 0 = none
  std::int32_t factor_per_mille = 2000;  // kExponential

  friend bool operator==(const Schedule&, const Schedule&) = default;
};

// The delay before retry number `retry` (0 = the first after the first attempt), or nullopt when
// there is none. Total and monotone where max is set; saturates instead of overflowing.
std::optional<base::Duration> delay_before(const Schedule& schedule, std::uint32_t retry);

// The delays of a schedule one after the other, each in constant time: what delay_before gives for
// 0, 1, 2 …
class DelaySequence {
 public:
  // Borrows the schedule.
  explicit DelaySequence(const Schedule& schedule)
      : schedule_(schedule), delay_(schedule.from.count()) {}
  std::optional<base::Duration> next();

 private:
  const Schedule& schedule_;
  std::int64_t delay_;  // kExponential: the next one, not capped yet
  bool has_settled_ = false;
  std::uint32_t retry_ = 0;
};

// Whether delay_before gives a delay for every retry.
bool is_endless(const Schedule& schedule);

// LANGUAGE #11's default of compensations: 1s, 10s, 1m, 5m, ...
Schedule compensation_schedule();

}  // namespace saga::core
