#pragma once

#include "adapters/http/answer.hpp"
#include "engine/base/time.hpp"
#include "engine/core/definition.hpp"
#include "engine/core/outcome.hpp"

namespace saga::http {

// What the answered request was.
struct Purpose {
  bool is_compensation = false;
  bool is_poll = false;  // asked for a pending answer at its Location
};

// LANGUAGE.md's table "From answers to verdicts", from the answer's side; failures to get one are
// the connection's to report. Takes the body out of `answer`. `now` is what a Retry-After with a
// date counts from. Total; the body of the outcome is valid JSON within the limits.
core::Outcome classify(const core::Definition& definition, const core::Operation& operation,
                       Purpose purpose, Answer answer, base::TimePoint now);

}  // namespace saga::http
