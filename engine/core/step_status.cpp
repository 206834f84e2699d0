#include "engine/core/step_status.hpp"

#include <array>

#include "engine/base/assert.hpp"

namespace saga::core {
namespace {

using S = StepStatus;
using C = StepChange;

std::vector<StepRow> forward_rows() {
  return {
      {S::kPlanned, C::kAttemptSent, S::kSent},
      {S::kPlanned, C::kParked, S::kParked},
      {S::kPlanned, C::kBackingOff, S::kBackingOff},  // left to an engine that makes calls

      {S::kSent, C::kAttemptSent, S::kSent},  // asks for a pending answer
      {S::kSent, C::kAttemptEnded, S::kSent},
      {S::kSent, C::kAttemptPending, S::kSent},
      {S::kSent, C::kBackingOff, S::kBackingOff},
      {S::kSent, C::kResolveStarted, S::kResolving},
      {S::kSent, C::kSettledDone, S::kDone},
      {S::kSent, C::kSettledRejected, S::kRejected},
      {S::kSent, C::kSettledUnavailable, S::kUnavailable},
      {S::kSent, C::kSettledUnknown, S::kUnknown},
      {S::kSent, C::kParked, S::kParked},

      {S::kBackingOff, C::kAttemptSent, S::kSent},
      {S::kBackingOff, C::kParked, S::kParked},
      {S::kBackingOff, C::kAttemptEnded, S::kBackingOff},  // an earlier attempt's late answer
      {S::kBackingOff, C::kResolveStarted, S::kResolving},
      {S::kBackingOff, C::kSettledDone, S::kDone},
      {S::kBackingOff, C::kSettledUnavailable, S::kUnavailable},
      {S::kBackingOff, C::kSettledUnknown, S::kUnknown},

      {S::kResolving, C::kAttemptSent, S::kResolving},
      {S::kResolving, C::kAttemptEnded, S::kResolving},
      {S::kResolving, C::kBackingOff, S::kResolveBackingOff},
      {S::kResolving, C::kResend, S::kBackingOff},
      {S::kResolving, C::kSettledDone, S::kDone},
      {S::kResolving, C::kSettledUnavailable, S::kUnavailable},
      {S::kResolving, C::kSettledUnknown, S::kUnknown},
      {S::kResolving, C::kParked, S::kResolveParked},

      {S::kResolveBackingOff, C::kAttemptSent, S::kResolving},
      {S::kResolveBackingOff, C::kAttemptEnded, S::kResolveBackingOff},
      {S::kResolveBackingOff, C::kSettledDone, S::kDone},

      {S::kParked, C::kAttemptEnded, S::kParked},
      {S::kParked, C::kResumed, S::kBackingOff},
      {S::kParked, C::kSettledDone, S::kDone},
      {S::kParked, C::kSettledUnavailable, S::kUnavailable},
      {S::kParked, C::kSettledUnknown, S::kUnknown},

      {S::kResolveParked, C::kAttemptEnded, S::kResolveParked},
      {S::kResolveParked, C::kResumed, S::kResolveBackingOff},
      {S::kResolveParked, C::kSettledDone, S::kDone},
      {S::kResolveParked, C::kSettledUnavailable, S::kUnavailable},
      {S::kResolveParked, C::kSettledUnknown, S::kUnknown},
  };
}

std::vector<StepRow> undoing_rows() {
  return {
      {S::kDone, C::kCompensationStarted, S::kCompensating},
      {S::kUnknown, C::kCompensationStarted, S::kCompensating},

      {S::kCompensating, C::kAttemptSent, S::kCompensating},
      {S::kCompensating, C::kAttemptEnded, S::kCompensating},
      {S::kCompensating, C::kAttemptPending, S::kCompensating},
      {S::kCompensating, C::kBackingOff, S::kCompensationBackingOff},
      {S::kCompensating, C::kCompensated, S::kCompensated},
      {S::kCompensating, C::kLeftOver, S::kLeftOver},  // parked inside its block
      {S::kCompensating, C::kParked, S::kCompensationParked},

      {S::kCompensationBackingOff, C::kAttemptSent, S::kCompensating},
      {S::kCompensationBackingOff, C::kAttemptEnded, S::kCompensationBackingOff},
      {S::kCompensationBackingOff, C::kParked, S::kCompensationParked},
      {S::kCompensationBackingOff, C::kCompensated, S::kCompensated},
      {S::kCompensationBackingOff, C::kLeftOver, S::kLeftOver},  // inside its block, begun anew

      {S::kCompensationParked, C::kAttemptEnded, S::kCompensationParked},
      {S::kCompensationParked, C::kResumed, S::kCompensationBackingOff},
      {S::kCompensationParked, C::kCompensated, S::kCompensated},
      {S::kCompensationParked, C::kLeftOver, S::kLeftOver},
  };
}

std::vector<StepRow> make_table() {
  std::vector<StepRow> rows = forward_rows();
  for (const StepRow& row : undoing_rows()) rows.push_back(row);
  return rows;
}

using Matrix = std::array<std::array<std::int8_t, kStepChangeCount>, kStepStatusCount>;

Matrix make_matrix() {
  Matrix matrix;
  for (auto& row : matrix) row.fill(-1);
  for (const StepRow& row : step_table()) {
    auto& cell = matrix[static_cast<std::size_t>(row.from)][static_cast<std::size_t>(row.change)];
    SAGA_ASSERT(cell == -1);
    cell = static_cast<std::int8_t>(row.to);
  }
  return matrix;
}

}  // namespace

const std::vector<StepRow>& step_table() {
  static const std::vector<StepRow> table = make_table();
  return table;
}

std::optional<StepStatus> next_status(StepStatus from, StepChange change) {
  static const Matrix matrix = make_matrix();
  const std::int8_t to = matrix[static_cast<std::size_t>(from)][static_cast<std::size_t>(change)];
  if (to < 0) return std::nullopt;
  return static_cast<StepStatus>(to);
}

std::string_view name_of(StepStatus status) {
  static constexpr std::array<std::string_view, kStepStatusCount> kNames = {
      "planned",
      "sent",
      "backing_off",
      "resolving",
      "resolve_backing_off",
      "done",
      "rejected",
      "unavailable",
      "unknown",
      "compensating",
      "compensation_backing_off",
      "compensated",
      "left_over",
      "parked",
      "resolve_parked",
      "compensation_parked"};
  return kNames[static_cast<std::size_t>(status)];
}

std::string_view name_of(StepChange change) {
  static constexpr std::array<std::string_view, kStepChangeCount> kNames = {"attempt_sent",
                                                                            "attempt_ended",
                                                                            "attempt_pending",
                                                                            "backing_off",
                                                                            "resend",
                                                                            "settled_done",
                                                                            "settled_rejected",
                                                                            "settled_unavailable",
                                                                            "settled_unknown",
                                                                            "resolve_started",
                                                                            "compensation_started",
                                                                            "compensated",
                                                                            "left_over",
                                                                            "parked",
                                                                            "resumed"};
  return kNames[static_cast<std::size_t>(change)];
}

bool is_settled(StepStatus status) {
  switch (status) {
    case S::kDone:
    case S::kRejected:
    case S::kUnavailable:
    case S::kUnknown:
    case S::kCompensated:
    case S::kLeftOver: return true;
    default: return is_compensating(status);
  }
}

bool is_compensating(StepStatus status) {
  return status == S::kCompensating || status == S::kCompensationBackingOff ||
         status == S::kCompensationParked;
}

bool is_parked(StepStatus status) {
  return status == S::kParked || status == S::kResolveParked || status == S::kCompensationParked;
}

}  // namespace saga::core
