#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/core/definition.hpp"
#include "engine/ports/journal.hpp"

namespace saga::verify {

// What the histories of a saga, and of those that it called, say of its steps, by their names.
struct TestFacts {
  std::set<std::string> started;
  std::set<std::string> compensated;
  std::set<std::string> parked;
  std::vector<std::string> order;  // started steps, in their order
  // Of the sagas that were called: the full name, and the arguments.
  std::vector<std::pair<std::string, std::string>> children;
};

// Errors: the reader's.
base::Result<TestFacts> read_facts(
    ports::JournalReader& reader, const std::string& saga_id, const core::Definition& saga,
    const std::vector<std::shared_ptr<const core::Definition>>& definitions);

}  // namespace saga::verify
