#pragma once

#include "bench/measure.hpp"
#include "engine/runtime/engine.hpp"

namespace saga::bench {

struct Load {
  std::uint64_t sagas = 0;
  std::uint64_t in_flight = 1;
  std::uint64_t declined_percent = 0;
};

// Drives the engine in this process on a new journal at `file`: always `in_flight` sagas open, the
// next one is started when one ends. Blocking. Ends the process if a saga doesn't end as it should.
Figures run_engine(const std::string& file, const runtime::CallerFactory& make_caller,
                   const Load& load);

}  // namespace saga::bench
