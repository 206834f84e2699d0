#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/json.hpp"
#include "engine/base/time.hpp"

namespace saga::core {

// How one attempt ended, as an adapter reports it: LANGUAGE.md, "From answers to verdicts".
struct Outcome {
  enum class Kind : std::uint8_t {
    kDone,       // body is the result
    kRejected,   // body is the error object, error its name: no effect, final
    kTransient,  // surely not executed; error is Unavailable or a declared transient error
    kPending,    // accepted (202): the answer comes by callback or by asking poll_url
    kUnknown,    // may have been executed; error is Timeout or Reset
    kDefect,     // an answer that breaks the contract
  };
  Kind kind = Kind::kUnknown;
  base::JsonText body;  // kDone: valid JSON ("null" without a result); errors: the object or empty
  std::string error;    // see above
  std::string message;  // for people
  std::optional<base::Duration> retry_after;  // kTransient: not before; kPending: ask after
  bool fenced = false;                        // of a resolve: "not done" is final (Saga-Fenced)
  bool misconfigured =
      false;             // kTransient by 401, 403, 405, undeclared 404: one alert a participant
  std::string poll_url;  // kPending: where to ask; empty = a callback will come
};

inline constexpr std::string_view kUnavailable = "Unavailable";
inline constexpr std::string_view kTimeout = "Timeout";
inline constexpr std::string_view kReset = "Reset";

// What a call is for; the header Saga-Op.
enum class Phase : std::uint8_t { kAction, kResolve, kCompensate };
std::string_view name_of(Phase phase);  // action, resolve, compensate

}  // namespace saga::core
