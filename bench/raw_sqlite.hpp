#pragma once

#include <cstdint>
#include <string>

namespace saga::bench {

// What SQLite itself does with the statements of the journal: the same tables, indexes, settings
// and checkpoints, one row after the other with payloads of the usual size, and no engine,
// checksum, chain or check. Makes a new file at `path`; writes `rows_per_saga` rows of the history
// for each saga, its machine, list row (twice) and timer, `batch` rows of the history a commit.
// Sagas go on in turn, 1,000 at once, as they do in the engine.
//
// Rows of the history a second; 0 if SQLite refused something. Blocking.
double raw_rows_per_second(const std::string& path, std::uint64_t sagas,
                           std::uint64_t rows_per_saga, std::uint64_t batch);

}  // namespace saga::bench
