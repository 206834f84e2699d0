#pragma once

#include <span>
#include <string>
#include <vector>

#include "dsl/source.hpp"
#include "engine/core/definition_tests.hpp"
#include "engine/verify/test_runner.hpp"

namespace saga::cli {

// A test that was run, with what came of it.
struct RanTest {
  const core::TestPlan* plan = nullptr;
  verify::TestResult result;
  double seconds = 0;  // of real time
};

// For people, several lines: the failures where they stand in the source, the calls that were made
// and the saga's history; empty of a test that passed.
std::string describe_failures(const RanTest& test, std::span<const dsl::SourceFile> files,
                              bool has_color);

// {"file","line","name","saga","passed","ended","virtual","failures":[{…as a diagnostic}],
// "unused_mocks":[{"line"}],"calls":[{"at","operation","step","phase","attempt","arguments",
// "answer","mocked"}]}
base::JsonText to_json(const RanTest& test, std::span<const dsl::SourceFile> files);

// A JUnit report: a suite a file.
std::string junit_report(std::span<const RanTest> tests, std::span<const dsl::SourceFile> files);

}  // namespace saga::cli
