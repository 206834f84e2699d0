#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace saga::core {

enum class Status : std::uint8_t {
  kRunning,
  kCompensating,
  kCompleted,
  kCompensated,
  kStuck,  // needs a person; goes on by retry, skip, settle
  kTerminated,
};
enum class Cause : std::uint8_t { kNone, kFailed, kCanceled, kDeadline };

std::string_view name_of(Status status);  // running, compensating, …
std::string_view name_of(Cause cause);    // "" for kNone
std::optional<Status> status_from(std::string_view name);
std::optional<Cause> cause_from(std::string_view name);

// completed, compensated, terminated: nothing but notes follow (but a held child may still be
// compensated by its parent).
constexpr bool is_ended(Status status) {
  return status == Status::kCompleted || status == Status::kCompensated ||
         status == Status::kTerminated;
}

}  // namespace saga::core
