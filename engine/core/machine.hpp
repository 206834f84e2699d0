#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/core/definition.hpp"
#include "engine/core/effect.hpp"
#include "engine/core/event.hpp"
#include "engine/core/input.hpp"
#include "engine/core/state.hpp"

// The pure core of a saga: `advance` decides, `apply` changes. No clock, randomness, thread or I/O.
namespace saga::core {

// All that a decision may know besides definition, state and input. Journaled with the row.
struct Context {
  base::TimePoint now;
  std::uint64_t seed = 0;
};

struct Transition {
  std::vector<Event> events;    // already applied to the state; may be empty (nothing to journal)
  std::vector<Effect> effects;  // to run after the commit, in order
};

// Decides what `input` means for the saga and applies each event to `state` at once. Total: an
// input that doesn't fit (an answer to a step that is settled, a verb that the status refuses)
// gives no event or a note; see check_operator for refusals. Deterministic.
Transition advance(const Definition& definition, State& state, const Input& input,
                   const Context& context);

// Changes the state by one event; the only thing that does. Evaluates nothing, reads no definition.
void apply(State& state, const Event& event);

// Checks a start's JSON against the definition and evaluates its key. kTypeMismatch names field and
// types; kInvalidJson. `canonical` has defaults filled in and members in declaration order.
struct PreparedStart {
  base::JsonText canonical;
  std::string key;  // empty without `key`
};
base::Result<PreparedStart> prepare_start(const Definition& definition, std::string_view json);

// kConflict with the reason when the status refuses the verb, kNotFound for a saga that hasn't
// started or a step that isn't parked, kTypeMismatch for a settle's result; else the input would be
// accepted.
base::Result<void> check_operator(const Definition& definition, const State& state,
                                  const OperatorInput& input);

// What must be in flight or planned, derived from the state alone. After a restart the orchestrator
// feeds RecoveredInput, whose effects are these.
std::vector<Effect> pending_effects(const Definition& definition, const State& state,
                                    base::TimePoint now);

// The earliest moment at which TimerInput has something to do; nullopt if nothing is timed.
std::optional<base::TimePoint> next_due(const State& state);

// Whether calls are in flight, so that the saga is needed in memory. One that isn't hot waits for
// its timer, an event or a person only, and may be put out of memory.
bool is_hot(const State& state);
// Whether something more happens in it without a person or a message: a call's answer, the next
// attempt, a sleep's end. The deadline alone and what is only to be alerted about don't count.
bool goes_on_alone(const State& state);

// The paths of the steps that are in flight, backing off or parked, of sleeps, and of what else is
// parked: API's `current`.
std::vector<std::string> current_steps(const State& state);
// Step paths, API's `left_over`: of a terminated saga all that may stand uncompensated, of another
// the compensations that a person skipped beside its forward path. Empty while it runs.
std::vector<std::string> left_over(const Definition& definition, const State& state);

}  // namespace saga::core
