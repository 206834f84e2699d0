#include "engine/verify/test_values.hpp"

namespace saga::verify {

using base::ErrorCode;

base::Result<void> TestValues::bind_lets() {
  for (const core::LetNode& let : plan_.lets) {
    base::Result<base::Value> made = value(let.value);
    if (!made) return base::fail(made.error());
    bind(let.slot, std::move(*made));
  }
  return {};
}

base::Result<base::Value> TestValues::value(core::ExpressionId expression) {
  return core::evaluate(*plan_.tables, expression, *this);
}

base::Result<base::Value> TestValues::slot(core::SlotId slot) {
  const auto found = slots_.find(slot);
  if (found != slots_.end()) return found->second;
  return base::fail(ErrorCode::kDefect, "this has no value");
}

base::Result<std::string> TestValues::key_of(core::NodeId) {
  return base::fail(ErrorCode::kDefect, "a test has no steps");
}

bool TestValues::started(core::NodeId) { return false; }

std::string TestValues::saga_id() { return "test"; }

// SplitMix64.
std::uint64_t TestValues::draw() {
  std::uint64_t mixed = (drawn_ += 0x9e3779b97f4a7c15);
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

}  // namespace saga::verify
