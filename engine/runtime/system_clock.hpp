#pragma once

#include "engine/ports/clock.hpp"

namespace saga::runtime {

// The machine's wall clock. It may jump; nothing that only measures a span reads it.
class SystemClock final : public ports::Clock {
 public:
  [[nodiscard]] base::TimePoint now() const override {
    return std::chrono::floor<base::Duration>(std::chrono::system_clock::now());
  }
};

}  // namespace saga::runtime
