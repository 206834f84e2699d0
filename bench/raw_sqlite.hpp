#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/ports/journal.hpp"

namespace saga::bench {

// What SQLite itself does with the statements of the journal: the same tables, indexes, settings
// and checkpoints, one row after the other, and no engine, checksum, chain or check. Makes a new
// file at `path`; writes for each saga the texts of `rows`, which are a saga's as the engine wrote
// them, its machine, list row (twice) and timer, `batch` rows of the history a commit. Sagas go on
// in turn, 1,000 at once, as they do in the engine.
//
// Sagas a second; 0 if SQLite refused something. Blocking.
double raw_sagas_per_second(const std::string& path, std::uint64_t sagas,
                            const std::vector<ports::HistoryRow>& rows, std::uint64_t batch);

}  // namespace saga::bench
