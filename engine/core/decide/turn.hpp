#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/ids.hpp"
#include "engine/base/limits.hpp"
#include "engine/core/machine.hpp"

// The inside of `advance`: one input's decisions. Functions of this folder take the turn, read its
// state, and change it by `emit` alone. `run` then carries the saga on until it waits.
namespace saga::core::decide {

class Turn {
 public:
  Turn(const Definition& of, State& on, const Context& with, bool holds)
      : definition(of), state(on), now(with.now), holds_calls(holds), random_(with.seed) {}

  const Definition& definition;
  State& state;
  const base::TimePoint now;
  const bool holds_calls;  // what would be called waits for an engine that makes calls

  void emit(EventBody body);
  void effect(Effect effect) { transition_.effects.push_back(std::move(effect)); }
  void send(const std::string& to, MessageBody body);
  void alert(FrameId frame, const std::string& text);
  void alert(event::Alerted alerted);  // of an `alert` statement
  void park(FrameId frame, const std::string& reason);
  void escalate(FrameId frame, const std::string& text, std::string to);  // parks, and tells whom
  std::uint64_t draw() { return random_.next(); }
  // now + wait; at once for a negative wait, kNever for what no calendar holds.
  [[nodiscard]] base::TimePoint after(base::Duration wait) const;

  // An expression as seen from a frame; kDefect with the place in the file.
  base::Result<base::Value> evaluate(ExpressionId expression, FrameId at);
  // The same as JSON that fits a payload.
  base::Result<base::JsonText> evaluate_payload(ExpressionId expression, FrameId at);
  base::Result<base::Duration> evaluate_duration(ExpressionId expression, FrameId at);

  [[nodiscard]] const StepNode& step_node(FrameId frame) const;
  // The call of the step's current phase; null for a block's or a built-in compensation.
  [[nodiscard]] const Call* call_of(FrameId frame) const;
  [[nodiscard]] const Operation* operation_of(FrameId frame) const;

  [[nodiscard]] std::size_t event_count() const { return transition_.events.size(); }
  // Whether this input has decided as much as fits one row.
  [[nodiscard]] bool is_full() const { return bytes_ > base::limits::kMaxTransitionBytes; }
  Transition take() { return std::move(transition_); }

 private:
  base::SeededRandom random_;
  Transition transition_;
  std::size_t bytes_ = 0;  // of the events' texts, about
};

// The compensation that a settled step is registered with, by its verdict.
const Compensation& compensation_of(const StepNode& node, bool unknown_twin);

inline constexpr base::Duration kDefaultTimeout{10'000};
inline constexpr base::Duration kAlertAfter{3'600'000};
inline constexpr base::TimePoint kNever{base::Duration{253'402'300'799'000}};  // 9999-12-31

// An error object as participants write it.
base::JsonText error_json(std::string_view name, std::string_view message);
// The same for people: `Declined: no funds`.
std::string error_text(const base::JsonText& error);
// The `error` member of an error object, or empty.
std::string error_name(const base::JsonText& error);

}  // namespace saga::core::decide
