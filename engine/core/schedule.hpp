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

// Whether delay_before gives a delay for every retry.
bool is_endless(const Schedule& schedule);

// LANGUAGE #11's default of compensations: 1s, 10s, 1m, 5m, ...
Schedule compensation_schedule();

}  // namespace saga::core
