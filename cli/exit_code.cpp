#include "cli/exit_code.hpp"

namespace saga::cli {

ExitCode exit_code_of(base::ErrorCode code) {
  using base::ErrorCode;
  switch (code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kInvalidJson:
    case ErrorCode::kTypeMismatch: return kUsage;
    case ErrorCode::kNotFound: return kNotFound;
    case ErrorCode::kConflict: return kConflict;
    case ErrorCode::kTimeout: return kWaitRanOut;
    default: return kUnreachable;
  }
}

ExitCode exit_code_of(core::Status status) {
  switch (status) {
    case core::Status::kCompleted: return kOk;
    case core::Status::kCompensated: return kCompensated;
    case core::Status::kStuck: return kStuck;
    case core::Status::kTerminated: return kNegative;
    default: return kWaitRanOut;
  }
}

int report(const Console& console, const base::Error& error) {
  console.error(error);
  return exit_code_of(error.code);
}

}  // namespace saga::cli
