#pragma once

#include <deque>
#include <string>
#include <vector>

#include "tests/machine/participants.hpp"

namespace saga::test {

// One seeded run of a workflow: calls are answered well and badly, lost, hung and answered late,
// timers fire, the engine is restarted, people cancel, terminate, retry, skip and settle. After a
// while everybody behaves, so that the run must end; then the effects that stand are compared with
// what the sagas say of them.
class RandomRun {
 public:
  RandomRun(Sagas::Definitions definitions, std::uint64_t seed);

  // What was wrong; empty if nothing. `log` gets a line an input.
  std::vector<std::string> play(const std::string& input, std::string* log);

 private:
  void see(const Sagas::Saga& saga, const core::Transition& transition);
  void step_badly();
  bool step_well();
  void answer_badly(const ModelCall& call);
  void answer_write_badly(const ModelCall& call, std::int64_t luck);
  void answer(const ModelCall& call, core::Outcome outcome, bool is_callback = false);
  void call_back();
  void crash();
  void interfere();
  bool help();
  bool settle(const Sagas::Saga& saga, core::FrameId frame);
  bool operate(const std::string& saga, core::OperatorInput input);
  void undo_tree(const std::string& saga);
  ModelCall take(std::deque<ModelCall>& calls);
  bool chance(std::int64_t percent) { return random_.between(1, 100) <= percent; }
  [[nodiscard]] bool over() const { return sagas_.root().state.ended.has_value(); }
  void check_ending();
  [[nodiscard]] bool is_taken_back(const Sagas::Saga& saga) const;
  void check_effect(const std::string& key, const ModelCall& call);
  void note(const std::string& line);

  base::SeededRandom random_;
  Participants participants_;
  std::deque<ModelCall> calls_;    // the engine waits for these
  std::deque<ModelCall> hanging_;  // on their way, nobody waits: may still arrive
  std::deque<ModelCall> pending_;  // accepted; the answer comes later
  std::deque<ModelCall> lost_;     // executed, and the answer may still come
  std::vector<std::string> problems_;
  std::string* log_ = nullptr;
  Sagas sagas_;
};

}  // namespace saga::test
