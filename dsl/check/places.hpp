#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "dsl/check/program.hpp"

namespace saga::dsl {

// Which part of a saga a step belongs to.
enum class Zone : std::uint8_t {
  kForward,
  kCompensation,  // a `compensate { … }` block
  kEnding,        // `on failed`, `on completed`, `on stuck`
};

// A scope or parallel around a step whose handlers may take a failure.
struct Catcher {
  core::NodeId node = core::kNone;
  bool catches_all = false;
  bool is_behind_pivot = false;         // it begins after one has passed
  core::NodeId fallback = core::kNone;  // if it catches all
  std::set<std::string> errors;
  std::shared_ptr<const Catcher> outer;  // the one around it
};

// Where a step, `fail`, `rollback` or a scope with `again` stands among pivots, loops and handlers.
struct Place {
  core::NodeId node = core::kNone;
  Zone zone = Zone::kForward;
  bool before_pivot = false;               // a path reaches it on which no pivot has passed
  bool after_pivot = false;                // a path reaches it on which one has
  core::NodeId pivot = core::kNone;        // one that has passed, if after_pivot
  core::NodeId repeated_by = core::kNone;  // the innermost loop or parallel around it
  bool is_rival = false;  // in a branch of `parallel any`: what it does may be taken back
  std::shared_ptr<const Catcher> catcher;  // the innermost; null without

  // Whether a scope or parallel around takes this error; any catcher with `else` takes every one.
  [[nodiscard]] bool is_caught(const std::string& error) const;
  [[nodiscard]] bool is_caught_without_name() const { return catcher_of_all() != nullptr; }
  // The innermost of them that has an `else`; null if there is none.
  [[nodiscard]] const Catcher* catcher_of_all() const;

 private:
  // The next one around that catches here, or null: what holds a passed pivot catches nothing any
  // more, for it can't be taken back as a whole.
  [[nodiscard]] const Catcher* open(const std::shared_ptr<const Catcher>& next) const {
    return next != nullptr && (!after_pivot || next->is_behind_pivot) ? next.get() : nullptr;
  }
};

// All of them of one saga, in program order.
std::vector<Place> places_of(const Program& program, const SagaEntry& saga);

// Writes StepNode::after_pivot and Definition::has_pivot of one saga.
void mark_pivots(Program& program, SagaEntry& saga);

}  // namespace saga::dsl
