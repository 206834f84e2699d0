#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/definition_tests.hpp"
#include "engine/ports/journal.hpp"
#include "engine/runtime/saga_view.hpp"
#include "engine/verify/test_participants.hpp"

namespace saga::verify {

// Why a test isn't passed.
struct TestFailure {
  core::Span span;  // as the plan's
  std::string message;
  std::vector<std::string> notes;  // what was seen instead; may have several lines
};

struct TestResult {
  std::vector<TestFailure> failures;  // empty: passed
  std::vector<core::Span> unused_mocks;
  std::vector<SeenCall> calls;             // in order, called sagas' too
  std::vector<ports::HistoryRow> history;  // of the saga; empty if it didn't start
  runtime::SagaView saga;
  base::Duration took{0};  // virtual
};

// Runs `test` blocks: each on an orchestrator and a journal of its own, on mocked participants and
// under a virtual clock that leaps to whatever comes next. Thread-safety: one thread at a time.
// Blocks on the journal only. Deterministic. A test that can't be run, or never ends, fails;
// nothing is an error.
class TestRunner {
 public:
  using OpenJournal = std::function<std::unique_ptr<ports::Journal>()>;

  // `definitions`: of all sagas that the tests may run or call. The journal must be empty.
  TestRunner(const std::vector<std::shared_ptr<const core::Definition>>& definitions,
             OpenJournal open_journal);

  TestResult run(const core::TestPlan& plan) const;

 private:
  std::vector<std::shared_ptr<const core::Definition>> definitions_;
  OpenJournal open_journal_;
};

}  // namespace saga::verify
