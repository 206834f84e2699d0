#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/journal/memory_journal.hpp"
#include "engine/runtime/loader.hpp"
#include "engine/runtime/orchestrator.hpp"
#include "tests/runtime/shop.hpp"

namespace saga::test {

// An orchestrator over a journal in memory, moved by hand: commits and loads happen when the test
// says so.
class Bench {
 public:
  explicit Bench(std::string_view source, runtime::OrchestratorOptions options = {});

  // A new process on the same journal; nothing uncommitted is left.
  void restart(runtime::OrchestratorOptions options = {});
  void restart_without_calls();  // a process that drives nothing, as a verb without services
  runtime::StartReply start(const std::string& input);  // commits
  void start_only(runtime::RequestId request, const std::string& input);
  void commit_all();  // commits, loads and takes outputs until nothing is left to do
  void take();        // outputs alone
  void answer(const ports::CallRequest& call, core::Outcome outcome);
  void answer_done(const ports::CallRequest& call, const std::string& body = "\"R\"");
  void operate(const std::string& id, core::OperatorVerb verb);  // commits
  void pass(base::Duration time);                                // and what is due by then
  [[nodiscard]] runtime::SagaView view(const std::string& id);
  [[nodiscard]] std::vector<std::string> call_names() const;  // of the calls taken and not answered

  std::unique_ptr<runtime::Orchestrator> orchestrator;
  journal::MemoryJournal journal{std::string(32, 's')};
  std::vector<ports::CallRequest> calls;
  std::vector<runtime::Reply> replies;
  std::vector<runtime::Alert> alerts;
  std::vector<runtime::Problem> problems;
  std::size_t loads = 0;
  std::optional<base::Error> load_error;  // of the next load of a saga
  base::TimePoint now{base::Duration{1'800'000'000'000}};

 private:
  Definitions definitions_;
  std::unique_ptr<ports::JournalReader> reader_;
  runtime::DefinitionCache cache_;
  std::vector<runtime::Load> wanted_;
  runtime::RequestId last_request_ = 1'000;
};

}  // namespace saga::test
