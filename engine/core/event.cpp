#include "engine/core/event.hpp"

#include "engine/core/input_records.hpp"

namespace saga::core {
namespace detail {

inline constexpr std::array<std::string_view, 16> kFrameKindNames = {
    "root",      "block",        "scope",        "parallel",  "branch", "loop",
    "iteration", "handler",      "undo_handler", "step",      "sleep",  "compensation",
    "on_failed", "on_completed", "on_stuck",     "escalation"};
inline constexpr std::array<std::string_view, 5> kVerdictNames = {"", "done", "rejected",
                                                                  "unavailable", "unknown"};
inline constexpr std::array<std::string_view, 32> kEventKinds = {"started",
                                                                 "bound",
                                                                 "entered",
                                                                 "left",
                                                                 "passed",
                                                                 "step_started",
                                                                 "attempt_sent",
                                                                 "attempt_ended",
                                                                 "attempt_pending",
                                                                 "backing_off",
                                                                 "step_settled",
                                                                 "resolve_started",
                                                                 "failed",
                                                                 "compensating",
                                                                 "compensation_started",
                                                                 "compensation_ended",
                                                                 "undone",
                                                                 "parked",
                                                                 "resumed",
                                                                 "cancel_requested",
                                                                 "operator_acted",
                                                                 "deadline_passed",
                                                                 "noted",
                                                                 "alerted",
                                                                 "message_sent",
                                                                 "message_received",
                                                                 "ended",
                                                                 "reopened",
                                                                 "replied",
                                                                 "returned",
                                                                 "rolled_back",
                                                                 "won"};

void describe(auto& archive, Is<event::Started> auto& event) {
  describe(archive, event.start);
  archive.moment("at", event.at);
  archive.list("parameters", event.parameters);
  archive.field("deadline", event.deadline);
}
void describe(auto& archive, Is<event::Bound> auto& event) {
  archive.field("frame", event.frame);
  describe(archive, event.binding);
  archive.field("by_use", event.by_use);
}
void describe(auto& archive, Is<event::Entered> auto& event) {
  archive.field("frame", event.frame);
  archive.field("parent", event.parent);
  archive.choice("as", event.kind, kFrameKindNames);
  archive.id("node", event.node);
  archive.field("path", event.path);
  archive.field("index", event.index);
  archive.list("bindings", event.bindings);
  archive.field("count", event.count);
  archive.payloads("items", event.items);
  archive.field("until", event.until);
  archive.field("since", event.since);
}
void describe(auto& archive, Is<event::Left> auto& event) { archive.field("frame", event.frame); }
void describe(auto& archive, Is<event::Passed> auto& event) {
  archive.field("frame", event.frame);
  archive.id("node", event.node);
}
void describe(auto& archive, Is<event::StepStarted> auto& event) {
  archive.field("frame", event.frame);
  archive.field("parent", event.parent);
  archive.id("node", event.node);
  archive.field("path", event.path);
  archive.key_of_path("key", event.key, event.path);
  archive.payload("arguments", event.arguments);
  archive.field("within", event.within);
  archive.id("slot", event.slot);
  archive.field("pivot", event.is_pivot);
  archive.field("child", event.child_id);
}
void describe(auto& archive, Is<event::AttemptSent> auto& event) {
  archive.field("frame", event.frame);
  archive.choice_or_first("phase", event.phase, kPhaseNames);
  archive.field("attempt", event.attempt);
  archive.moment("at", event.at);
  archive.field("until", event.until);
  archive.field("poll_url", event.poll_url);
  archive.field("repeats", event.repeats);
}
void describe(auto& archive, Is<event::AttemptEnded> auto& event) {
  archive.field("frame", event.frame);
  archive.choice_or_first("phase", event.phase, kPhaseNames);
  archive.field("attempt", event.attempt);
  describe(archive, event.outcome);
  archive.field("defect", event.defect);
}
void describe(auto& archive, Is<event::AttemptPending> auto& event) {
  archive.field("frame", event.frame);
  archive.choice_or_first("phase", event.phase, kPhaseNames);
  archive.field("attempt", event.attempt);
  archive.field("poll_url", event.poll_url);
  archive.field("poll_at", event.poll_at);
  archive.field("until", event.until);
}
void describe(auto& archive, Is<event::BackingOff> auto& event) {
  archive.field("frame", event.frame);
  archive.choice_or_first("phase", event.phase, kPhaseNames);
  archive.field("due", event.due);
  archive.moment("began", event.began);
  archive.field("ladder", event.ladder);
  archive.field("resend", event.resend);
  archive.field("attempt", event.attempt);
  archive.payload("arguments", event.arguments);
}
void describe(auto& archive, Is<event::StepSettled> auto& event) {
  archive.field("frame", event.frame);
  archive.choice("verdict", event.verdict, kVerdictNames);
  archive.payload("result", event.result);
  archive.payload("error", event.error);
  archive.field("by", event.by);
}
void describe(auto& archive, Is<event::ResolveStarted> auto& event) {
  archive.field("frame", event.frame);
  archive.moment("at", event.at);
  archive.field("key", event.key);
  archive.payload("arguments", event.arguments);
}
void describe(auto& archive, Is<event::Failed> auto& event) {
  archive.field("frame", event.frame);
  archive.field("origin", event.origin);
  archive.payload("error", event.error);
  archive.choice("cause", event.cause, kCauseNames);
}
void describe(auto& archive, Is<event::Compensating> auto& event) {
  archive.field("frame", event.frame);
}
void describe(auto& archive, Is<event::CompensationStarted> auto& event) {
  archive.field("frame", event.frame);
  archive.moment("at", event.at);
  archive.field("key", event.key);
  archive.payload("arguments", event.arguments);
  archive.field("block", event.is_block);
  archive.field("unknown", event.is_unknown_twin);
}
void describe(auto& archive, Is<event::CompensationEnded> auto& event) {
  archive.field("frame", event.frame);
  archive.field("skipped", event.skipped);
  archive.field("by", event.by);
}
void describe(auto& archive, Is<event::Undone> auto& event) { archive.field("frame", event.frame); }
void describe(auto& archive, Is<event::Parked> auto& event) {
  archive.field("frame", event.frame);
  archive.field("reason", event.reason);
}
void describe(auto& archive, Is<event::Resumed> auto& event) {
  archive.field("frame", event.frame);
  archive.moment("at", event.at);
}
void describe(auto& archive, Is<event::CancelRequested> auto& event) {
  archive.field("actor", event.actor);
  archive.field("reason", event.reason);
}
void describe(auto& archive, Is<event::OperatorActed> auto& event) {
  archive.choice("verb", event.verb, kVerbNames);
  archive.field("actor", event.actor);
  archive.field("reason", event.reason);
  archive.field("frame", event.frame);
}
void describe(auto&, Is<event::DeadlinePassed> auto&) {}
void describe(auto& archive, Is<event::Noted> auto& event) {
  archive.field("frame", event.frame);
  archive.field("text", event.text);
  archive.field("advances", event.advances);
}
void describe(auto& archive, Is<event::Alerted> auto& event) {
  archive.field("frame", event.frame);
  archive.field("text", event.text);
  archive.field("to", event.to);
  archive.field("inconsistency", event.is_inconsistency);
  archive.field("advances", event.advances);
}
void describe(auto& archive, Is<event::Replied> auto& event) {
  archive.field("frame", event.frame);
  archive.payload("output", event.output);
}
void describe(auto& archive, Is<event::Returned> auto& event) {
  archive.payload("output", event.output);
}
void describe(auto& archive, Is<event::RolledBack> auto& event) {
  archive.field("frame", event.frame);
  archive.ids("steps", event.steps);
}
void describe(auto& archive, Is<event::Won> auto& event) { archive.field("frame", event.frame); }
void describe(auto& archive, Is<event::MessageSent> auto& event) {
  archive.field("to", event.to);
  archive.field("number", event.number);
  archive.nested("body", event.body);
}
void describe(auto& archive, Is<event::MessageReceived> auto& event) {
  archive.field("from", event.from);
  archive.field("number", event.number);
}
void describe(auto& archive, Is<event::Ended> auto& event) {
  archive.choice("status", event.status, kStatusNames);
  archive.payload("output", event.output);
  archive.payload("error", event.error);
}
void describe(auto& archive, Is<event::Reopened> auto& event) {
  archive.payload("error", event.error);
}
void describe(auto& archive, Is<Event> auto& event) {
  archive.seq("seq", event.seq);
  describe_variant(archive, event.body, kEventKinds);
}

}  // namespace detail

std::string_view name_of(FrameKind kind) {
  return detail::kFrameKindNames[static_cast<std::size_t>(kind)];
}
std::string_view name_of(Verdict verdict) {
  return detail::kVerdictNames[static_cast<std::size_t>(verdict)];
}
std::string_view kind_of(const Event& event) { return detail::kEventKinds[event.body.index()]; }

namespace {

constexpr std::size_t kEventBytes = 100;  // of an event without its texts

std::size_t text_of(const MessageBody& body) {
  return std::visit(
      [](const auto& message) {
        std::size_t bytes = 0;
        if constexpr (requires { message.output; }) {
          bytes += message.output.size() + message.error.size();
        }
        if constexpr (requires { message.start; }) bytes += message.start.input.size();
        return bytes;
      },
      body);
}

}  // namespace

std::size_t size_of(const EventBody& body) {
  return std::visit(
      [](const auto& event) {
        std::size_t bytes = kEventBytes;
        if constexpr (requires { event.binding; }) bytes += event.binding.value.size();
        if constexpr (requires { event.arguments; }) bytes += event.arguments.size();
        if constexpr (requires { event.text; }) bytes += event.text.size();
        if constexpr (requires { event.error; }) bytes += event.error.size();
        if constexpr (requires { event.result; }) bytes += event.result.size();
        if constexpr (requires { event.output; }) bytes += event.output.size();
        if constexpr (requires { event.outcome; }) bytes += event.outcome.body.size();
        if constexpr (requires { event.start; }) bytes += event.start.input.size();
        if constexpr (requires { event.body; }) bytes += text_of(event.body);
        if constexpr (requires { event.items; }) {
          for (const base::JsonText& item : event.items) bytes += item.size();
        }
        if constexpr (requires { event.bindings; }) {
          for (const Binding& binding : event.bindings) bytes += binding.value.size();
        }
        return bytes;
      },
      body);
}

FrameId frame_of(const Event& event) {
  return std::visit(
      [](const auto& body) -> FrameId {
        if constexpr (requires { body.frame; }) {
          return body.frame;
        } else {
          return 0;
        }
      },
      event.body);
}

namespace {

base::JsonText encode_all(const std::vector<Event>& events, const RowHead* row) {
  base::JsonText out;
  detail::RecordWriter writer(out, row);
  writer.json().begin_array();
  for (const Event& event : events) {
    writer.json().begin_object();
    describe(writer, event);
    writer.json().end_object();
  }
  writer.json().end_array();
  return out;
}

base::Result<std::vector<Event>> decode_all(std::string_view text, RowHead* row) {
  base::Result<base::Json> json = base::parse_json(text, detail::kStoredLimits);
  if (!json) return base::fail(base::ErrorCode::kCorrupt, json.error().message);
  if (json->kind != base::Json::Kind::kArray) {
    return base::fail(base::ErrorCode::kCorrupt, "stored events are no array");
  }
  std::vector<Event> events;
  events.reserve(json->items.size());
  for (const base::Json& item : json->items) {
    base::Result<Event> event = detail::decode_record<Event>(item, "event", row);
    if (!event) return base::fail(event.error());
    events.push_back(std::move(*event));
    if (row != nullptr) ++row->first_seq;
  }
  return events;
}

}  // namespace

base::JsonText encode_events(const std::vector<Event>& events) {
  return encode_all(events, nullptr);
}
base::JsonText encode_row_events(const std::vector<Event>& events, const RowHead& row) {
  return encode_all(events, &row);
}

base::Result<std::vector<Event>> decode_events(std::string_view text) {
  return decode_all(text, nullptr);
}
base::Result<std::vector<Event>> decode_row_events(std::string_view text, RowHead row) {
  return decode_all(text, &row);
}

base::JsonText encode_row_input(const Input& input) {
  if (std::holds_alternative<StartInput>(input)) return R"({"kind":"start"})";
  return encode(input);
}

base::Result<Input> decode_row_input(std::string_view text, const std::vector<Event>& events) {
  const bool starts = !events.empty() && std::holds_alternative<event::Started>(events[0].body);
  if (!starts || text != R"({"kind":"start"})") return decode_input(text);
  return Input(std::get<event::Started>(events[0].body).start);
}

}  // namespace saga::core
