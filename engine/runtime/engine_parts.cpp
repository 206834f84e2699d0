#include "engine/runtime/engine_parts.hpp"

#include <algorithm>
#include <chrono>
#include <random>

#include "engine/runtime/caught.hpp"

namespace saga::runtime {
namespace {

using base::ErrorCode;

// Transitions after which a batch goes to the journal though more handlers are ready: engine and
// journal work side by side instead of waiting for each other (feasibility: 32 to 64).
constexpr std::size_t kFlushAt = 48;
// The wall clock may jump, so a far timer is looked at again before it is due.
constexpr std::chrono::seconds kLongestSleep{10};

OrchestratorOptions with_seed(OrchestratorOptions options) {
  if (options.seed == 0) {
    std::random_device random;
    options.seed = (std::uint64_t{random()} << 32) | random();
  }
  return options;
}

base::Error has_stopped() {
  return base::Error{ErrorCode::kUnavailable, "the engine has stopped", ""};
}

template <class... Each>
void refuse(const std::variant<Each...>& callback, const base::Error& why) {
  if (const auto* start = std::get_if<std::function<void(StartReply)>>(&callback)) {
    (*start)(StartReply{StartReply::Kind::kRefused, "", why});
  } else if (const auto* operate = std::get_if<std::function<void(OperateReply)>>(&callback)) {
    (*operate)(OperateReply{why});
  } else if (const auto* answer = std::get_if<std::function<void(AnswerReply)>>(&callback)) {
    (*answer)(AnswerReply{why});
  } else {
    std::get<std::function<void(RestReply)>>(callback)(RestReply{std::nullopt, why});
  }
}

}  // namespace

Engine::Parts::Parts(ports::Journal& journal, std::unique_ptr<ports::JournalReader> reader,
                     const ports::Clock& clock, const CallerFactory& make_caller,
                     EngineOptions options)
    : clock_(clock),
      events_(std::move(options.events)),
      max_requests_(options.max_requests),
      work_(loop_.get_executor()),
      orchestrator_(with_seed(std::move(options.orchestrator))),
      caller_(make_caller(loop_)) {
  commits_ = std::make_unique<CommitQueue>(journal, commit_events());
  loader_ = std::make_unique<Loader>(std::move(reader), [this](std::vector<Loaded> loaded) {
    post([this, loaded = std::move(loaded)]() mutable {
      for (Loaded& each : loaded) orchestrator_.loaded(std::move(each), now());
    });
  });
  post([this] { orchestrator_.recover(now()); });
  thread_ = std::thread([this] {
    while (const std::optional<base::Error> why = caught([this] { loop_.run(); })) fail(*why);
    caller_.reset();  // on its own thread, as the port asks
  });
}

Engine::Parts::~Parts() { stop(base::Duration{0}); }

CommitQueue::Events Engine::Parts::commit_events() {
  CommitQueue::Events events;
  events.on_committed = [this](std::uint64_t number, std::vector<ports::HistoryRow> rows) {
    if (!events_.on_committed) rows.clear();
    post([this, number, rows = std::move(rows)] {
      if (events_.on_committed) events_.on_committed(rows);
      orchestrator_.committed(number, now());
    });
  };
  events.on_holding = [this](const base::Error& why) {
    post([this, why] {
      orchestrator_.hold(why);
      if (events_.on_holding) events_.on_holding(why);
    });
  };
  events.on_going_on = [this] {
    post([this] {
      orchestrator_.hold(std::nullopt);
      if (events_.on_going_on) events_.on_going_on();
    });
  };
  events.on_fatal = [this](const base::Error& why) { post([this, why] { fail(why); }); };
  return events;
}

void Engine::Parts::after_handler() {
  if (broken_) return is_stopping_ ? end_stop() : void();
  run_outputs();
  if (has_ended_) return;
  if (orchestrator_.open_transitions() >= kFlushAt) {
    flush();
  } else if (!is_flush_posted_ && orchestrator_.has_rows()) {
    // Behind the handlers that are ready now: they fill the same batch.
    is_flush_posted_ = true;
    boost::asio::post(loop_, [this] {
      is_flush_posted_ = false;
      if (!has_ended_) flush();
    });
  }
  arm();
  const bool is_quiet = calls_in_flight_ == 0 && !orchestrator_.has_uncommitted();
  if (is_stopping_ && is_quiet) end_stop();
}

void Engine::Parts::flush() {
  if (broken_) return;
  if (std::optional<Submission> submission = orchestrator_.take_batch()) {
    commits_->submit(std::move(*submission));
  }
}

void Engine::Parts::run_outputs() {
  for (;;) {
    Outputs outputs = orchestrator_.take_outputs();
    if (outputs.empty()) return;
    run(outputs);
  }
}

void Engine::Parts::run(Outputs& outputs) {
  for (Reply& each : outputs.replies) reply(each);
  if (!has_ended_) {
    for (ports::CallRequest& each : outputs.calls) call(std::move(each));
    if (!outputs.loads.empty()) loader_->submit(std::move(outputs.loads));
  }
  for (const Alert& alert : outputs.alerts) {
    if (events_.on_alert) events_.on_alert(alert);
  }
  for (const Problem& problem : outputs.problems) {
    if (events_.on_problem) events_.on_problem(problem);
  }
}

void Engine::Parts::call(ports::CallRequest request) {
  ++calls_in_flight_;
  std::string saga_id = request.saga_id;
  core::AnswerInput answer{request.effect.frame, request.effect.phase, request.effect.attempt, {}};
  caller_->call(std::move(request), [this, saga_id = std::move(saga_id),
                                     answer = std::move(answer)](core::Outcome outcome) mutable {
    --calls_in_flight_;
    answer.outcome = std::move(outcome);
    orchestrator_.answer(saga_id, std::move(answer), now());
    after_handler();
  });
}

std::optional<RequestId> Engine::Parts::expect(Callback callback) {
  std::optional<base::Error> why = broken_;
  if (!why && has_ended_) why = has_stopped();
  if (!why && callbacks_.size() >= max_requests_) {
    why = {ErrorCode::kOverloaded, "too many requests wait for their answer; try again later", ""};
  }
  if (why) {
    refuse(callback, *why);
    return std::nullopt;
  }
  callbacks_.emplace(++last_request_, std::move(callback));
  return last_request_;
}

void Engine::Parts::reply(Reply& reply) {
  auto found = callbacks_.extract(reply.request);
  if (found.empty()) return;
  std::visit(
      [&](auto& body) {
        using Body = std::decay_t<decltype(body)>;
        std::get<std::function<void(Body)>>(found.mapped())(std::move(body));
      },
      reply.body);
}

void Engine::Parts::fail(const base::Error& why) {
  if (broken_) return;
  broken_ = why;
  if (events_.on_fatal) events_.on_fatal(why);
  fail_all(why);
}

void Engine::Parts::fail_all(const base::Error& why) {
  auto callbacks = std::exchange(callbacks_, {});
  for (auto& [request, callback] : callbacks) refuse(callback, why);
}

void Engine::Parts::arm() {
  const std::optional<base::TimePoint> at = orchestrator_.wake_at();
  if (at == armed_for_) return;
  armed_for_ = at;
  if (!at) {
    wake_timer_.cancel();
    return;
  }
  const base::Duration left =
      std::clamp<base::Duration>(*at - now(), base::Duration{0}, kLongestSleep);
  wake_timer_.expires_after(left);
  wake_timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    armed_for_.reset();
    orchestrator_.tick(now());
    after_handler();
  });
}

void Engine::Parts::begin_stop(base::Duration drain) {
  if (is_stopping_) return;
  is_stopping_ = true;
  orchestrator_.stop();
  stop_timer_.expires_after(drain);
  stop_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) end_stop();
  });
}

void Engine::Parts::end_stop() {
  if (has_ended_) return;
  has_ended_ = true;
  flush();
  loop_.stop();
}

void Engine::Parts::stop(base::Duration drain) {
  std::call_once(stopped_, [&] {
    post([this, drain] { begin_stop(drain); });
    thread_.join();
    loader_->stop();
    commits_->stop();
    is_closed_ = true;
    run_refusals();
  });
}

void Engine::Parts::run_refusals() {
  // A callback that calls the engine again: whoever drains now takes that up, too.
  if (drainer_ == std::this_thread::get_id()) return;
  const std::lock_guard lock(drain_mutex_);
  drainer_ = std::this_thread::get_id();
  for (;;) {
    loop_.restart();
    if (loop_.poll() == 0 && callbacks_.empty()) break;
    fail_all(broken_.value_or(has_stopped()));
  }
  drainer_ = std::thread::id{};
}

}  // namespace saga::runtime
