#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/journal/hash.hpp"
#include "engine/ports/journal.hpp"

namespace saga::journal {

// The only namespace there is yet; part of every key.
inline constexpr std::string_view kNamespace = "default";
// Of a store with one node: no other can have taken it over.
inline constexpr std::uint64_t kEpoch = 0;
// The chain before a machine's first row.
inline constexpr Digest kChainStart{};

// What guards a row of the history: its own checksum, and the chain up to it.
struct Seal {
  std::uint32_t crc = 0;
  Digest chain{};
};

// The bytes of a row that its seal covers, as FORMAT.md says. Clears `out` first.
void write_row_bytes(const ports::HistoryRow& row, std::uint64_t epoch, std::string& out);

// chain = SHA-256(chain before it, row bytes).
inline Seal seal_of(Sha256& sha, const Digest& before, std::string_view row_bytes) {
  return Seal{crc32c(row_bytes), sha.of({bytes_of(before), row_bytes})};
}

}  // namespace saga::journal
