#include <doctest/doctest.h>

#include <set>

#include "engine/base/json.hpp"
#include "engine/core/event.hpp"

namespace saga::core {
namespace {

constexpr base::JsonLimits kLimits{1'000'000, 64};
const base::TimePoint kAt{base::Duration{1'800'000'000'123}};

Outcome outcome(Outcome::Kind kind) {
  Outcome outcome;
  outcome.kind = kind;
  outcome.body = R"({"error":"Busy","message":"later"})";
  outcome.error = "Busy";
  outcome.message = "later";
  outcome.retry_after = base::Duration{1'500};
  outcome.fenced = true;
  outcome.misconfigured = true;
  outcome.poll_url = "/jobs/1";
  return outcome;
}

StartInput start() {
  return {"child",          "shop.Order", "abc",
          R"({"id":"O1"})", "O1",         ParentRef{"parent", 3, Phase::kCompensate, "root"}};
}

// One event of each kind, no field at its default.
std::vector<EventBody> bodies() {
  const Binding bound{5, R"({"a":"1.50"})"};
  return {
      event::Started{start(), kAt, {bound}, kAt},
      event::Bound{1, bound, true},
      event::Entered{2, 1, FrameKind::kIteration, 7, "a/b", 4, {bound}, 9, {"1", "null"}, kAt, kAt},
      event::Left{2},
      event::Passed{1, 7},
      event::StepStarted{3, 1, 7, "a/b", "child/a/b", R"({"id":1})", kAt, 5, true, "grandchild"},
      event::AttemptSent{3, Phase::kResolve, 2, kAt, kAt, "/jobs/1"},
      event::AttemptEnded{3, Phase::kCompensate, 2, outcome(Outcome::Kind::kTransient), "why"},
      event::AttemptPending{3, Phase::kCompensate, 2, "/jobs/1", kAt, kAt},
      event::BackingOff{3, Phase::kResolve, kAt, kAt, 1, true, 2, "{}"},
      event::StepSettled{3, Verdict::kUnknown, "1", R"({"error":"Timeout"})", "resolve"},
      event::ResolveStarted{3, kAt, "child/a/resolve", "{}"},
      event::Failed{1, 3, R"({"error":"X"})", Cause::kDeadline},
      event::Compensating{1},
      event::CompensationStarted{3, kAt, "child/a/compensate", "{}", true, true},
      event::CompensationEnded{3, true, "operator"},
      event::Undone{1},
      event::Parked{3, "why"},
      event::Resumed{3, kAt},
      event::CancelRequested{"me", "why"},
      event::OperatorActed{OperatorVerb::kSettle, "me", "why", 3},
      event::DeadlinePassed{},
      event::Noted{3, "text", true},
      event::Alerted{3, "text", "role:ops", true, true},
      event::MessageSent{"child", 2, ChildStartMessage{start()}},
      event::MessageReceived{"parent", 2},
      event::Ended{Status::kTerminated, "1", R"({"error":"X"})"},
      event::Reopened{R"({"error":"X"})"},
      event::Replied{3, "1"},
      event::Returned{"1"},
      event::RolledBack{3, {4, 5}},
      event::Won{3},
  };
}

std::vector<Event> events() {
  std::vector<Event> all;
  for (EventBody& body : bodies()) all.push_back({all.size() + 1, std::move(body)});
  return all;
}

base::ErrorCode refusal(const base::Json& event) {
  const auto decoded = decode_events("[" + base::to_text(event) + "]");
  return decoded ? base::ErrorCode::kInternal : decoded.error().code;
}

// Fields that hold any JSON.
const std::set<std::string> kPayloads = {"input", "value", "arguments", "result",
                                         "error", "body",  "output"};

bool holds_any_json(const std::string& kind, const std::string& field) {
  if (field == "error" && kind == "attempt_ended") return false;  // a name
  if (field == "body" && kind == "message_sent") return false;    // a message
  return kPayloads.contains(field);
}

}  // namespace

TEST_CASE("every kind of event is read back as it was written") {
  const std::vector<Event> all = events();
  REQUIRE(all.size() == std::variant_size_v<EventBody>);
  const base::JsonText text = encode_events(all);
  const auto read = decode_events(text);
  REQUIRE_MESSAGE(read.has_value(), read.error().message);
  CHECK(encode_events(*read) == text);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].body.index() == i);
    CHECK((*read)[i].body.index() == i);
  }
}

TEST_CASE("every kind of event with every field at its default is read back") {
  std::vector<Event> plain;
  const auto add = [&]<std::size_t... I>(std::index_sequence<I...>) {
    (plain.push_back({I + 1, EventBody(std::in_place_index<I>)}), ...);
  };
  add(std::make_index_sequence<std::variant_size_v<EventBody>>{});
  const base::JsonText text = encode_events(plain);
  const auto read = decode_events(text);
  REQUIRE_MESSAGE(read.has_value(), read.error().message);
  CHECK(encode_events(*read) == text);
}

TEST_CASE("an event's JSON leaves defaults out and embeds payloads") {
  event::StepStarted started;
  started.frame = 2;
  started.parent = 1;
  started.node = 3;
  started.path = "a";
  started.key = "id/a";
  started.arguments = R"({"n":1})";
  const std::vector<Event> one = {{7, started}};
  CHECK(encode_events(one) ==
        R"([{"seq":7,"kind":"step_started","frame":2,"parent":1,"node":3,"path":"a",)"
        R"("key":"id/a","arguments":{"n":1}}])");
}

TEST_CASE("a row's events are read back with what the row says of them") {
  const RowHead row{"child", 1, kAt};
  const std::vector<Event> all = events();
  const base::JsonText text = encode_row_events(all, row);
  const auto read = decode_row_events(text, row);
  REQUIRE_MESSAGE(read.has_value(), read.error().message);
  CHECK(encode_events(*read) == encode_events(all));
  // Said by another row, it is another history.
  const auto other = decode_row_events(text, {"other", 5, kAt + base::Duration{1}});
  REQUIRE(other.has_value());
  const auto& sent = std::get<event::AttemptSent>((*other)[6].body);
  const auto& step = std::get<event::StepStarted>((*other)[5].body);
  CHECK((*other)[6].seq == 11);
  CHECK(sent.at == kAt + base::Duration{1});
  CHECK(sent.until == kAt);
  CHECK(step.key == "other/a/b");
}

TEST_CASE("a row's event keeps a key of its own and a time that isn't the row's") {
  event::StepStarted keyed;
  keyed.path = "a";
  keyed.key = "own/a";
  event::Resumed resumed{1, kAt};
  const RowHead row{"child", 3, base::TimePoint{}};
  const base::JsonText text = encode_row_events({{3, keyed}, {4, resumed}}, row);
  const auto read = decode_row_events(text, row);
  REQUIRE_MESSAGE(read.has_value(), read.error().message);
  CHECK(std::get<event::StepStarted>((*read)[0].body).key == "own/a");
  CHECK(std::get<event::Resumed>((*read)[1].body).at == kAt);
}

TEST_CASE("a start's input is stored once in its row") {
  const std::vector<Event> started = {{1, event::Started{start(), kAt, {}, kAt}}};
  const Input input = start();
  CHECK(encode_row_input(input) == R"({"kind":"start"})");
  const auto read = decode_row_input(encode_row_input(input), started);
  REQUIRE_MESSAGE(read.has_value(), read.error().message);
  CHECK(encode(*read) == encode(input));
  const Input timer = TimerInput{};
  CHECK(encode(*decode_row_input(encode_row_input(timer), {})) == encode(timer));
}

TEST_CASE("a field of another kind is corrupt, in every event") {
  const base::Json all = *base::parse_json(encode_events(events()), kLimits);
  for (const base::Json& event : all.items) {
    const std::string kind = *event.string("kind");
    for (std::size_t i = 0; i < event.members.size(); ++i) {
      base::Json broken = event;
      const std::string name = broken.members[i].first;
      if (holds_any_json(kind, name)) continue;
      CAPTURE(kind);
      CAPTURE(name);
      base::Json nested;  // [[true]] is no field's value
      nested.kind = base::Json::Kind::kArray;
      nested.items = {base::Json{base::Json::Kind::kArray, false, "", {base::Json{}}, {}}};
      if (name == "items") nested = base::Json{};
      broken.members[i].second = nested;
      CHECK(refusal(broken) == base::ErrorCode::kCorrupt);
    }
  }
}

TEST_CASE("a field that nobody knows is corrupt, in every event and inside of it") {
  const base::Json all = *base::parse_json(encode_events(events()), kLimits);
  for (const base::Json& event : all.items) {
    CAPTURE(*event.string("kind"));
    base::Json more = event;
    more.members.emplace_back("surprise", base::Json{});
    CHECK(refusal(more) == base::ErrorCode::kCorrupt);
    for (std::size_t i = 0; i < event.members.size(); ++i) {
      const auto& [name, value] = event.members[i];
      const bool record =
          value.kind == base::Json::Kind::kObject && !holds_any_json(*event.string("kind"), name);
      if (!record) continue;
      base::Json inside = event;
      inside.members[i].second.members.emplace_back("surprise", base::Json{});
      CHECK(refusal(inside) == base::ErrorCode::kCorrupt);
    }
  }
}

TEST_CASE("what is no array of known events is corrupt") {
  for (const char* bad :
       {"", "{}", "[1]", "[{}]", R"([{"seq":1}])", R"([{"seq":1,"kind":"invented"}])",
        R"([{"seq":-1,"kind":"undone"}])", R"([{"seq":1,"kind":"entered","as":"tower"}])",
        R"([{"seq":1,"kind":"entered"}])", R"([{"seq":1,"kind":"step_settled"}])",
        R"([{"seq":1,"kind":"left","frame":4294967296}])",
        R"([{"seq":1,"kind":"resumed","at":"yesterday"}])"}) {
    CAPTURE(std::string(bad));
    const auto read = decode_events(bad);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == base::ErrorCode::kCorrupt);
  }
}

TEST_CASE("every kind of input is read back as it was written") {
  OperatorInput operated{OperatorVerb::kSettle, "me", "why", "a/b", true, "\"A1\""};
  const std::vector<Input> inputs = {
      start(),
      AnswerInput{3, Phase::kCompensate, 2, outcome(Outcome::Kind::kDone)},
      AnswerInput{3, Phase::kAction, 0, outcome(Outcome::Kind::kDefect), true},
      TimerInput{},
      RecoveredInput{},
      operated,
      MessageInput{"child", 2,
                   ChildEndedMessage{3, Phase::kCompensate, Status::kTerminated, "1", "{}"}},
      MessageInput{"parent", 2, ChildCommandMessage{ChildCommandMessage::Command::kTerminate}},
      MessageInput{"parent", 2, ChildStartMessage{start()}},
  };
  for (const Input& input : inputs) {
    const base::JsonText text = encode(input);
    CAPTURE(text);
    const base::Result<Input> read = decode_input(text);
    REQUIRE_MESSAGE(read.has_value(), read.error().message);
    CHECK(encode(*read) == text);
    CHECK(read->index() == input.index());
  }
}

TEST_CASE("an input or message that can't be read is corrupt") {
  for (const char* bad :
       {"", "[]", "{}", R"({"kind":"guess"})", R"({"kind":"answer"})", R"({"kind":"timer","at":1})",
        R"({"kind":"message","from":"x"})", R"({"kind":"operator","verb":"bless"})"}) {
    CAPTURE(std::string(bad));
    const base::Result<Input> input = decode_input(bad);
    REQUIRE_FALSE(input.has_value());
    CHECK(input.error().code == base::ErrorCode::kCorrupt);
    const base::Result<MessageBody> message = decode_message(bad);
    REQUIRE_FALSE(message.has_value());
    CHECK(message.error().code == base::ErrorCode::kCorrupt);
  }
}

TEST_CASE("names of statuses and causes are read back") {
  for (const Status status : {Status::kRunning, Status::kCompensating, Status::kCompleted,
                              Status::kCompensated, Status::kStuck, Status::kTerminated}) {
    CHECK(status_from(name_of(status)) == status);
  }
  CHECK(cause_from("canceled") == Cause::kCanceled);
  CHECK_FALSE(status_from("done").has_value());
}

}  // namespace saga::core
