#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace saga::cli {

// Puts `text` in the place of a file that is there, as a whole or not at all: a file beside it is
// written, synced, given the same mode, and renamed. Of a symbolic link the target is replaced.
// kReadOnly for a file that nobody may write, or a folder that takes no file; kDiskFull.
base::Result<void> rewrite_file(const std::string& path, std::string_view text);

}  // namespace saga::cli
