#include "engine/base/error.hpp"

#include "engine/base/assert.hpp"

namespace saga::base {

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument: return "invalid_argument";
    case ErrorCode::kInvalidJson: return "invalid_json";
    case ErrorCode::kTypeMismatch: return "type_mismatch";
    case ErrorCode::kNotFound: return "not_found";
    case ErrorCode::kConflict: return "conflict";
    case ErrorCode::kOverloaded: return "overloaded";
    case ErrorCode::kUnavailable: return "unavailable";
    case ErrorCode::kNewerVersion: return "newer_version";
    case ErrorCode::kCorrupt: return "corrupt";
    case ErrorCode::kLocked: return "locked";
    case ErrorCode::kDiskFull: return "disk_full";
    case ErrorCode::kReadOnly: return "read_only";
    case ErrorCode::kIoUncertain: return "io_uncertain";
    case ErrorCode::kDefect: return "defect";
    case ErrorCode::kTimeout: return "timeout";
    case ErrorCode::kInternal: return "internal";
  }
  SAGA_ASSERT(false);
  return "internal";
}

}  // namespace saga::base
