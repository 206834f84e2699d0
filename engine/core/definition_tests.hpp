#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/core/definition.hpp"

// The `test` blocks of workflow files, lowered: what a test needs without its source.
namespace saga::core {

// What a mocked operation answers. Several of one operation answer in turn, the last one stays.
struct TestMock {
  enum class Kind : std::uint8_t {
    kReturns,
    kFails,    // with the error `value`, or with the fault `fault`
    kTimeout,  // nothing is done, and no answer comes
    kLost,     // it is done, and the answer `value` is lost
  };
  std::string service;    // full name
  std::string operation;  // of it
  Kind kind = Kind::kReturns;
  ExpressionId value = kNone;
  std::string fault;           // Unavailable, Timeout, Reset
  bool is_transient = false;   // of an error that says that nothing was done yet
  ExpressionId after = kNone;  // a duration; kNone: at once
  Span span;
};

struct TestArgument {
  std::string name;
  ExpressionId value = kNone;
};

// One `expect` line.
struct TestExpectation {
  enum class Kind : std::uint8_t {
    kEnding,       // name: of a status
    kCompleted,    // with `value`, if given
    kFailed,       // with the error `name`, if given, and those of its fields
    kStuck,        // at the step `name`, if given
    kCompensated,  // the step `name`
    kNever,        // the step, operation or saga `name`
    kCalled,       // the same, with those arguments, after what the `called` before it found
    kHolds,        // `value` is true
  };
  enum class Of : std::uint8_t { kStep, kOperation, kSaga };
  Kind kind = Kind::kHolds;
  Of of = Of::kStep;
  std::string name;  // of an operation: `shop.orders.Payment.charge`; of a saga: its full name
  ExpressionId value = kNone;
  std::vector<TestArgument> arguments;
  Span span;
};

// One `test` block. Its expressions are those of `tables`, a definition that is never run.
struct TestPlan {
  std::string name;
  std::shared_ptr<const Definition> saga;    // that it runs
  std::shared_ptr<const Definition> tables;  // types, expressions and slots
  std::vector<LetNode> lets;                 // in order, before all else
  std::vector<TestArgument> input;           // all of the saga's parameters
  std::vector<TestMock> mocks;
  std::vector<TestExpectation> expectations;
  SlotId result_slot = kNone;  // what `result` is in `expect`; kNone of a saga without one
  SlotId error_slot = kNone;
  Span span;  // of the whole; `file` counts the files that were compiled together
  Span run;   // of the saga's call
};

}  // namespace saga::core
