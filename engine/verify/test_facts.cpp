#include "engine/verify/test_facts.hpp"

#include <algorithm>
#include <deque>

#include "engine/core/event.hpp"
#include "engine/runtime/restore.hpp"

namespace saga::verify {
namespace {

struct Machine {
  std::string id;
  const core::Definition* definition;
};

class FactReader {
 public:
  FactReader(const core::Definition& definition, TestFacts& facts, std::deque<Machine>& machines,
             const std::vector<std::shared_ptr<const core::Definition>>& definitions)
      : definition_(definition), facts_(facts), machines_(machines), definitions_(definitions) {}

  void read(const core::Event& event) {
    if (const auto* step = std::get_if<core::event::StepStarted>(&event.body)) {
      const std::string name = definition_.nodes[step->node].name;
      frames_[step->frame] = name;
      facts_.started.insert(name);
      facts_.order.push_back(name);
      if (!step->child_id.empty()) child(*step);
    } else if (const auto* undone = std::get_if<core::event::CompensationEnded>(&event.body)) {
      const auto frame = frames_.find(undone->frame);
      if (!undone->skipped && frame != frames_.end()) facts_.compensated.insert(frame->second);
    } else if (const auto* parked = std::get_if<core::event::Parked>(&event.body)) {
      const auto frame = frames_.find(parked->frame);
      if (frame != frames_.end()) facts_.parked.insert(frame->second);
    }
  }

 private:
  void child(const core::event::StepStarted& step) {
    const auto& node = std::get<core::StepNode>(definition_.nodes[step.node].body);
    if (node.action.child == core::kNone) return;
    const core::ChildRef& called = definition_.children[node.action.child];
    facts_.children.emplace_back(called.definition, step.arguments);
    const auto found = std::ranges::find_if(
        definitions_, [&](const auto& each) { return each->hash == called.hash; });
    if (found != definitions_.end()) machines_.push_back({step.child_id, found->get()});
  }

  const core::Definition& definition_;
  TestFacts& facts_;
  std::deque<Machine>& machines_;
  const std::vector<std::shared_ptr<const core::Definition>>& definitions_;
  std::map<core::FrameId, std::string> frames_;
};

}  // namespace

base::Result<TestFacts> read_facts(
    ports::JournalReader& reader, const std::string& saga_id, const core::Definition& saga,
    const std::vector<std::shared_ptr<const core::Definition>>& definitions) {
  TestFacts facts;
  std::deque<Machine> machines{{saga_id, &saga}};
  while (!machines.empty()) {
    const Machine machine = machines.front();
    machines.pop_front();
    const auto rows = runtime::read_history(reader, machine.id);
    if (!rows) return base::fail(rows.error());
    FactReader one(*machine.definition, facts, machines, definitions);
    for (const ports::HistoryRow& row : *rows) {
      const auto events = runtime::events_of(row);
      if (!events) return base::fail(events.error());
      for (const core::Event& event : *events) one.read(event);
    }
  }
  return facts;
}

}  // namespace saga::verify
