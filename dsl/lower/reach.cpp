#include "dsl/lower/reach.hpp"

#include "dsl/check/places.hpp"

namespace saga::dsl {

const Reach& ReachFinder::of(std::uint32_t saga) {
  const auto [known, is_new] = found_.try_emplace(saga);
  if (is_new) add(saga, known->second);
  return known->second;
}

void ReachFinder::add(std::uint32_t saga, Reach& to) {
  for (const Place& place : places_of(program_, program_.sagas[saga])) {
    const core::Node& node = program_.node(place.node);
    const auto* step = std::get_if<core::StepNode>(&node.body);
    if (step == nullptr) continue;
    to.steps.emplace(node.name, program_.callee_name(step->action));
    add(step->action, to);
    add(step->compensation.call, to);
    add(step->compensation_unknown.call, to);
  }
  for (const std::uint32_t callee : program_.sagas[saga].callees) {
    if (to.sagas.insert(callee).second) add(callee, to);
  }
}

void ReachFinder::add(const core::Call& call, Reach& to) const {
  if (call.operation == core::kNone) return;
  to.operations.insert(call.operation);
  const core::OperationId resolve = program_.tables.operations[call.operation].resolve;
  if (resolve != core::kNone) to.operations.insert(resolve);
}

}  // namespace saga::dsl
