#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/journal/memory_journal.hpp"
#include "engine/runtime/loader.hpp"
#include "engine/runtime/orchestrator.hpp"
#include "tests/runtime/participants.hpp"
#include "tests/runtime/shop.hpp"

namespace saga::test {

// The orchestrator with everything around it in one thread under a virtual clock: what happens next
// is drawn from a seed, crashes included. Checks on the way that no effect runs before its commit
// and that no acknowledged start is lost.
class Simulation {
 public:
  Simulation(Definitions definitions, std::uint64_t seed);

  struct Options {
    int starts = 12;
    int steps = 1'500;
    int crash_per_mille = 8;
    int hold_per_mille = 5;
    int cancel_per_mille = 6;
  };
  // Random steps, then calm until nothing is left to do. What is wrong then, a line each.
  std::vector<std::string> run(const Options& options);
  [[nodiscard]] int crashes() const { return crashes_; }
  [[nodiscard]] const std::map<std::string, int>& endings() const { return endings_; }

 private:
  void boot();
  void crash();
  void start();
  void cancel();
  void step();
  bool work();  // one thing that waits to be done; false if nothing does
  void commit();
  void take_outputs();
  void check_call(const ports::CallRequest& call);
  void take_reply(const runtime::Reply& reply);
  void answer(std::size_t index);
  void settle();
  void retry_stuck();
  void judge();
  void judge(const std::string& id, const runtime::SagaView& view);
  void fault(std::string text) { faults_.push_back(std::move(text)); }

  Definitions definitions_;
  base::SeededRandom random_;
  Options options_;
  base::TimePoint now_{base::Duration{1'800'000'000'000}};
  std::unique_ptr<journal::MemoryJournal> journal_;
  std::unique_ptr<ports::JournalReader> reader_;
  runtime::DefinitionCache cache_;
  std::unique_ptr<runtime::Orchestrator> orchestrator_;
  std::deque<runtime::Submission> submitted_;
  std::deque<runtime::Load> loads_;
  std::vector<ports::CallRequest> calls_;            // on their way
  std::vector<ports::CallRequest> ghosts_;           // of processes that died
  std::map<runtime::RequestId, std::string> asked_;  // starts, by input
  std::map<std::string, std::string> started_;       // acknowledged: id by input
  runtime::RequestId last_request_ = 0;
  Participants participants_;
  bool is_holding_ = false;
  int crashes_ = 0;
  std::map<std::string, int> endings_;
  std::vector<std::string> faults_;
};

}  // namespace saga::test
