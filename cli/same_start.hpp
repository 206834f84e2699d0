#pragma once

#include <optional>
#include <string>

#include "engine/base/json.hpp"
#include "engine/base/result.hpp"
#include "engine/core/definition.hpp"
#include "engine/ports/journal.hpp"

namespace saga::cli {

// Without a `key` nothing says that two starts are one. But whoever runs the same command on the
// same journal again, after a kill, means the saga that isn't finished: this is the id of the
// newest one of that definition's name with the same input, which no saga called. Reads each
// unfinished saga of that name; blocking. Those that can't be read are told in `unreadable`, and
// aren't looked at. Errors: those of the journal.
base::Result<std::optional<std::string>> find_same_start(ports::JournalReader& reader,
                                                         const core::Definition& definition,
                                                         const base::JsonText& canonical_input,
                                                         std::vector<base::Error>& unreadable);

}  // namespace saga::cli
