#pragma once

#include <functional>
#include <memory>

#include "tests/http/calls.hpp"

namespace saga::http::test {

// A participant as the suite needs it: `capture` answers its arguments as its result, and nobody
// serves `other`.
class Setup {
 public:
  virtual ~Setup() = default;
  virtual Calls& calls() = 0;
};

// What every ports::ParticipantCaller must do; each behaviour is a doctest subcase on a setup of
// its own.
void check_conformance(const std::function<std::unique_ptr<Setup>()>& make);

// What those must do that send something somewhere: deadlines.
void check_deadlines(const std::function<std::unique_ptr<Setup>()>& make_silent);

}  // namespace saga::http::test
