#include "cli/test_report.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

#include "cli/console.hpp"
#include "cli/history.hpp"
#include "dsl/diagnostic.hpp"
#include "engine/base/names.hpp"

namespace saga::cli {
namespace {

constexpr std::size_t kMaxCallsShown = 60;
constexpr std::size_t kMaxRecordsShown = 60;

// `Payment.charge` of `shop.orders.Payment.charge`.
std::string short_operation(const std::string& full) {
  const std::size_t dot = full.rfind('.');
  if (dot == std::string::npos) return full;
  return base::bare_name(std::string_view(full).substr(0, dot)) + full.substr(dot);
}

dsl::Diagnostic diagnostic_of(const verify::TestFailure& failure) {
  dsl::Diagnostic made;
  made.code = "failed";
  made.span = failure.span;
  made.message = printable(failure.message);
  for (const std::string& note : failure.notes) made.notes.push_back(note);
  return made;
}

std::string clock_of(base::Duration since) {
  std::array<char, 40> text;
  const auto milliseconds = static_cast<long long>(since.count());
  std::snprintf(text.data(), text.size(), "%8lld.%03llds  ", milliseconds / 1000,
                milliseconds % 1000);
  return text.data();
}

std::string line_of(const verify::SeenCall& call) {
  std::string line = clock_of(call.at - verify::kTestBegin) + short_operation(call.operation) +
                     call.arguments + " by `" + call.step + "`";
  if (call.phase != core::Phase::kAction) line += ", " + std::string(core::name_of(call.phase));
  if (call.attempt > 1) line += ", attempt " + std::to_string(call.attempt);
  return printable(line + " → " + call.answer +
                   (call.is_mocked ? "" : " (a sample: no mock answers)"));
}

std::string calls_of(const RanTest& test) {
  const std::vector<verify::SeenCall>& calls = test.result.calls;
  std::string text = calls.empty() ? "no call was made\n" : "the calls, in order:\n";
  for (std::size_t i = 0; i < calls.size() && i < kMaxCallsShown; ++i)
    text += line_of(calls[i]) + "\n";
  if (calls.size() > kMaxCallsShown)
    text += "  … and " + std::to_string(calls.size() - kMaxCallsShown) + " more\n";
  return text;
}

// How to answer what only a sample answered: that may be why it failed.
std::string hint_of(const RanTest& test) {
  if (test.result.saga.status != core::Status::kStuck) return {};
  for (const verify::SeenCall& call : test.result.calls) {
    if (call.is_mocked) continue;
    return "help: `" + short_operation(call.operation) +
           "` has no mock, and a sample answered; write one: `mock " +
           short_operation(call.operation) + " => …`\n";
  }
  return {};
}

std::string history_of(const RanTest& test) {
  if (test.result.history.empty()) return {};
  HistoryReader reader(test.plan->saga);
  std::string text = "the saga's history:\n";
  std::size_t shown = 0;
  for (const ports::HistoryRow& row : test.result.history) {
    const auto records = reader.read(row);
    if (!records) return text + records.error().message + "\n";
    for (const HistoryRecord& record : *records) {
      if (record.text.empty()) continue;
      if (shown++ == kMaxRecordsShown) return text + "  … and more\n";
      text += to_line(record, verify::kTestBegin) + "\n";
    }
  }
  return text;
}

std::string xml(std::string_view text) {
  std::string escaped;
  for (const char c : printable(text)) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

// Line breaks stay.
std::string xml_lines(std::string_view text) {
  std::string escaped;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    escaped += xml(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return escaped;
}

std::string seconds_of(double seconds) {
  std::array<char, 40> text;
  std::snprintf(text.data(), text.size(), "%.6f", seconds);
  return text.data();
}

}  // namespace

std::string describe_failures(const RanTest& test, std::span<const dsl::SourceFile> files,
                              bool has_color) {
  std::string text;
  for (const verify::TestFailure& each : test.result.failures)
    text += dsl::render(diagnostic_of(each), files, {has_color}) + "\n";
  if (text.empty()) return text;
  return text + hint_of(test) + calls_of(test) + history_of(test);
}

base::JsonText to_json(const RanTest& test, std::span<const dsl::SourceFile> files) {
  const core::TestPlan& plan = *test.plan;
  const dsl::SourceFile& file = files[plan.span.file];
  base::JsonText text;
  base::JsonWriter out(text);
  out.begin_object().key("file").string(file.path());
  const auto line_of = [&](const core::Span& span) {
    return static_cast<std::int64_t>(files[span.file].position(span.begin).line);
  };
  out.key("line").integer(line_of(plan.span)).key("name").string(plan.name);
  out.key("saga").string(plan.saga->name);
  out.key("passed").boolean(test.result.failures.empty());
  out.key("ended").string(test.result.saga.id.empty() ? std::string_view()
                                                      : core::name_of(test.result.saga.status));
  out.key("virtual").string(base::format_duration(test.result.took));
  out.key("failures").begin_array();
  for (const verify::TestFailure& each : test.result.failures)
    out.raw(dsl::to_json(diagnostic_of(each), files));
  out.end_array().key("unused_mocks").begin_array();
  for (const core::Span& each : test.result.unused_mocks)
    out.begin_object().key("line").integer(line_of(each)).end_object();
  out.end_array().key("calls").begin_array();
  for (const verify::SeenCall& call : test.result.calls) {
    out.begin_object().key("at").string(base::format_time(call.at));
    out.key("operation").string(call.operation).key("step").string(call.step);
    out.key("phase").string(core::name_of(call.phase)).key("attempt").integer(call.attempt);
    out.key("arguments").raw(call.arguments.empty() ? "{}" : call.arguments);
    out.key("answer").string(call.answer).key("mocked").boolean(call.is_mocked).end_object();
  }
  out.end_array().end_object();
  return text;
}

std::string junit_report(std::span<const RanTest> tests, std::span<const dsl::SourceFile> files) {
  std::map<std::uint32_t, std::vector<const RanTest*>> suites;
  std::size_t failed = 0;
  for (const RanTest& test : tests) {
    suites[test.plan->span.file].push_back(&test);
    failed += test.result.failures.empty() ? 0 : 1;
  }
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"" +
                     std::to_string(tests.size()) + "\" failures=\"" + std::to_string(failed) +
                     "\">\n";
  for (const auto& [file, suite] : suites) {
    const auto failures = std::ranges::count_if(
        suite, [](const RanTest* each) { return !each->result.failures.empty(); });
    text += "  <testsuite name=\"" + xml(files[file].path()) + "\" tests=\"" +
            std::to_string(suite.size()) + "\" failures=\"" + std::to_string(failures) + "\">\n";
    for (const RanTest* test : suite) {
      text += "    <testcase classname=\"" + xml(test->plan->saga->name) + "\" name=\"" +
              xml(test->plan->name) + "\" time=\"" + seconds_of(test->seconds) + "\"";
      if (test->result.failures.empty()) {
        text += "/>\n";
        continue;
      }
      text += ">\n      <failure message=\"" + xml(test->result.failures.front().message) +
              "\">\n" + xml_lines(describe_failures(*test, files, false)) +
              "</failure>\n    </testcase>\n";
    }
    text += "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

}  // namespace saga::cli
