#pragma once

#include "engine/base/result.hpp"
#include "engine/journal/sqlite.hpp"

namespace saga::journal {

inline constexpr int kSchemaVersion = 2;
inline constexpr int kApplicationId = 0x53414741;  // "SAGA" in the file's header

// Makes the tables of an empty file, or brings an older one to kSchemaVersion, in one transaction.
// Requires: a connection that writes. kNewerVersion names both versions; kCorrupt: the file is
// another program's.
base::Result<void> migrate(Connection& connection);

// The same checks without changing anything, for readers. kNotFound: no journal was made here yet.
base::Result<void> check_schema(Connection& connection);

}  // namespace saga::journal
