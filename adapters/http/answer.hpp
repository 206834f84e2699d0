#pragma once

#include <string>

namespace saga::http {

// What of a participant's answer decides.
struct Answer {
  int status = 0;  // 0 = not even a status line came
  std::string body;
  std::string outcome;      // Saga-Outcome, lower case
  std::string location;     // Location
  std::string retry_after;  // Retry-After
  std::string unreadable;   // why the body can't be used: encoded, too long; empty = it can
  bool is_fenced = false;   // Saga-Fenced: true
};

}  // namespace saga::http
