#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/machine.hpp"

namespace saga::test {

using core::State;

// Sagas of one compiled file under a clock that the test moves: drives `advance` as an orchestrator
// does, delivers messages between sagas at once, and writes down what happens as text. After every
// input it checks that replay equals live and that the decision can be made again.
class World {
 public:
  explicit World(std::vector<std::shared_ptr<const core::Definition>> definitions);

  // Runs one line of a transcript (`start {…}`, `done PATH {…}`, `timer`, …) and returns what
  // happened, a line an event or effect. Unknown commands give a line that starts with `error`.
  std::vector<std::string> run(const std::string& line);

  [[nodiscard]] const State& root() const { return sagas_.at(root_).state; }
  // Every (from, change) that the steps went through.
  [[nodiscard]] const std::set<std::pair<core::StepStatus, core::StepChange>>& changes() const {
    return changes_;
  }

 private:
  struct Saga {
    std::shared_ptr<const core::Definition> definition;
    State state;
    State replayed;
    std::string name;  // in the transcript: empty for the root, else the caller's path
  };
  void feed(const std::string& id, const core::Input& input);
  void deliver();
  void write_events(const Saga& saga, const std::vector<core::Event>& events);
  void write_effect(const Saga& saga, const core::Effect& effect);
  void check(Saga& saga, const State& before, const core::Input& input,
             const core::Context& context, const std::vector<core::Event>& events);
  void record_changes(State before, const std::vector<core::Event>& events);
  void answer(const std::string& path, core::Outcome outcome);
  void start(const std::string& rest);
  void fire_timer();
  void operate(core::OperatorVerb verb, const std::string& rest);
  bool run_answer(const std::string& word, const std::string& rest);

  std::vector<std::shared_ptr<const core::Definition>> definitions_;
  std::map<std::string, Saga> sagas_;
  std::string root_;
  std::deque<std::pair<std::string, core::MessageInput>> mail_;
  std::vector<std::string> lines_;
  std::set<std::pair<core::StepStatus, core::StepChange>> changes_;
  base::TimePoint now_{base::Duration{1'800'000'000'000}};
  const base::TimePoint began_ = now_;
  std::uint64_t seed_ = 1;
};

}  // namespace saga::test
