#pragma once

#include <set>
#include <string>

#include "dsl/check/program.hpp"

namespace saga::dsl {

// A call while its clauses are being read.
struct Action {
  core::Call call;
  CallFacts facts;
  core::TypeId result = core::kNone;  // unknown until the callee is
  Escapes possible;                   // what `on` may name
  std::set<std::string> retriable;    // what `when` may name besides the faults
  bool is_read = false;
  bool is_child = false;

  [[nodiscard]] bool is_known() const {
    return call.operation != core::kNone || call.child != core::kNone;
  }
};

}  // namespace saga::dsl
