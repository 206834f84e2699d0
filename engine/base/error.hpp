#pragma once

#include <string>
#include <string_view>

namespace saga::base {

// The operating errors a caller can react to; a code exists only for such a reaction. The table in
// error.cpp gives each its stable name. Faults in a user's source are dsl::Diagnostic, failed
// business steps are events: neither is an Error.
enum class ErrorCode {
  kInvalidArgument,  // the request is malformed: change it
  kInvalidJson,      // the text is no JSON, or past a limit
  kTypeMismatch,     // valid JSON of another type; the message names the field and both types
  kNotFound,         // no such saga, definition, file
  kConflict,         // the same key with another input; a verb that the status refuses
  kOverloaded,       // a bound is reached: try again later
  kUnavailable,      // the other side can't be reached, or refuses
  kNewerVersion,     // stored by a newer program
  kCorrupt,          // stored data fails its checksum, chain or format
  kLocked,           // another process holds the file
  kDiskFull,         // surely not written: hold and try again
  kReadOnly,         // the file or disk can't be written
  kIoUncertain,      // an I/O error at commit: the outcome is unknown, stop all effects and exit
  kDefect,           // an expression or answer broke a rule that the checker can't see
  kTimeout,          // a wait ran out
  kInternal,         // a caught exception from a library
};

// Stable lower-case name, for example "type_mismatch". Never empty.
std::string_view name_of(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // for people: what is wrong and, where possible, what to do
  std::string context;  // where: a file, a field, a saga id; may be empty
};

}  // namespace saga::base
