#pragma once

#include <functional>
#include <vector>

#include "dsl/check/program.hpp"

namespace saga::dsl {

// Whether control can reach the end of a node, so that what follows it can run. A handler that ends
// in `use` counts as reaching the end of its step.
bool completes(const core::Definition& tables, core::NodeId node);

// Whether a `use` inside gives the value of this `for`, `repeat` or branch.
bool gives_value(const core::Definition& tables, core::NodeId node);

// The errors and give-ups that leave a node. Requires: the sagas called inside are lowered.
Escapes escapes_of(const Program& program, core::NodeId node);
void merge(Escapes& into, const Escapes& from);
// The same for a call alone, without its handlers.
Escapes escapes_of_call(const Program& program, const core::Call& call);

// Whether every fault of the call is retried without end, so that it can't give up.
bool retries_for_ever(const core::Call& call);

// The blocks directly inside a node, in program order: bodies, then handlers, then fallbacks;
// blocks of compensations are not among them.
std::vector<core::NodeId> blocks_of(const core::Node& node);

// The expressions that a node itself reads: those of a step's call without its handlers' bodies, a
// condition, a list … Compensations are not among them.
std::vector<core::ExpressionId> expressions_of(const core::Node& node);
std::vector<core::ExpressionId> expressions_of(const core::Call& call);

// The blocks of `on failed`, `on completed` and `on stuck`, those that there are.
std::vector<core::NodeId> endings_of(const core::Definition& saga);

// Calls `visit` for a node and everything inside it, outer before inner; not for compensations.
void walk(const core::Definition& tables, core::NodeId node,
          const std::function<void(core::NodeId)>& visit);

// Calls `visit` once for an expression and each one inside it, in no particular order.
void walk_expression(const core::Definition& tables, core::ExpressionId expression,
                     const std::function<void(const core::Expression&)>& visit);

}  // namespace saga::dsl
