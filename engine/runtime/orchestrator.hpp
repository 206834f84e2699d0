#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/limits.hpp"
#include "engine/core/machine.hpp"
#include "engine/runtime/requests.hpp"
#include "engine/runtime/timer_queue.hpp"

namespace saga::runtime {

struct OrchestratorOptions {
  // Of every draw and id: a simulation gives its own, a server a random one.
  std::uint64_t seed = 0;
  // False: nothing that is stored is taken up by itself, only sagas that a request names.
  bool takes_up_all = true;
  // False: calls are journaled and never made; whoever opens the journal next makes them.
  bool makes_calls = true;
  // Where answers of `async` operations may come; null where they can't.
  std::function<std::string(std::string_view saga_id, const core::CallEffect& call)> callback_url;
  std::size_t max_hot_sagas = base::limits::kMaxHotSagas;
  std::size_t max_timers = base::limits::kMaxTimersLoaded;       // a read; twice as many in memory
  std::size_t max_uncommitted = base::limits::kMaxQueuedInputs;  // transitions
};

// Runs sagas: feeds their machines, keeps what they decide in a batch, and hands out effects once
// that batch is committed. Sans-I/O: inputs are calls, outputs are taken after each (`take_batch`,
// `take_outputs`, `wake_at`); batches are committed in the order of their numbers.
// Holds hot sagas only: those with calls in flight, with uncommitted transitions, or due soon; the
// others are in the journal and come back by a load. Times are the caller's.
// Thread-safety: none, one thread at a time. Never blocks. Deterministic in its inputs and seed.
// A failing journal: `hold` while it can't be written (nothing new is begun, nothing is lost), drop
// the whole object after an unknown outcome.
class Orchestrator {
 public:
  explicit Orchestrator(OrchestratorOptions options);
  ~Orchestrator();
  Orchestrator(const Orchestrator&) = delete;
  Orchestrator& operator=(const Orchestrator&) = delete;

  // Takes up what the journal holds: what is active, timers and messages.
  void recover(base::TimePoint now);
  // Stores it with the next batch. Needed before its starts; stored ones are loaded by need.
  void register_definition(const std::shared_ptr<const core::Definition>& definition);

  // Errors of the reply: kNotFound (definition), kTypeMismatch, kInvalidJson, kInvalidArgument
  // (input), kConflict (another input holds the key), kOverloaded, kUnavailable (stopping), what
  // `hold` was told, kCorrupt.
  void start(RequestId request, const StartRequest& start, base::TimePoint now);
  // Errors: kNotFound, kCorrupt, kUnavailable (stopping), and check_operator's.
  void operate(RequestId request, OperateRequest operate, base::TimePoint now);
  // Replies once the saga is at rest. kNotFound, kCorrupt.
  void wait_rest(RequestId request, const std::string& saga_id, base::TimePoint now);
  // `request`, if there is one, is replied to once what came of the answer is durable. kNotFound,
  // kCorrupt.
  void answer(const std::string& saga_id, core::AnswerInput answer, base::TimePoint now,
              std::optional<RequestId> request = std::nullopt);

  void committed(std::uint64_t number, base::TimePoint now);
  void loaded(Loaded loaded, base::TimePoint now);
  void tick(base::TimePoint now);  // what is due by now
  // The journal can't be written for this reason; nullopt: it can again.
  void hold(std::optional<base::Error> why);
  // Begins nothing new: no starts, no timers, no calls but those that must not be cut off.
  void stop() { is_stopping_ = true; }

  // What must be committed next, if anything.
  std::optional<Submission> take_batch();
  Outputs take_outputs();
  // When `tick` has something to do next.
  [[nodiscard]] std::optional<base::TimePoint> wake_at() const;
  // Transitions in the batch that is being filled.
  [[nodiscard]] std::size_t open_transitions() const { return batch_.history.size(); }
  [[nodiscard]] bool has_rows() const;  // in the batch that is being filled
  [[nodiscard]] bool has_uncommitted() const { return has_rows() || !committing_.empty(); }
  [[nodiscard]] std::size_t hot_sagas() const { return sagas_.size(); }

 private:
  struct Saga;
  struct Key;
  struct PendingStart;
  struct Mail {
    std::string to;
    core::MessageInput message;
  };
  // What waits for a batch to be committed.
  struct Held {
    Outputs outputs;
    std::size_t transitions = 0;
    std::vector<std::string> sagas;
    std::vector<std::string> keys;
  };
  // What to do with a saga once it is in memory; null with the reason if it can't be.
  using Then = std::function<void(Saga* saga, const base::Error& why)>;

  // orchestrator.cpp: transitions, batches, effects.
  bool feed(Saga& saga, const core::Input& input);  // false: nothing came of it
  void keep(Saga& saga, const core::Input& input, const core::Context& context,
            const core::Transition& transition);
  void keep_list_row(const Saga& saga);
  void keep_snapshot(Saga& saga);
  void keep_effects(Saga& saga, core::Transition& transition);
  void keep_call(Saga& saga, core::CallEffect call);
  void keep_consumed(const std::string& to, const core::MessageInput& message);
  void reply_rest(const Saga& saga);
  // Where an output goes that depends on all that was decided until now.
  Outputs& held_outputs();
  void reply(RequestId request, decltype(Reply::body) body);
  [[nodiscard]] std::uint64_t open_number() const { return first_committing_ + committing_.size(); }

  // start.cpp
  [[nodiscard]] std::optional<base::Error> refusal() const;
  void with_key(const std::string& key_id, PendingStart start);
  void claim(const std::string& key_id, Key& key, PendingStart start);
  void begin(const PendingStart& start);
  std::string new_saga_id();
  void loaded_key(LoadedKey loaded);

  // resident.cpp: which sagas are in memory, and what comes to them.
  Saga& add_saga(const std::string& id);
  void with_saga(const std::string& id, const std::string& definition_hash, Then then);
  void next_loads();
  void loaded_saga(LoadedSaga loaded);
  void take_up(Saga& saga, LoadedSaga& loaded);
  void run_mail();
  void receive(Saga& saga, const core::MessageInput& message);
  void let_go(const std::string& id);

  // due.cpp: what comes by time, and what is taken up after a start.
  void loaded_timers(const LoadedTimers& loaded);
  void loaded_receivers(const LoadedReceivers& loaded);
  [[nodiscard]] bool may_read_timers() const;
  [[nodiscard]] bool wants_timers() const;
  void extend_horizon();
  void bring_in(const std::string& id);
  void bring_in_later(const std::string& id, const base::Error& why);
  void read_again();
  void fire(const std::string& id);
  void set_due(const Saga& saga);
  void forget_far_timers();

  const OrchestratorOptions options_;
  base::SeededRandom random_;
  base::TimePoint now_;  // of the input that is being handled
  std::unordered_map<std::string, std::shared_ptr<const core::Definition>> definitions_;
  std::unordered_map<std::string, std::unique_ptr<Saga>> sagas_;
  std::unordered_map<std::string, std::unique_ptr<Key>> keys_;
  std::unordered_map<std::string, std::vector<RequestId>> rest_waiters_;
  std::deque<Mail> mail_;

  ports::Batch batch_;  // being filled
  Held held_;           // until it is committed
  std::deque<Held> committing_;
  std::uint64_t first_committing_ = 1;  // number of committing_.front()
  std::size_t uncommitted_ = 0;         // transitions
  Outputs ready_;

  TimerQueue timers_;
  std::optional<base::TimePoint> horizon_;     // timers due by then are in memory
  std::optional<ports::TimerRow> last_timer_;  // where reading them goes on
  bool is_reading_timers_ = false;
  bool lacks_receivers_ = false;  // their read failed
  std::deque<LoadSaga> wanted_;   // loads that wait for their turn
  std::size_t loads_ = 0;         // of sagas, under way

  std::optional<base::Error> holding_;
  bool is_stopping_ = false;
};

}  // namespace saga::runtime
