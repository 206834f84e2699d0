#include <doctest/doctest.h>

#include "engine/base/limits.hpp"
#include "tests/runtime/bench_of.hpp"

namespace saga::test {
namespace {

using base::ErrorCode;
using runtime::StartReply;
using Kind = runtime::StartReply::Kind;

constexpr std::string_view kTwoSteps = R"(
module test.two
service S {
  write make(id: string) -> string idempotent by key
  write undo(id: string) idempotent
  write once(id: string) -> string
}
saga Two(id: string) -> string key id {
  step a = S.make(id) compensate S.undo(id)
  sleep 1h
  step b = S.make(id) compensate S.undo(id)
  return b
}
)";
constexpr std::string_view kPair = R"(
module test.pair
service S {
  write make(id: string) -> string idempotent by key
  write undo(id: string) idempotent
}
saga Pair(id: string) -> string {
  step a = S.make(id) compensate S.undo(id)
  step b = S.make(id) compensate S.undo(id)
  return b
}
)";
constexpr std::string_view kNotRepeatable = R"(
module test.once
service S { write once(id: string) -> string }
saga Once(id: string) -> string {
  step a = S.once(id) compensate none "nothing to undo"
  return a
}
)";

constexpr std::string_view kNotes = R"(
module test.notes
saga Notes(text: string, items: list<int>) {
  for item in items { note text }
}
)";

// Decoding the list for each of its items would take minutes.
constexpr std::string_view kReads = R"(
module test.reads
saga Reads(items: list<int>) -> bool {
  let all = items.all(item => items.size > 0)
  return all
}
)";

std::string input(const std::string& id) { return R"({"id":")" + id + "\"}"; }

}  // namespace

TEST_CASE("a call is made only after the commit of its intent") {
  Bench bench(kTwoSteps);
  bench.start_only(1, input("A"));
  bench.commit_all();
  CHECK(bench.call_names() == std::vector<std::string>{"make"});

  bench.calls.clear();
  bench.start_only(2, input("B"));
  bench.take();
  CHECK(bench.calls.empty());
  CHECK(bench.orchestrator->has_uncommitted() == false);  // the key is being read first
}

TEST_CASE("a saga is a trace, and each of its attempts a span") {
  Bench bench(kTwoSteps);
  const StartReply started = bench.start(input("A"));
  std::string trace = started.saga_id;
  std::erase(trace, '-');
  const std::string first = bench.calls[0].traceparent;
  CHECK(first.size() == 55);
  CHECK(first.starts_with("00-" + trace + "-"));
  CHECK(first.ends_with("-01"));
  bench.restart();
  CHECK(bench.calls.back().traceparent == first);  // the same attempt again
  bench.answer_done(bench.calls.back());
  bench.pass(std::chrono::minutes(59));
  bench.pass(std::chrono::minutes(1));
  CHECK(bench.calls.back().traceparent != first);
  CHECK(bench.calls.back().traceparent.starts_with("00-" + trace + "-"));
}

TEST_CASE("a start is acknowledged only after its commit") {
  Bench bench(kNotRepeatable);
  bench.start_only(1, input("A"));
  const auto batch = bench.orchestrator->take_batch();
  REQUIRE(batch.has_value());
  bench.take();
  CHECK(bench.replies.empty());
  CHECK(bench.calls.empty());
  REQUIRE(bench.journal.commit(batch->batch).has_value());
  bench.orchestrator->committed(batch->number, bench.now);
  bench.take();
  REQUIRE(bench.replies.size() == 1);
  CHECK(std::get<StartReply>(bench.replies[0].body).kind == Kind::kStarted);
  CHECK(bench.calls.size() == 1);
}

TEST_CASE("an answer that came by itself is acknowledged only after its commit") {
  Bench bench(kNotRepeatable);
  const StartReply started = bench.start(input("A"));
  const core::CallEffect& call = bench.calls[0].effect;
  core::Outcome outcome;
  outcome.kind = core::Outcome::Kind::kDone;
  outcome.body = "\"R\"";
  const core::AnswerInput answer{call.frame, call.phase, call.attempt, outcome};
  bench.replies.clear();
  bench.orchestrator->answer(started.saga_id, answer, bench.now, 8);
  bench.orchestrator->answer(started.saga_id, answer, bench.now, 9);  // again: as the first
  bench.take();
  CHECK(bench.replies.empty());
  bench.commit_all();
  REQUIRE(bench.replies.size() == 2);
  for (const runtime::Reply& reply : bench.replies)
    CHECK_FALSE(std::get<runtime::AnswerReply>(reply.body).error);
  bench.orchestrator->answer(started.saga_id, answer, bench.now, 10);  // late
  bench.commit_all();
  REQUIRE(bench.replies.size() == 3);
  CHECK_FALSE(std::get<runtime::AnswerReply>(bench.replies[2].body).error);
}

TEST_CASE("an equal start returns the saga that holds the key, another input is a conflict") {
  Bench bench(kTwoSteps);
  const StartReply first = bench.start(R"({"id":"A"})");
  CHECK(first.kind == Kind::kStarted);
  const StartReply again = bench.start(R"({ "id" : "A" })");
  CHECK(again.kind == Kind::kKnown);
  CHECK(again.saga_id == first.saga_id);
  bench.restart();
  CHECK(bench.start(R"({"id":"A"})").saga_id == first.saga_id);
}

TEST_CASE("starts of one key that come together make one saga") {
  Bench bench(kTwoSteps);
  bench.start_only(1, input("A"));
  bench.start_only(2, input("A"));
  bench.commit_all();
  REQUIRE(bench.replies.size() == 2);
  const auto& one = std::get<StartReply>(bench.replies[0].body);
  const auto& two = std::get<StartReply>(bench.replies[1].body);
  CHECK(one.kind == Kind::kStarted);
  CHECK(two.kind == Kind::kKnown);
  CHECK(one.saga_id == two.saga_id);
}

TEST_CASE("a wrong input is refused with its field and types, and leaves nothing behind") {
  Bench bench(kTwoSteps);
  const StartReply reply = bench.start(R"({"id":7})");
  CHECK(reply.kind == Kind::kRefused);
  CHECK(reply.error.code == ErrorCode::kTypeMismatch);
  CHECK(reply.error.message.find("`id`") != std::string::npos);
  CHECK((*bench.journal.open_reader())->sagas({})->items.empty());
}

TEST_CASE("past the bound of active sagas a start is refused as overloaded") {
  runtime::OrchestratorOptions options;
  options.max_hot_sagas = 2;
  Bench bench(kNotRepeatable, options);
  CHECK(bench.start(input("A")).kind == Kind::kStarted);
  CHECK(bench.start(input("B")).kind == Kind::kStarted);
  const StartReply third = bench.start(input("C"));
  CHECK(third.error.code == ErrorCode::kOverloaded);
  bench.answer_done(bench.calls[0]);
  CHECK(bench.start(input("C")).kind == Kind::kStarted);
}

TEST_CASE("while the journal is full starts are refused at once, and go on afterwards") {
  Bench bench(kNotRepeatable);
  bench.orchestrator->hold(base::Error{ErrorCode::kDiskFull, "no room", ""});
  bench.start_only(1, input("A"));
  bench.take();
  REQUIRE(bench.replies.size() == 1);
  CHECK(std::get<StartReply>(bench.replies[0].body).error.code == ErrorCode::kDiskFull);
  bench.orchestrator->hold(std::nullopt);
  CHECK(bench.start(input("A")).kind == Kind::kStarted);
}

TEST_CASE("a saga that sleeps is put out of memory and comes back when it is due") {
  Bench bench(kTwoSteps);
  const StartReply started = bench.start(input("A"));
  bench.answer_done(bench.calls[0]);
  bench.calls.clear();
  CHECK(bench.orchestrator->hot_sagas() == 0);
  bench.pass(std::chrono::minutes(59));
  CHECK(bench.calls.empty());
  bench.pass(std::chrono::minutes(1));
  REQUIRE(bench.calls.size() == 1);
  bench.answer_done(bench.calls[0]);
  CHECK(bench.view(started.saga_id).status == core::Status::kCompleted);
  CHECK(bench.orchestrator->hot_sagas() == 0);
}

TEST_CASE("a saga that can't be read when it is due is tried again") {
  Bench bench(kTwoSteps);
  const StartReply started = bench.start(input("A"));
  bench.answer_done(bench.calls[0]);
  bench.calls.clear();
  bench.pass(std::chrono::minutes(59));
  bench.load_error = base::Error{ErrorCode::kIoUncertain, "out of memory", ""};
  bench.pass(std::chrono::minutes(1));
  REQUIRE(bench.problems.size() == 1);
  CHECK(bench.calls.empty());
  CHECK(bench.orchestrator->wake_at() <= bench.now + std::chrono::seconds(1));
  bench.pass(std::chrono::seconds(1));
  CHECK(bench.calls.size() == 1);
}

TEST_CASE("a restart reads what is due or active, not what sleeps or has ended") {
  Bench bench(kTwoSteps);
  for (const char* id : {"A", "B", "C"}) bench.start(input(id));
  const std::vector<ports::CallRequest> calls = bench.calls;
  bench.answer_done(calls[0]);
  bench.answer_done(calls[1]);
  bench.loads = 0;
  bench.restart();
  CHECK(bench.loads == 3);  // receivers, timers, and the one with a call in flight
  REQUIRE(bench.calls.size() == 1);
  CHECK(bench.calls[0].effect.key == calls[2].effect.key);
  CHECK(bench.calls[0].effect.attempt == 1);  // what was cut off isn't counted
}

TEST_CASE("a long history is taken up from its snapshot, which may be thrown away") {
  Bench bench(R"(module demo
service S { write tell(x: int) idempotent by key }
saga Many(id: string, xs: list<int>) key id {
  for x in xs { step told = S.tell(x) timeout 2s compensate none "a test" }
  sleep 1h
  pivot step last = S.tell(0) timeout 2s
}
)");
  std::string items = "1";
  for (int i = 2; i <= 120; ++i) items += "," + std::to_string(i);
  const std::string id = bench.start(R"({"id":"O1","xs":[)" + items + "]}").saga_id;
  for (std::size_t i = 0; i < 120; ++i) {
    REQUIRE(bench.calls.size() == i + 1);
    bench.answer_done(ports::CallRequest(bench.calls.back()), "null");
  }
  const auto reader = bench.journal.open_reader();
  const auto snapshot = (*reader)->snapshot(id);
  REQUIRE(snapshot->has_value());
  CHECK((*snapshot)->seq >= 256);
  runtime::DefinitionCache cache;
  const auto restored = runtime::restore_saga(**reader, cache, id);
  core::State folded;
  const auto rows = runtime::read_history(**reader, id);
  for (const ports::HistoryRow& row : *rows) {
    const auto events = runtime::events_of(row);
    for (const core::Event& event : *events) core::apply(folded, event);
  }
  CHECK((*restored)->snapshot_seq == (*snapshot)->seq);
  CHECK((*restored)->updated_at == rows->back().at);
  CHECK((*restored)->state == folded);
  CHECK(folded.last_seq > (*snapshot)->seq);
  SUBCASE("as it is") {}
  SUBCASE("one that can't be read") {
    ports::Batch batch;
    batch.snapshots.push_back({id, (*snapshot)->seq, {}, R"({"format":1,"frames":7})"});
    REQUIRE(bench.journal.commit(batch));
  }
  SUBCASE("one of another program") {
    ports::Batch batch;
    batch.snapshots.push_back({id, (*snapshot)->seq, {}, R"({"format":999})"});
    REQUIRE(bench.journal.commit(batch));
  }
  bench.calls.clear();
  bench.restart();
  bench.pass(std::chrono::hours(1));
  bench.pass(base::Duration(0));  // the timers that the first tick asked for
  REQUIRE(bench.calls.size() == 1);
  bench.answer_done(ports::CallRequest(bench.calls.front()), "null");
  CHECK(bench.view(id).status == core::Status::kCompleted);
}

TEST_CASE("what a parallel does at once never makes a row that can't be read") {
  std::string source = R"(module demo
service S {
  write put(id: string, text: string) idempotent by key
  write drop(id: string, text: string) idempotent
}
error No
saga Wide(id: string, text: string) key id {
  parallel {
)";
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(i);
    source += "    step s" + n + " = S.put(\"" + n + "\", text) timeout 2s compensate S.drop(\"" +
              n + "\", text)\n";
  }
  source += "  }\n  fail No()\n}\n";
  Bench bench(source);
  const std::string text(1'000'000, 'x');
  const std::string id = bench.start(R"({"id":"O1","text":")" + text + "\"}").saga_id;
  CHECK(bench.calls.size() > 1);
  CHECK(bench.calls.size() < 40);
  for (std::size_t answered = 0; answered < bench.calls.size(); ++answered) {
    bench.answer_done(ports::CallRequest(bench.calls[answered]), "null");
  }
  CHECK(bench.calls.size() == 80);
  CHECK(bench.view(id).status == core::Status::kCompensated);
  const auto reader = bench.journal.open_reader();
  for (std::uint64_t after = 0;;) {
    const auto rows = (*reader)->history(id, after, 1);
    if (rows->empty()) break;
    CHECK(rows->front().events.size() < base::limits::kMaxRowBytes / 2);
    after = rows->front().last_seq;
  }
}

TEST_CASE("an expression that handles too much text stops its saga, and no other") {
  Bench bench(R"(module demo
saga Texts(text: string, ns: list<int>) -> int {
  let made = ns.map(n => "{text}{n}")
  return made.size
}
)");
  std::string items = "1";
  for (int i = 2; i <= 2'000; ++i) items += "," + std::to_string(i);
  const std::string text(100'000, 'x');
  const auto reply = bench.start(R"({"text":")" + text + R"(","ns":[)" + items + "]}");
  const runtime::SagaView view = bench.view(reply.saga_id);
  CHECK(view.status == core::Status::kStuck);
  REQUIRE(view.parked.size() == 1);
  CHECK(view.parked[0].reason.find("bytes of text") != std::string::npos);
}

TEST_CASE(
    "a saga whose history grows too large waits for a person, and is compensated by a cancel") {
  Bench bench(R"(module demo
service S { read get(n: int) -> string }
saga Reads(id: string, ns: list<int>) key id {
  for n in ns { step g = S.get(n) timeout 2s  note g.truncate(5) }
}
)");
  std::string items = "1";
  for (int i = 2; i <= 400; ++i) items += "," + std::to_string(i);
  const std::string id = bench.start(R"({"id":"O1","ns":[)" + items + "]}").saga_id;
  const std::string body = "\"" + std::string(1'000'000, 'x') + "\"";
  std::size_t answered = 0;
  while (answered < bench.calls.size()) {
    bench.answer_done(ports::CallRequest(bench.calls[answered++]), body);
  }
  CHECK(answered > 50);
  CHECK(answered < 200);
  CHECK(bench.view(id).status == core::Status::kStuck);
  bench.operate(id, core::OperatorVerb::kCancel);
  CHECK(bench.view(id).status == core::Status::kCompensated);
}

TEST_CASE("a write that isn't idempotent is not sent again after a restart") {
  Bench bench(kNotRepeatable);
  const StartReply started = bench.start(input("A"));
  bench.restart();
  CHECK(bench.calls.empty());
  CHECK(bench.view(started.saga_id).status != core::Status::kRunning);
}

TEST_CASE("an active saga that can't be read at the start is tried again") {
  Bench bench(kTwoSteps);
  const StartReply started = bench.start(input("A"));
  bench.calls.clear();
  bench.load_error = base::Error{ErrorCode::kIoUncertain, "out of memory", ""};
  bench.restart();
  REQUIRE(bench.problems.size() == 1);
  CHECK(bench.calls.empty());
  bench.pass(std::chrono::seconds(1));
  CHECK(bench.call_names() == std::vector<std::string>{"make"});
}

TEST_CASE("a stopping engine makes the calls that are said to be sent, and no other") {
  Bench bench(kPair);
  bench.start_only(1, input("A"));
  bench.orchestrator->stop();
  bench.start_only(2, input("B"));
  bench.commit_all();
  REQUIRE(bench.call_names() == std::vector<std::string>{"make"});
  const std::string id = std::get<StartReply>(bench.replies.back().body).saga_id;
  CHECK(std::get<StartReply>(bench.replies.front().body).error.code == ErrorCode::kUnavailable);
  const ports::CallRequest first = bench.calls[0];
  bench.calls.clear();
  bench.answer_done(first);
  CHECK(bench.calls.empty());
  const runtime::SagaView view = bench.view(id);
  REQUIRE(view.waiting.size() == 1);
  CHECK(view.waiting[0].step == "b");
  CHECK(view.waiting[0].attempts == 0);  // so it is surely not executed
  bench.restart();
  bench.pass(std::chrono::milliseconds(1));
  REQUIRE(bench.call_names() == std::vector<std::string>{"make"});
  CHECK(bench.calls.back().effect.attempt == 1);
  bench.answer_done(bench.calls.back());
  CHECK(bench.view(id).status == core::Status::kCompleted);
}

TEST_CASE("who waits for a saga is told once it is at rest") {
  Bench bench(kNotRepeatable);
  const StartReply started = bench.start(input("A"));
  bench.replies.clear();
  bench.orchestrator->wait_rest(7, started.saga_id, bench.now);
  bench.orchestrator->wait_rest(8, "01900000-0000-7000-8000-000000000000", bench.now);
  bench.commit_all();
  REQUIRE(bench.replies.size() == 1);
  CHECK(std::get<runtime::RestReply>(bench.replies[0].body).error.code == ErrorCode::kNotFound);
  bench.answer_done(bench.calls[0]);
  REQUIRE(bench.replies.size() == 2);
  const auto& rest = std::get<runtime::RestReply>(bench.replies[1].body);
  REQUIRE(rest.saga.has_value());
  CHECK(rest.saga->status == core::Status::kCompleted);
  CHECK(rest.saga->output == "\"R\"");
}

TEST_CASE("a stuck saga isn't at rest while something in it goes on by itself") {
  Bench bench(R"(module demo
service S {
  write make(id: string) -> string idempotent by key
  write undo(id: string) idempotent
}
saga Both(id: string) key id {
  parallel {
    step a = S.make(id) timeout 2s compensate S.undo(id)
    branch b { sleep 1h  note "awake" }
  }
}
)");
  const StartReply started = bench.start(input("A"));
  bench.replies.clear();
  bench.orchestrator->wait_rest(7, started.saga_id, bench.now);
  bench.answer_done(bench.calls[0], "17");  // against the contract: a person is needed
  CHECK(bench.view(started.saga_id).status == core::Status::kStuck);
  CHECK(bench.replies.empty());
  bench.pass(std::chrono::minutes(59));
  bench.pass(std::chrono::minutes(1));
  CHECK(bench.replies.size() == 1);
}

TEST_CASE("an operator's verb that the status refuses changes nothing") {
  Bench bench(kNotRepeatable);
  const StartReply started = bench.start(input("A"));
  bench.answer_done(bench.calls[0]);
  const std::uint64_t seq = bench.view(started.saga_id).seq;
  bench.replies.clear();
  bench.orchestrator->operate(9, {started.saga_id, {}}, bench.now);
  bench.commit_all();
  REQUIRE(bench.replies.size() == 1);
  const auto& reply = std::get<runtime::OperateReply>(bench.replies[0].body);
  REQUIRE(reply.error.has_value());
  CHECK(reply.error->code == ErrorCode::kConflict);
  CHECK(bench.view(started.saga_id).seq == seq);
}

TEST_CASE("an answer for a saga that isn't there is a problem, not a crash") {
  Bench bench(kNotRepeatable);
  bench.orchestrator->answer("01900000-0000-7000-8000-000000000000", {}, bench.now, 9);
  bench.commit_all();
  REQUIRE(bench.replies.size() == 1);
  CHECK(std::get<runtime::AnswerReply>(bench.replies[0].body).error->code == ErrorCode::kNotFound);
  REQUIRE(bench.problems.size() == 1);
  CHECK(bench.problems[0].error.code == ErrorCode::kNotFound);
}

TEST_CASE("a saga that would write a row too large to read waits for a person, and goes on") {
  Bench bench(kNotes);
  std::string items = "1";
  for (int i = 1; i < 1'100; ++i) items += ",1";
  const std::string text(16'000, 'x');
  const StartReply started = bench.start(R"({"text":")" + text + R"(","items":[)" + items + "]}");
  std::size_t retries = 0;
  for (; bench.view(started.saga_id).status == core::Status::kStuck && retries < 10; ++retries) {
    bench.operate(started.saga_id, core::OperatorVerb::kRetry);
  }
  CHECK(bench.view(started.saga_id).status == core::Status::kCompleted);
  CHECK(retries == 1);  // 18 MB in rows of 16
}

TEST_CASE("an expression reads what it names once, however often it names it") {
  Bench bench(kReads);
  std::string items = "1";
  for (int i = 1; i < 20'000; ++i) items += ",1";
  const StartReply started = bench.start("{\"items\":[" + items + "]}");
  CHECK(bench.view(started.saga_id).status == core::Status::kCompleted);
}

TEST_CASE("what a verb leads to without calls is a first attempt of the engine that makes them") {
  Bench bench(kNotRepeatable);
  const StartReply started = bench.start(input("A"));
  REQUIRE(bench.calls.size() == 1);
  bench.answer_done(bench.calls[0], "7");  // no string: a defect
  bench.restart_without_calls();
  bench.operate(started.saga_id, core::OperatorVerb::kRetry);
  CHECK(bench.calls.empty());
  bench.restart();
  bench.pass(base::Duration{0});
  REQUIRE(bench.calls.size() == 1);  // not taken for one that was cut off
  CHECK(bench.calls[0].effect.phase == core::Phase::kAction);
  CHECK(bench.calls[0].effect.attempt == 2);
}

TEST_CASE("an engine that drives nothing journals a request and leaves its call to the next") {
  Bench bench(kTwoSteps);
  const StartReply started = bench.start(input("A"));
  bench.restart_without_calls();
  CHECK(bench.calls.empty());
  bench.operate(started.saga_id, core::OperatorVerb::kCancel);
  CHECK(bench.calls.empty());
  bench.restart();
  REQUIRE(bench.calls.size() == 1);
  bench.answer_done(bench.calls[0]);
  CHECK(bench.call_names().back() == "undo");
}

}  // namespace saga::test
