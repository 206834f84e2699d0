#include "engine/verify/test_runner.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "engine/base/limits.hpp"
#include "engine/core/type_codec.hpp"
#include "engine/runtime/restore.hpp"
#include "engine/verify/test_drive.hpp"
#include "engine/verify/test_judge.hpp"

namespace saga::verify {

namespace {

// Those that a saga may call, itself among them.
std::vector<std::shared_ptr<const core::Definition>> called_by(
    const std::shared_ptr<const core::Definition>& saga,
    const std::vector<std::shared_ptr<const core::Definition>>& definitions) {
  std::vector<std::shared_ptr<const core::Definition>> found{saga};
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const core::ChildRef& child : std::vector(found[i]->children)) {
      const auto is_it = [&](const auto& each) { return each->hash == child.hash; };
      const auto called = std::ranges::find_if(definitions, is_it);
      if (called != definitions.end() && std::ranges::find_if(found, is_it) == found.end())
        found.push_back(*called);
    }
  }
  return found;
}

base::Result<base::JsonText> input_of(const core::TestPlan& plan, TestValues& values) {
  base::JsonText text;
  base::JsonWriter out(text);
  out.begin_object();
  for (const core::TestArgument& argument : plan.input) {
    const base::Result<base::Value> value = values.value(argument.value);
    if (!value) return base::fail(value.error());
    out.key(argument.name).value(*value);
  }
  out.end_object();
  return text;
}

TestResult failed(TestResult result, const core::Span& span, std::string message) {
  result.failures.push_back({span, std::move(message), {}});
  return result;
}

// Where a drive's error is shown: at the mock that it names, else at the run.
core::Span place_of(const core::TestPlan& plan, const base::Error& error) {
  std::size_t mock = 0;
  const char* end = error.context.data() + error.context.size();
  const auto [stop, problem] = std::from_chars(error.context.data(), end, mock);
  const bool is_mock = problem == std::errc{} && stop == end && mock < plan.mocks.size();
  return is_mock ? plan.mocks[mock].span : plan.run;
}

}  // namespace

TestRunner::TestRunner(const std::vector<std::shared_ptr<const core::Definition>>& definitions,
                       OpenJournal open_journal)
    : definitions_(definitions), open_journal_(std::move(open_journal)) {}

TestResult TestRunner::run(const core::TestPlan& plan) const {
  TestResult result;
  TestValues values(plan);
  if (const base::Result<void> bound = values.bind_lets(); !bound)
    return failed(std::move(result), plan.span,
                  "what this test binds can't be computed: " + bound.error().message);
  base::Result<base::JsonText> input = input_of(plan, values);
  if (!input)
    return failed(std::move(result), plan.run,
                  "the input can't be computed: " + input.error().message);
  const std::unique_ptr<ports::Journal> journal = open_journal_();
  const auto reader = journal->open_reader();
  if (!reader) return failed(std::move(result), plan.run, reader.error().message);
  TestParticipants participants(plan, values);
  TestDrive drive(called_by(plan.saga, definitions_), *journal, **reader, participants);
  const base::Result<std::string> ran = drive.run(*plan.saga, std::move(*input));
  result.calls = participants.calls();
  result.took = drive.now() - kTestBegin;
  for (const std::size_t mock : participants.unused())
    result.unused_mocks.push_back(plan.mocks[mock].span);
  const std::string& id = drive.saga_id();
  if (!id.empty()) {
    if (auto rows = runtime::read_history(**reader, id)) result.history = std::move(*rows);
    if (auto view = runtime::read_saga(**reader, id)) result.saga = std::move(*view);
  }
  if (!ran) return failed(std::move(result), place_of(plan, ran.error()), ran.error().message);
  const auto facts = read_facts(**reader, id, *plan.saga, definitions_);
  if (!facts) return failed(std::move(result), plan.run, facts.error().message);
  judge(plan, values, *facts, result);
  return result;
}

}  // namespace saga::verify
