#pragma once

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "engine/ports/clock.hpp"
#include "engine/ports/journal.hpp"
#include "engine/ports/participant_caller.hpp"
#include "engine/runtime/orchestrator.hpp"

namespace boost::asio {
class io_context;
}

namespace saga::runtime {

// What the engine tells by itself; each may be null. They run on the engine's thread and must not
// block; calls of the engine from inside are fine.
struct EngineEvents {
  std::function<void(const std::vector<ports::HistoryRow>& rows)> on_committed;
  std::function<void(const Alert& alert)> on_alert;
  std::function<void(const Problem& problem)> on_problem;
  // The journal can't be written: nothing new is begun until on_going_on.
  std::function<void(const base::Error& why)> on_holding;
  std::function<void()> on_going_on;
  // What became of the last commit is unknown, or a thread ran out of memory: all effects have
  // stopped. Stop the engine, open journal and engine anew.
  std::function<void(const base::Error& why)> on_fatal;
};

struct EngineOptions {
  OrchestratorOptions orchestrator;  // a seed of 0 is replaced by a random one
  EngineEvents events;
  // Requests that wait for their reply; more are refused with kOverloaded.
  std::size_t max_requests = base::limits::kMaxQueuedInputs;
};

// Makes the caller of participants for the engine's loop.
using CallerFactory =
    std::function<std::unique_ptr<ports::ParticipantCaller>(boost::asio::io_context& loop)>;

// The orchestrator with its threads: the engine's own, on which everything is decided and all
// network traffic of its callers runs; the journal's, which commits; a reading one.
// Thread-safety: all functions from any thread. Blocking: open, stop and the destructor only; what
// has a callback returns at once, and the callback runs once, on the engine's thread. Errors come
// in the replies; after a fatal error every reply is that error, and after `stop` kUnavailable, on
// the calling thread.
class Engine {
 public:
  // Begins to take up what the journal holds. `journal` and `clock` outlive the engine. Errors:
  // those of the journal's reader.
  static base::Result<std::unique_ptr<Engine>> open(ports::Journal& journal,
                                                    const ports::Clock& clock,
                                                    const CallerFactory& make_caller,
                                                    EngineOptions options);
  ~Engine();  // as stop({0})
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void register_definitions(std::vector<std::shared_ptr<const core::Definition>> definitions);

  void start(StartRequest request, std::function<void(StartReply)> done);
  void operate(OperateRequest request, std::function<void(OperateReply)> done);
  void wait_rest(std::string saga_id, std::function<void(RestReply)> done);
  std::future<StartReply> start(StartRequest request);
  std::future<OperateReply> operate(OperateRequest request);
  std::future<RestReply> wait_rest(std::string saga_id);

  // An answer that came by itself: an async operation's. `done` once it is durable.
  void answered(std::string saga_id, core::AnswerInput answer,
                std::function<void(AnswerReply)> done);

  // Begins nothing new, lets calls in flight end for at most `drain`, commits what came of them,
  // and ends the threads. Calls that are cut off are made again by whoever opens the journal next.
  void stop(base::Duration drain);

 private:
  class Parts;
  explicit Engine(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace saga::runtime
