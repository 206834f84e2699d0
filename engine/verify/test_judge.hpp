#pragma once

#include "engine/verify/test_facts.hpp"
#include "engine/verify/test_runner.hpp"

namespace saga::verify {

// Adds a failure to `result` for each expectation that doesn't hold.
void judge(const core::TestPlan& plan, TestValues& values, const TestFacts& facts,
           TestResult& result);

}  // namespace saga::verify
