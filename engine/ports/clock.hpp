#pragma once

#include "engine/base/time.hpp"

namespace saga::ports {

// UTC now. The only source of time above the core; virtual in simulations. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual base::TimePoint now() const = 0;
};

}  // namespace saga::ports
