#pragma once

#include <string>
#include <string_view>

namespace saga::participant {

// FIPS 180-4 SHA-256 of `bytes`, as 64 lower-case hex digits. Here so that the kit needs nothing
// beside SQLite; it tells equal requests from unequal ones and guards no secret.
std::string sha256_hex(std::string_view bytes);

}  // namespace saga::participant
