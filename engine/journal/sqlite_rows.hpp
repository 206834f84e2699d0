#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/journal/seal.hpp"
#include "engine/journal/sqlite.hpp"
#include "engine/ports/journal.hpp"

namespace saga::journal {

// A column of milliseconds since 1970.
base::TimePoint time_at(const Statement& statement, int column);

struct NumberedSaga {
  std::int64_t number = 0;
  ports::SagaRow row;
};

inline constexpr std::string_view kSagaColumns =
    "SELECT m.name, t.name, t.version, t.hash, s.key, s.parent, s.status, s.cause, s.started_at, "
    "s.updated_at, s.ended_at, s.machine FROM saga s CROSS JOIN machine m ON m.id=s.machine "
    "CROSS JOIN saga_type t ON t.id=s.type ";

// A row of those columns. kCorrupt for a status or a cause that doesn't exist.
base::Result<NumberedSaga> read_saga(const Statement& statement);

// Checks rows of one machine as they come: gapless, checksum, chain.
class ChainCheck {
 public:
  ChainCheck(Sha256& sha, std::string_view machine) : sha_(sha), machine_(machine) {}

  // Goes on behind `last_seq`, whose row ends the chain with `chain`.
  void start(std::uint64_t last_seq, std::string chain);
  // kCorrupt names the row and what is wrong with it.
  base::Result<void> next(const ports::HistoryRow& row, std::uint64_t epoch, std::int64_t crc,
                          std::string chain);

 private:
  [[nodiscard]] base::Unexpected corrupt(const ports::HistoryRow& row,
                                         const std::string& what) const;

  Sha256& sha_;
  std::string machine_;
  std::uint64_t last_seq_ = 0;
  std::string chain_{bytes_of(kChainStart)};
  std::string bytes_;
};

}  // namespace saga::journal
