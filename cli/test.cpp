#include <chrono>
#include <fstream>

#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/test_report.hpp"
#include "cli/workflow.hpp"
#include "engine/journal/memory_journal.hpp"

namespace saga::cli {

namespace {

std::string count(std::size_t number, const char* word) {
  return std::to_string(number) + " " + word + (number == 1 ? "" : "s");
}

RanTest run_one(const verify::TestRunner& runner, const core::TestPlan& plan) {
  const auto begin = std::chrono::steady_clock::now();
  RanTest ran{&plan, runner.run(plan), 0};
  ran.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return ran;
}

void print(const RanTest& test, const dsl::Compilation& compilation, const Console& console) {
  const core::TestPlan& plan = *test.plan;
  const dsl::SourceFile& file = compilation.files[plan.span.file];
  const std::string where = file.path() + ": " + printable(plan.name);
  const bool passed = test.result.failures.empty();
  const std::string time = test.result.took > base::Duration{0}
                               ? " (" + base::describe_duration(test.result.took) + ")"
                               : "";
  console.out((passed ? "ok   " : "FAIL ") + where + time);
  for (const core::Span& mock : test.result.unused_mocks) {
    console.err("warning: " + file.path() + ":" + std::to_string(file.position(mock.begin).line) +
                ": this mock answered nobody");
  }
  if (!passed) {
    std::string text = describe_failures(test, compilation.files, console.out_has_color());
    while (text.ends_with('\n')) text.pop_back();
    console.out(text);
  }
}

bool write_junit(const std::string& path, const std::string& report) {
  std::ofstream file(path, std::ios::binary);
  file << report;
  file.close();
  return !file.fail();
}

// What is wrong with the files: nothing of them is run.
int refuse(const TestOptions& options, const dsl::Compilation& compilation,
           const Console& console) {
  if (options.format == OutputFormat::kText) {
    print_diagnostics(compilation, console);
    return kNegative;
  }
  base::JsonText text;
  base::JsonWriter out(text);
  out.begin_object().key("passed").integer(0).key("failed").integer(0);
  out.key("tests").begin_array().end_array().key("diagnostics").begin_array();
  for (const dsl::Diagnostic& each : compilation.diagnostics)
    out.raw(dsl::to_json(each, compilation.files));
  out.end_array().end_object();
  console.out(text);
  return kNegative;
}

int finish(const TestOptions& options, const dsl::Compilation& compilation,
           const std::vector<RanTest>& ran, const Console& console) {
  std::size_t failed = 0;
  for (const RanTest& each : ran) failed += each.result.failures.empty() ? 0 : 1;
  if (options.format == OutputFormat::kText) {
    console.out(std::to_string(ran.size() - failed) + " passed, " + std::to_string(failed) +
                " failed");
  } else if (options.format == OutputFormat::kJson) {
    base::JsonText text;
    base::JsonWriter out(text);
    out.begin_object().key("passed").integer(static_cast<std::int64_t>(ran.size() - failed));
    out.key("failed").integer(static_cast<std::int64_t>(failed)).key("tests").begin_array();
    for (const RanTest& each : ran) out.raw(to_json(each, compilation.files));
    out.end_array().end_object();
    console.out(text);
  }
  if (!options.junit.empty() && !write_junit(options.junit, junit_report(ran, compilation.files))) {
    console.error("the report can't be written to " + options.junit);
    return kUnreachable;
  }
  return failed == 0 ? kOk : kNegative;
}

}  // namespace

int run_test(const TestOptions& options, const Console& console) {
  const base::Result<dsl::Compilation> compilation = compile_files(options.paths);
  if (!compilation) {
    console.error(compilation.error());
    return kUsage;
  }
  if (has_errors(*compilation)) return refuse(options, *compilation, console);
  const verify::TestRunner runner(compilation->definitions, [] {
    return std::make_unique<journal::MemoryJournal>(std::string(32, 't'));
  });
  std::vector<RanTest> ran;
  for (const core::TestPlan& plan : compilation->tests) {
    if (plan.name.find(options.only) == std::string::npos) continue;
    ran.push_back(run_one(runner, plan));
    if (options.format == OutputFormat::kText) print(ran.back(), *compilation, console);
    if (options.format == OutputFormat::kJsonLines)
      console.out(to_json(ran.back(), compilation->files));
  }
  if (ran.empty()) {
    console.error(compilation->tests.empty()
                      ? "there is no `test` block in these files"
                      : "none of the " + count(compilation->tests.size(), "test") +
                            " has a name with `" + options.only + "` in it");
    return kNotFound;
  }
  return finish(options, *compilation, ran, console);
}

}  // namespace saga::cli
