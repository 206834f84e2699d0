#pragma once

#include <unordered_map>

#include "engine/core/definition_tests.hpp"

namespace saga::verify {

// The virtual time at which every test begins: 2026-01-01T00:00:00Z.
inline constexpr base::TimePoint kTestBegin{base::Duration{1'767'225'600'000}};

// Evaluates the expressions of one test. `now()` is when the test begins; draws come from one seed,
// so that a test repeats.
class TestValues final : public core::Environment {
 public:
  explicit TestValues(const core::TestPlan& plan) : plan_(plan) {}

  // Binds what the test binds by `let`. kDefect.
  base::Result<void> bind_lets();
  void bind(core::SlotId slot, base::Value value) { slots_[slot] = std::move(value); }
  base::Result<base::Value> value(core::ExpressionId expression);
  [[nodiscard]] core::TypeId type_of(core::ExpressionId expression) const {
    return plan_.tables->expressions[expression].type;
  }

  base::Result<base::Value> slot(core::SlotId slot) override;
  base::Result<std::string> key_of(core::NodeId step) override;
  bool started(core::NodeId step) override;
  std::string saga_id() override;
  std::int64_t attempt() override { return 1; }
  base::TimePoint now() override { return kTestBegin; }
  std::uint64_t draw() override;

 private:
  const core::TestPlan& plan_;
  std::unordered_map<core::SlotId, base::Value> slots_;
  std::uint64_t drawn_ = 1;
};

}  // namespace saga::verify
