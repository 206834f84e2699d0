#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/engine_load.hpp"
#include "bench/measure.hpp"
#include "engine/ports/journal.hpp"

namespace saga::bench {

// What a program without an engine does at best: the same three calls a saga with Beast's own
// client, each after a commit of the row that the engine would have written, four rows a saga,
// committed in groups by a thread of its own into the same journal. No decisions, no JSON.
// `rows` are a saga's, as the engine wrote them. Blocking.
Figures run_bare_client(const std::string& file, std::uint16_t port,
                        const std::vector<ports::HistoryRow>& rows, const Load& load);

}  // namespace saga::bench
