#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <queue>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/runtime/loader.hpp"
#include "engine/runtime/orchestrator.hpp"
#include "engine/verify/test_participants.hpp"

namespace saga::verify {

// One saga on its way from its start to its rest: the orchestrator with a journal, participants and
// a clock that leaps to what comes next.
class TestDrive {
 public:
  TestDrive(const std::vector<std::shared_ptr<const core::Definition>>& definitions,
            ports::Journal& journal, ports::JournalReader& reader, TestParticipants& participants);

  // The saga's id. Errors of the start, of the mocks, and kOverloaded if it never ends.
  base::Result<std::string> run(const core::Definition& saga, base::JsonText input);

  [[nodiscard]] const std::string& saga_id() const { return saga_id_; }  // empty: not started
  [[nodiscard]] base::TimePoint now() const { return now_; }
  // What was said to people, in order.
  [[nodiscard]] const std::vector<runtime::Alert>& alerts() const { return alerts_; }

 private:
  struct Delivery {
    base::TimePoint at;
    std::uint64_t number = 0;  // those of one time come in the order in which they were made
    ports::CallRequest call;
    core::Outcome outcome;
    friend bool operator>(const Delivery& left, const Delivery& right) {
      return left.at != right.at ? left.at > right.at : left.number > right.number;
    }
  };
  base::Result<void> settle();
  base::Result<void> take_outputs();
  base::Result<void> step(base::TimePoint to);
  [[nodiscard]] std::optional<base::TimePoint> next_timer() const;
  [[nodiscard]] bool has_ended() const;

  ports::Journal& journal_;
  ports::JournalReader& reader_;
  TestParticipants& participants_;
  runtime::DefinitionCache cache_;
  runtime::Orchestrator orchestrator_;
  base::TimePoint now_ = kTestBegin;
  std::string saga_id_;
  base::Error refused_;
  bool is_refused_ = false;
  std::uint64_t numbers_ = 0;
  std::size_t timers_ = 0;  // that came
  std::priority_queue<Delivery, std::vector<Delivery>, std::greater<>> deliveries_;
  std::deque<runtime::Load> loads_;
  std::vector<runtime::Alert> alerts_;
};

}  // namespace saga::verify
