#pragma once

#include <string_view>

#include "engine/core/state.hpp"

namespace saga::core {

// A state as JSON, for a snapshot: a cache that spares the fold of a long history, and that may be
// thrown away. Not for people and of no other use: whoever changes State or what `apply` makes of
// an event raises kStateFormat, and older snapshots are ignored.
inline constexpr std::uint32_t kStateFormat = 2;

base::JsonText encode(const State& state);
// kNewerVersion for any other format, kCorrupt for what can't be read or points outside itself.
base::Result<State> decode_state(std::string_view text);

}  // namespace saga::core
