#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/core/definition_tests.hpp"
#include "engine/ports/participant_caller.hpp"
#include "engine/verify/test_values.hpp"

namespace saga::verify {

// A call that a saga made.
struct SeenCall {
  std::string operation;  // full: `shop.orders.Payment.charge`
  std::string saga_id;
  std::string step;  // path
  core::Phase phase = core::Phase::kAction;
  std::uint32_t attempt = 1;
  base::JsonText arguments;
  base::TimePoint at;
  std::string answer;  // for people: `"C1"`, `fails Declined`, `no answer`
  bool is_mocked = false;
};

// The answers to one call: when and what.
struct TestAnswer {
  base::TimePoint at;
  core::Outcome outcome;
};

// The participants of one test: answers as its mocks say, by samples where there is none. Errors:
// kDefect if a mock's value can't be computed; the context is its place among the plan's mocks.
class TestParticipants {
 public:
  TestParticipants(const core::TestPlan& plan, TestValues& values);

  base::Result<std::vector<TestAnswer>> call(const ports::CallRequest& request,
                                             base::TimePoint now);

  [[nodiscard]] const std::vector<SeenCall>& calls() const { return calls_; }
  // Of the plan's mocks: those that answered nobody.
  [[nodiscard]] std::vector<std::size_t> unused() const;

 private:
  struct Turn {
    std::vector<std::size_t> mocks;
    std::size_t next = 0;
  };
  const core::TestMock* next_mock(const std::string& operation);
  base::Result<TestAnswer> answer(const core::TestMock& mock, const ports::CallRequest& request,
                                  base::TimePoint now, SeenCall& seen);
  core::Outcome unmocked(const ports::CallRequest& request, SeenCall& seen) const;

  const core::TestPlan& plan_;
  TestValues& values_;
  std::map<std::string, Turn> turns_;
  std::set<std::size_t> used_;
  // What was done while its answer was lost, by the call's key: a repeated call answers so, and so
  // does a `resolve` that asks.
  std::map<std::string, base::JsonText> done_;
  std::vector<SeenCall> calls_;
};

}  // namespace saga::verify
