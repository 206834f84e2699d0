#pragma once

#include <string>
#include <vector>

#include "engine/base/result.hpp"

namespace saga::cli {

// All .saga files of a folder and of those inside it, sorted; links to folders aren't followed.
// kInvalidArgument for a folder that can't be read.
base::Result<std::vector<std::string>> saga_files_under(const std::string& folder);

// The files that paths name, in their order, each once: a folder stands for all .saga files under
// it. kInvalidArgument as above, and for a folder without such a file.
base::Result<std::vector<std::string>> saga_files(const std::vector<std::string>& paths);

}  // namespace saga::cli
