#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "adapters/http/config.hpp"

namespace saga::http {

// Leaves a participant alone that fails again and again: after `failures` in a row it is open for
// `open_for`, then lets one attempt through, the probe, whose end decides. A plain value; the time
// is the caller's. Every permit that isn't kNo is given back once: succeeded, failed or withdrawn.
class Breaker {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  enum class Permit : std::uint8_t { kNo, kYes, kProbe };

  explicit Breaker(BreakerSettings settings) : settings_(settings) {}

  // May an attempt be made?
  [[nodiscard]] Permit ask(TimePoint now) {
    if (!is_open_) return Permit::kYes;
    if (is_probing_ || now < open_until_) return Permit::kNo;
    is_probing_ = true;
    return Permit::kProbe;
  }
  // After kNo: how long to wait before asking again.
  [[nodiscard]] std::chrono::milliseconds wait(TimePoint now) const {
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(open_until_ - now),
                    is_probing_ ? kProbeTime : kShortest);
  }
  // Whoever answers is alive, an attempt from before it opened too.
  void succeeded() {
    failures_ = 0;
    is_open_ = is_probing_ = false;
  }
  // `opens_at_once`: the participant answers as if it were misconfigured.
  void failed(Permit permit, TimePoint now, bool opens_at_once) {
    if (is_open_ && permit != Permit::kProbe) return;  // a straggler tells nothing new
    ++failures_;
    if (permit == Permit::kProbe) is_probing_ = false;
    if (permit != Permit::kProbe && !opens_at_once && failures_ < settings_.failures) return;
    is_open_ = true;
    open_until_ = now + settings_.open_for;
  }
  // The attempt was not made after all.
  void withdrawn(Permit permit) {
    if (permit == Permit::kProbe) is_probing_ = false;
  }

 private:
  static constexpr std::chrono::milliseconds kShortest{10};
  static constexpr std::chrono::milliseconds kProbeTime{100};

  BreakerSettings settings_;
  std::size_t failures_ = 0;
  bool is_open_ = false;
  TimePoint open_until_;
  bool is_probing_ = false;
};

}  // namespace saga::http
