#pragma once

#include <chrono>
#include <cstddef>

// Bounds of one `test` block.
namespace saga::base::limits {

inline constexpr std::size_t kMaxTestInputs = 20'000;             // answers and timers
inline constexpr std::size_t kMaxTestTimers = 1'000;              // of them
inline constexpr std::chrono::hours kMaxTestTime{24 * 366 * 10};  // virtual, until it must end

}  // namespace saga::base::limits
