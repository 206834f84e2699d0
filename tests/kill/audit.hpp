#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/kill/stage.hpp"

namespace saga::kill {

// What is found when all is over.
struct Audit {
  std::vector<std::string> faults;  // for people; empty = every promise holds
  std::size_t sagas = 0;            // all, called ones too
  std::size_t rows = 0;             // of all histories
  std::size_t compensated = 0;
};

// Reads every saga's history (numbering, checksums and chain are the reader's to check), folds it,
// decides each input anew and compares, and holds journal, promises and the participants' books
// against each other.
Audit audit(const Stage& stage);

}  // namespace saga::kill
