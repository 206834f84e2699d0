#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/time.hpp"

namespace saga::base {

// Ids are text: 36 characters, lower case. `random` must come from the caller (the core draws no
// randomness): 10 random bytes for a v7, whose first 48 bits are the time in milliseconds.
std::string make_uuid_v7(TimePoint now, const std::array<std::uint8_t, 10>& random);

// The same id for the same (parent, path), for ever: a child saga's. UUID version 8 over 122 bits
// of 128-bit FNV-1a of parent, a zero byte and path.
std::string derive_uuid(std::string_view parent, std::string_view path);

bool is_uuid(std::string_view text);

// FNV-1a, 64 bits: `hash64`, shards, jitter. Stable for ever.
std::uint64_t hash64(std::string_view bytes);

// A deterministic generator for journaled draws (jitter, random(), uuid()): SplitMix64.
class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  // Uniform in [low, high]; requires low <= high.
  std::int64_t between(std::int64_t low, std::int64_t high);

 private:
  std::uint64_t state_;
};

}  // namespace saga::base
