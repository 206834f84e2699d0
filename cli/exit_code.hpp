#pragma once

#include "cli/console.hpp"
#include "engine/base/error.hpp"
#include "engine/core/status.hpp"

namespace saga::cli {

// What the command's exit status means; documented in docs/cli.md and asserted in tests/cli.
enum ExitCode : int {
  kOk = 0,
  kNegative = 1,  // the answer is no: a check failed, a saga was terminated
  kUsage = 2,     // the call, its input or its configuration is wrong
  kCompensated = 3,
  kStuck = 4,        // the saga needs a person
  kUnreachable = 5,  // a server, participant or file can't be reached, or refuses
  kNotFound = 6,
  kConflict = 7,
  kWaitRanOut = 8,  // the saga goes on
};

ExitCode exit_code_of(base::ErrorCode code);
ExitCode exit_code_of(core::Status status);

// Prints the error and gives its exit code.
int report(const Console& console, const base::Error& error);

}  // namespace saga::cli
