#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/core/event.hpp"

// The life of a step as a table. Every change of a step's status goes through it; a test walks all
// rows.
namespace saga::core {

enum class StepStatus : std::uint8_t {
  kPlanned,
  kSent,
  kBackingOff,
  kResolving,
  kResolveBackingOff,
  kDone,
  kRejected,
  kUnavailable,
  kUnknown,
  kCompensating,
  kCompensationBackingOff,
  kCompensated,
  kLeftOver,
  kParked,
  kResolveParked,
  kCompensationParked,
};
inline constexpr int kStepStatusCount = 16;

// What can happen to a step; one for each event and, where the event tells more, each of its forms.
enum class StepChange : std::uint8_t {
  kAttemptSent,
  kAttemptEnded,
  kAttemptPending,
  kBackingOff,
  kResend,  // a resolve said "not done": the action goes again
  kSettledDone,
  kSettledRejected,
  kSettledUnavailable,
  kSettledUnknown,
  kResolveStarted,
  kCompensationStarted,
  kCompensated,
  kLeftOver,
  kParked,
  kResumed,
};
inline constexpr int kStepChangeCount = 15;

struct StepRow {
  StepStatus from;
  StepChange change;
  StepStatus to;
};

// All allowed changes, each (from, change) once.
const std::vector<StepRow>& step_table();

// The status after a change, or nullopt where the table has no such row.
std::optional<StepStatus> next_status(StepStatus from, StepChange change);

std::string_view name_of(StepStatus status);
std::string_view name_of(StepChange change);

// Whether the action has a verdict: nothing more is sent for it.
bool is_settled(StepStatus status);
// compensating, backing off in compensation, or parked there.
bool is_compensating(StepStatus status);
bool is_parked(StepStatus status);

}  // namespace saga::core
