#pragma once

#include <string>
#include <vector>

#include "tests/machine/sagas.hpp"

namespace saga::test {

// Runs the lines of a transcript (`start {…}`, `done PATH {…}`, `timer`, …) and writes down what
// happens as text, a line an event or effect.
class World {
 public:
  explicit World(Sagas::Definitions definitions);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // What one line gave. Unknown commands give a line that starts with `error`.
  std::vector<std::string> run(const std::string& line);

  [[nodiscard]] const Sagas& sagas() const { return sagas_; }

 private:
  void write(const Sagas::Saga& saga, const core::Transition& transition);
  void write_events(const Sagas::Saga& saga, const std::vector<core::Event>& events);
  void write_effect(const Sagas::Saga& saga, const core::Effect& effect);
  void write_state();
  [[nodiscard]] std::string name_of(const std::string& id) const;
  void answer(const std::string& path, core::Outcome outcome);
  void start(const std::string& json);
  void fire_timer();
  void operate(core::OperatorVerb verb, const std::string& rest);
  bool run_answer(const std::string& command, const std::string& rest);

  std::vector<std::string> lines_;
  bool holds_calls_ = false;
  Sagas sagas_;
  const base::TimePoint began_ = sagas_.now();
};

}  // namespace saga::test
