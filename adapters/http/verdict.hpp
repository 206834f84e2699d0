#pragma once

#include <optional>
#include <string>

#include "engine/core/definition.hpp"
#include "engine/core/outcome.hpp"

namespace saga::http {

// What of a participant's answer decides.
struct Answer {
  int status = 0;
  std::string body;
  std::string outcome;      // Saga-Outcome, lower case
  std::string location;     // Location
  bool is_fenced = false;   // Saga-Fenced: true
  bool is_encoded = false;  // a Content-Encoding that isn't identity
  std::optional<base::Duration> retry_after;
};

// LANGUAGE.md's table "From answers to verdicts", from the answer's side; failures to get one are
// the connection's to report. Total; the body of the outcome is valid JSON within the limits.
core::Outcome classify(const core::Definition& definition, const core::Operation& operation,
                       bool is_compensation, const Answer& answer);

// Retry-After: seconds, or an HTTP date as seen from `now`. nullopt for anything else.
std::optional<base::Duration> parse_retry_after(std::string_view text, base::TimePoint now);

}  // namespace saga::http
