#pragma once

#include "engine/core/decide/environment.hpp"
#include "engine/core/type_codec.hpp"

namespace saga::core::decide {

// A step's surroundings plus `e` of `when E as e`.
class FaultEnvironment final : public Environment {
 public:
  FaultEnvironment(Turn& turn, FrameId at, SlotId fault, const Outcome& outcome)
      : turn_(turn), inner_(turn, at), fault_(fault), outcome_(outcome) {}
  base::Result<base::Value> slot(SlotId slot) override {
    if (slot != fault_) return inner_.slot(slot);
    base::Result<Decoded> decoded =
        decode(turn_.definition, turn_.definition.slots[slot].type,
               outcome_.body.empty() ? error_json(outcome_.error, outcome_.message) : outcome_.body,
               Strictness::kOpen);
    if (!decoded) return base::fail(decoded.error());
    return std::move(decoded->value);
  }
  base::Result<std::string> key_of(NodeId step) override { return inner_.key_of(step); }
  bool started(NodeId step) override { return inner_.started(step); }
  std::string saga_id() override { return inner_.saga_id(); }
  std::int64_t attempt() override { return inner_.attempt(); }
  base::TimePoint now() override { return inner_.now(); }
  std::uint64_t draw() override { return inner_.draw(); }

 private:
  Turn& turn_;
  FrameEnvironment inner_;
  SlotId fault_;
  const Outcome& outcome_;
};

}  // namespace saga::core::decide
