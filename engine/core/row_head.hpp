#pragma once

#include <cstdint>
#include <string_view>

#include "engine/base/time.hpp"

namespace saga::core {

// What a row of a history says of its events, so that they leave it out. Borrows the id.
struct RowHead {
  std::string_view machine_id;
  std::uint64_t first_seq = 1;
  base::TimePoint at;
};

}  // namespace saga::core
