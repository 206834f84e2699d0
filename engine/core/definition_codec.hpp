#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/core/definition.hpp"

namespace saga::core {

// The stored form (FORMAT.md, "definition"): JSON text, the same bytes for the same definition on
// every machine. Leaves out `hash`, and the texts of `sources` (they are stored beside it, by their
// own hash); paths stay. Deterministic.
std::string encode(const Definition& definition);

// kNewerVersion for a later format, kCorrupt for anything that doesn't hold together: every id
// inside is checked, so that the core may index without looking. `hash` and source texts are left
// empty.
base::Result<Definition> decode_definition(std::string_view text);

}  // namespace saga::core
