#include "dsl/check/program.hpp"

#include "dsl/check/type_table.hpp"

namespace saga::dsl {

std::string Program::callee_name(const core::Call& call) const {
  if (const core::Operation* called = operation(call)) {
    return short_name(called->service) + "." + called->name;
  }
  const SagaEntry* called = child(call);
  return called == nullptr ? "" : short_name(called->header.name);
}

bool Program::writes(const core::Call& call) const {
  const core::Operation* called = operation(call);
  if (called == nullptr) return call.child != core::kNone;
  return called->effect == core::OperationEffect::kWrite;
}

}  // namespace saga::dsl
