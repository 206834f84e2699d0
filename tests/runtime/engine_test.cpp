#include "engine/runtime/engine.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <new>

#include "engine/journal/memory_journal.hpp"
#include "engine/runtime/system_clock.hpp"
#include "tests/runtime/shop.hpp"

namespace saga::test {
namespace {

using base::ErrorCode;
using runtime::StartReply;

constexpr std::string_view kOneStep = R"(
module test.one
service S { write make(id: string) -> string idempotent by key  write undo(id: string) idempotent }
saga One(id: string) -> string {
  step a = S.make(id) compensate S.undo(id)
  return a
}
)";

// Answers every call at once, or never.
class Caller final : public ports::ParticipantCaller {
 public:
  Caller(boost::asio::io_context& loop, bool answers) : loop_(loop), answers_(answers) {}
  void call(ports::CallRequest, Done done) override {
    if (!answers_) return;
    core::Outcome outcome;
    outcome.kind = core::Outcome::Kind::kDone;
    outcome.body = "\"R\"";
    boost::asio::post(loop_, [done = std::move(done), outcome] { done(outcome); });
  }

 private:
  boost::asio::io_context& loop_;
  bool answers_;
};

runtime::CallerFactory caller(bool answers) {
  return
      [answers](boost::asio::io_context& loop) { return std::make_unique<Caller>(loop, answers); };
}

// A journal that fails on demand.
class FailingJournal final : public ports::Journal {
 public:
  base::Result<void> commit(const ports::Batch& batch) override {
    ++commits;
    if (throws) throw std::bad_alloc();
    if (failures > 0) {
      --failures;
      return base::fail(code, "on demand");
    }
    return inner.commit(batch);
  }
  base::Result<std::unique_ptr<ports::JournalReader>> open_reader() override {
    return inner.open_reader();
  }
  void idle() override {}
  [[nodiscard]] std::string store_secret() const override { return inner.store_secret(); }

  journal::MemoryJournal inner;
  std::atomic<int> failures{0};
  std::atomic<int> commits{0};
  std::atomic<bool> throws{false};
  ErrorCode code = ErrorCode::kDiskFull;
};

struct Running {
  explicit Running(ports::Journal& journal, bool answers = true, runtime::EngineEvents events = {},
                   std::size_t max_requests = base::limits::kMaxQueuedInputs) {
    runtime::EngineOptions options;
    options.max_requests = max_requests;
    options.events = std::move(events);
    engine = *runtime::Engine::open(journal, clock, caller(answers), std::move(options));
    engine->register_definitions(definitions);
  }
  StartReply start() { return engine->start({definitions.back()->hash, R"({"id":"A"})"}).get(); }

  runtime::SystemClock clock;
  Definitions definitions = compile_workflow(kOneStep);
  std::unique_ptr<runtime::Engine> engine;
};

}  // namespace

TEST_CASE("a saga runs through the engine's threads to its end") {
  journal::MemoryJournal journal;
  Running running(journal);
  const StartReply started = running.start();
  REQUIRE(started.kind == StartReply::Kind::kStarted);
  const runtime::RestReply rest = running.engine->wait_rest(started.saga_id).get();
  REQUIRE(rest.saga.has_value());
  CHECK(rest.saga->status == core::Status::kCompleted);
}

TEST_CASE("many starts at once share commits") {
  FailingJournal journal;
  Running running(journal);
  std::vector<std::future<StartReply>> replies;
  for (int i = 0; i < 500; ++i) {
    replies.push_back(running.engine->start({running.definitions.back()->hash, R"({"id":"A"})"}));
  }
  for (auto& reply : replies) CHECK(reply.get().kind == StartReply::Kind::kStarted);
  running.engine->stop(base::Duration{60'000});
  CHECK(journal.commits < 500);
}

TEST_CASE("a full disk holds the batch, and all goes on by itself") {
  FailingJournal journal;
  std::promise<void> held;
  std::promise<void> went_on;
  runtime::EngineEvents events;
  events.on_holding = [&](const base::Error& why) {
    CHECK(why.code == ErrorCode::kDiskFull);
    held.set_value();
  };
  events.on_going_on = [&] { went_on.set_value(); };
  journal.failures = 1;
  Running running(journal, true, std::move(events));
  held.get_future().get();
  went_on.get_future().get();
  const StartReply started = running.start();
  REQUIRE(started.kind == StartReply::Kind::kStarted);
  CHECK(running.engine->wait_rest(started.saga_id).get().saga->status == core::Status::kCompleted);
}

TEST_CASE("after a commit whose outcome is unknown nothing goes out, and everyone is told") {
  FailingJournal journal;
  journal.code = ErrorCode::kIoUncertain;
  std::promise<void> broke;
  runtime::EngineEvents events;
  events.on_fatal = [&](const base::Error&) { broke.set_value(); };
  journal.failures = 1'000;
  Running running(journal, true, std::move(events));
  CHECK(running.start().error.code == ErrorCode::kIoUncertain);
  broke.get_future().get();
  CHECK(running.start().error.code == ErrorCode::kIoUncertain);
  CHECK(running.engine->wait_rest("x").get().error.code == ErrorCode::kIoUncertain);
  CHECK(journal.commits == 1);
}

TEST_CASE("without memory for a commit nothing goes out, and everyone is told") {
  FailingJournal journal;
  journal.throws = true;
  std::promise<base::Error> broke;
  runtime::EngineEvents events;
  events.on_fatal = [&](const base::Error& why) { broke.set_value(why); };
  Running running(journal, true, std::move(events));
  CHECK(running.start().error.code == ErrorCode::kInternal);
  CHECK(broke.get_future().get().message == "there is no memory left");
  CHECK(running.start().error.code == ErrorCode::kInternal);
}

TEST_CASE("without memory for a handler the engine ends, and the next goes on from the journal") {
  journal::MemoryJournal journal;
  StartReply started;
  {
    std::promise<base::Error> broke;
    runtime::EngineEvents events;
    events.on_fatal = [&](const base::Error& why) { broke.set_value(why); };
    events.on_committed = [](const std::vector<ports::HistoryRow>&) { throw std::bad_alloc(); };
    Running running(journal, true, std::move(events));
    CHECK(running.start().error.code == ErrorCode::kInternal);
    CHECK(broke.get_future().get().message == "there is no memory left");
    CHECK(running.start().error.code == ErrorCode::kInternal);
    running.engine->stop(base::Duration{60'000});
  }
  Running again(journal);
  const std::vector<ports::SagaRow> rows = (*journal.open_reader())->sagas({})->items;
  REQUIRE(rows.size() == 1);
  CHECK(again.engine->wait_rest(rows[0].id).get().saga->status == core::Status::kCompleted);
}

TEST_CASE("more requests than may wait for their reply are refused") {
  journal::MemoryJournal journal;
  Running running(journal, false, {}, 2);
  const StartReply started = running.start();
  auto first = running.engine->wait_rest(started.saga_id);
  auto second = running.engine->wait_rest(started.saga_id);
  CHECK(running.start().error.code == ErrorCode::kOverloaded);
  CHECK(running.engine->wait_rest(started.saga_id).get().error.code == ErrorCode::kOverloaded);
  running.engine->stop(base::Duration{0});
  CHECK(first.get().error.code == ErrorCode::kUnavailable);
  CHECK(second.get().error.code == ErrorCode::kUnavailable);
}

TEST_CASE("after a stop a callback may call the engine, which refuses again") {
  journal::MemoryJournal journal;
  Running running(journal);
  running.engine->stop(base::Duration{0});
  const runtime::StartRequest request{running.definitions.back()->hash, R"({"id":"A"})"};
  std::vector<ErrorCode> refusals;
  running.engine->start(request, [&](const StartReply& first) {
    refusals.push_back(first.error.code);
    running.engine->start(request,
                          [&](const StartReply& second) { refusals.push_back(second.error.code); });
  });
  CHECK(refusals == std::vector{ErrorCode::kUnavailable, ErrorCode::kUnavailable});
}

TEST_CASE("a stop commits what came, and the next engine makes the calls that were cut off") {
  journal::MemoryJournal journal;
  StartReply started;
  {
    Running running(journal, false);
    started = running.start();
    auto rest = running.engine->wait_rest(started.saga_id);
    running.engine->stop(base::Duration{0});
    CHECK(rest.get().error.code == ErrorCode::kUnavailable);
    CHECK(running.start().error.code == ErrorCode::kUnavailable);
    std::promise<runtime::AnswerReply> told;
    running.engine->answered(started.saga_id, {},
                             [&](runtime::AnswerReply reply) { told.set_value(std::move(reply)); });
    CHECK(told.get_future().get().error->code == ErrorCode::kUnavailable);
  }
  Running again(journal);
  const runtime::RestReply rest = again.engine->wait_rest(started.saga_id).get();
  REQUIRE(rest.saga.has_value());
  CHECK(rest.saga->status == core::Status::kCompleted);
}

}  // namespace saga::test
