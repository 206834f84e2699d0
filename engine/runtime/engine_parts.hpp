#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <variant>

#include "engine/runtime/commit_queue.hpp"
#include "engine/runtime/engine.hpp"
#include "engine/runtime/loader.hpp"

namespace saga::runtime {

// The engine's inside. All members but the constructor, destructor, `post` and `stop` belong to
// the engine's thread.
class Engine::Parts {
 public:
  Parts(ports::Journal& journal, std::unique_ptr<ports::JournalReader> reader,
        const ports::Clock& clock, const CallerFactory& make_caller, EngineOptions options);
  ~Parts();

  // Runs `handler` on the engine's thread and then what became possible by it.
  template <class Handler>
  void post(Handler handler) {
    boost::asio::post(loop_, [this, handler = std::move(handler)]() mutable {
      handler();
      after_handler();
    });
    if (is_closed_) run_refusals();
  }
  using Callback = std::variant<std::function<void(StartReply)>, std::function<void(OperateReply)>,
                                std::function<void(AnswerReply)>, std::function<void(RestReply)>>;
  // A number under which the reply comes, or nullopt if the callback was told already: the engine
  // has stopped or failed, or too many wait.
  std::optional<RequestId> expect(Callback callback);

  Orchestrator& orchestrator() { return orchestrator_; }
  [[nodiscard]] base::TimePoint now() const { return clock_.now(); }
  void stop(base::Duration drain);

 private:
  void after_handler();
  void flush();
  void run_outputs();
  void run(Outputs& outputs);
  void call(ports::CallRequest request);
  void reply(Reply& reply);
  void arm();
  void fail(const base::Error& why);  // for good: nothing goes out or to the journal any more
  void fail_all(const base::Error& why);
  void begin_stop(base::Duration drain);
  void end_stop();
  CommitQueue::Events commit_events();
  void run_refusals();  // runs what is posted after the engine's thread has ended: refusals

  const ports::Clock& clock_;
  EngineEvents events_;
  const std::size_t max_requests_;
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer wake_timer_{loop_};
  boost::asio::steady_timer stop_timer_{loop_};
  std::optional<base::TimePoint> armed_for_;
  Orchestrator orchestrator_;
  std::unique_ptr<ports::ParticipantCaller> caller_;
  std::unordered_map<RequestId, Callback> callbacks_;
  RequestId last_request_ = 0;
  std::size_t calls_in_flight_ = 0;
  bool is_flush_posted_ = false;
  bool is_stopping_ = false;
  bool has_ended_ = false;
  std::optional<base::Error> broken_;  // nothing goes out any more

  std::once_flag stopped_;
  std::atomic<bool> is_closed_{false};
  std::mutex drain_mutex_;
  std::atomic<std::thread::id> drainer_;  // who runs refusals now
  // Last: their threads use what stands above.
  std::unique_ptr<CommitQueue> commits_;
  std::unique_ptr<Loader> loader_;
  std::thread thread_;
};

}  // namespace saga::runtime
