#pragma once

#include <vector>

#include "engine/ports/journal.hpp"
#include "engine/runtime/engine.hpp"

namespace saga::bench {

// Participants in this process that answer at once.
runtime::CallerFactory in_process();

// The rows that the engine writes for one three-step saga, for those who stand beside it.
std::vector<ports::HistoryRow> sample_rows();

}  // namespace saga::bench
