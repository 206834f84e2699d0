#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "adapters/http/config.hpp"

namespace saga::http {

// Leaves a participant alone that fails again and again: after `failures` in a row it is open for
// `open_for`, then lets one attempt through (half-open), whose end decides. A plain value; the time
// is the caller's.
class Breaker {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  explicit Breaker(BreakerSettings settings) : settings_(settings) {}

  // How long to wait before an attempt may be made; nullopt = now, and that attempt counts as
  // begun.
  std::optional<std::chrono::milliseconds> try_begin(TimePoint now) {
    if (!open_until_) return std::nullopt;
    if (now < *open_until_) return left(now);
    if (is_probing_ && now < probe_until_) return std::max(left_of(probe_until_, now), kShortest);
    is_probing_ = true;
    probe_until_ = now + settings_.open_for;
    return std::nullopt;
  }
  void succeeded() {
    failures_ = 0;
    open_until_.reset();
    is_probing_ = false;
  }
  // `opens_at_once`: the participant answers as if it were misconfigured. True if it opened by
  // this.
  bool failed(TimePoint now, bool opens_at_once) {
    ++failures_;
    const bool was_closed = !open_until_;
    if (failures_ < settings_.failures && !opens_at_once && was_closed) return false;
    open_until_ = now + settings_.open_for;
    is_probing_ = false;
    return was_closed;
  }

 private:
  static constexpr std::chrono::milliseconds kShortest{10};
  static std::chrono::milliseconds left_of(TimePoint until, TimePoint now) {
    return std::chrono::ceil<std::chrono::milliseconds>(until - now);
  }
  std::chrono::milliseconds left(TimePoint now) const {
    return std::max(left_of(*open_until_, now), kShortest);
  }

  BreakerSettings settings_;
  std::size_t failures_ = 0;
  std::optional<TimePoint> open_until_;
  bool is_probing_ = false;
  TimePoint probe_until_;
};

}  // namespace saga::http
