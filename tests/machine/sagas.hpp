#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/machine.hpp"

namespace saga::test {

using core::State;

// The sagas of one compiled text under a clock that the test moves: drives `advance` as an
// orchestrator does, and delivers messages between them. After every input it checks what
// must hold always: replay equals live, the same decision is made again, each step keeps its key,
// nothing is compensated while it is in flight, and a saga that isn't over waits for something.
class Sagas {
 public:
  struct Saga {
    std::string id;
    std::shared_ptr<const core::Definition> definition;
    State state;
    State replayed;
    std::string name;  // empty for the root, else the path of the step that called it
    std::map<std::pair<core::FrameId, core::Phase>, std::string> keys;  // used so far
  };
  using Definitions = std::vector<std::shared_ptr<const core::Definition>>;
  using Observer = std::function<void(const Saga& saga, const State& before,
                                      const core::Transition& transition)>;

  Sagas(Definitions definitions, Observer observer)
      : definitions_(std::move(definitions)), observer_(std::move(observer)) {}

  // Starts the last of the definitions with a JSON input; its id is kRoot.
  base::Result<void> start(std::string_view json);
  void feed(const std::string& id, const core::Input& input);
  // From here on messages wait for deliver(), which takes one: `pick` chooses among the pairs of
  // sender and receiver, between which the order stays. False if none waits.
  void hold_mail() { holds_mail_ = true; }
  bool deliver(std::size_t pick);
  // The earliest time at which a saga has something to do.
  [[nodiscard]] std::optional<base::TimePoint> next_due() const;
  // Time passes; nothing is fed.
  void wait(base::Duration duration) { now_ += duration; }
  // Moves the clock there and feeds a timer to each saga that is due; false if nothing is.
  bool fire_timers();

  [[nodiscard]] bool has_root() const { return sagas_.contains(kRoot); }
  [[nodiscard]] const Saga& root() const { return sagas_.at(kRoot); }
  [[nodiscard]] const std::map<std::string, Saga>& all() const { return sagas_; }
  [[nodiscard]] base::TimePoint now() const { return now_; }
  // Every (from, change) that the steps went through.
  [[nodiscard]] const std::set<std::pair<core::StepStatus, core::StepChange>>& changes() const {
    return changes_;
  }
  // What didn't hold, each with what it was about; empty in a sound run.
  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }

  static constexpr const char* kRoot = "00000000-0000-7000-8000-000000000001";

 private:
  void deliver_at(std::size_t index);
  void transit(const std::string& id, const core::Input& input);
  void check_decision(const Saga& saga, const State& before, const core::Input& input,
                      const core::Context& context, const std::vector<core::Event>& events);
  void check_replay(Saga& saga, base::TimePoint at, const std::vector<core::Event>& events);
  void walk(Saga& saga, State before, const std::vector<core::Event>& events);
  void check_keys(Saga& saga, const State& now, const core::Event& event);
  void check_calls(const Saga& saga, const std::vector<core::Effect>& effects);
  void check_progress(const Saga& saga);
  void problem(const Saga& saga, const std::string& what);

  Definitions definitions_;
  Observer observer_;
  std::map<std::string, Saga> sagas_;
  std::deque<std::pair<std::string, core::MessageInput>> mail_;
  std::set<std::pair<core::StepStatus, core::StepChange>> changes_;
  std::vector<std::string> problems_;
  base::TimePoint now_{base::Duration{1'800'000'000'000}};
  std::uint64_t seed_ = 1;
  bool holds_mail_ = false;
};

// What change of a step an event is, for the table's coverage.
std::optional<core::StepChange> change_of(const core::Event& event);

// All sagas of a text; fails the test, with the diagnostics, and is empty if it doesn't compile.
Sagas::Definitions compiled(const std::string& name, const std::string& source);

}  // namespace saga::test
