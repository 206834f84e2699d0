#pragma once

#include <concepts>
#include <type_traits>

#include "engine/base/limits.hpp"
#include "engine/core/event.hpp"
#include "engine/core/input.hpp"
#include "engine/core/record_codec.hpp"

// The fields of inputs and messages, each listed once for both directions; FORMAT.md shows their
// JSON.
namespace saga::core::detail {

// T, const or not: lets one `describe` serve writer and reader.
template <class T, class Record>
concept Is = std::same_as<std::remove_const_t<T>, Record>;

inline constexpr std::array<std::string_view, 3> kPhaseNames = {"action", "resolve", "compensate"};
inline constexpr std::array<std::string_view, 6> kOutcomeNames = {
    "done", "rejected", "transient", "pending", "unknown", "defect"};
inline constexpr std::array<std::string_view, 6> kStatusNames = {
    "running", "compensating", "completed", "compensated", "stuck", "terminated"};
inline constexpr std::array<std::string_view, 4> kCauseNames = {"", "failed", "canceled",
                                                                "deadline"};
inline constexpr std::array<std::string_view, 5> kVerbNames = {"cancel", "terminate", "retry",
                                                               "skip", "settle"};
inline constexpr std::array<std::string_view, 3> kCommandNames = {"cancel", "compensate",
                                                                  "terminate"};
inline constexpr std::array<std::string_view, 6> kInputKinds = {"start",     "answer",   "timer",
                                                                "recovered", "operator", "message"};
inline constexpr std::array<std::string_view, 3> kMessageKinds = {"child_ended", "child_command",
                                                                  "child_start"};

// A variant is an object with its alternative's name in `kind`.
template <class Variant, std::size_t N>
void describe_variant(RecordWriter& archive, const Variant& variant,
                      const std::array<std::string_view, N>& kinds) {
  static_assert(std::variant_size_v<Variant> == N);
  archive.json().key("kind").string(kinds[variant.index()]);
  std::visit([&](const auto& body) { describe(archive, body); }, variant);
}

template <class Variant, std::size_t I = 0>
void read_alternative(RecordReader& archive, Variant& variant, std::size_t index) {
  if constexpr (I < std::variant_size_v<Variant>) {
    if (index == I) return describe(archive, variant.template emplace<I>());
    read_alternative<Variant, I + 1>(archive, variant, index);
  }
}

template <class Variant, std::size_t N>
void describe_variant(RecordReader& archive, Variant& variant,
                      const std::array<std::string_view, N>& kinds) {
  static_assert(std::variant_size_v<Variant> == N);
  std::string kind;
  archive.field("kind", kind);
  for (std::size_t i = 0; i < N; ++i) {
    if (kinds[i] == kind) return read_alternative(archive, variant, i);
  }
  archive.fail("kind");
}

void describe(auto& archive, Is<Outcome> auto& outcome) {
  archive.choice("outcome", outcome.kind, kOutcomeNames);
  archive.payload("body", outcome.body);
  archive.field("error", outcome.error);
  archive.field("message", outcome.message);
  archive.field("retry_after", outcome.retry_after);
  archive.field("fenced", outcome.fenced);
  archive.field("misconfigured", outcome.misconfigured);
  archive.field("poll_url", outcome.poll_url);
}
void describe(auto& archive, Is<Binding> auto& binding) {
  archive.id("slot", binding.slot);
  archive.payload("value", binding.value);
}
void describe(auto& archive, Is<ParentRef> auto& parent) {
  archive.field("saga_id", parent.saga_id);
  archive.field("frame", parent.frame);
  archive.choice_or_first("phase", parent.phase, kPhaseNames);
  archive.field("root_id", parent.root_id);
}
void describe(auto& archive, Is<StartInput> auto& start) {
  archive.field("saga_id", start.saga_id);
  archive.field("definition", start.definition);
  archive.field("definition_hash", start.definition_hash);
  archive.payload("input", start.input);
  archive.field("key", start.key);
  archive.nested("parent", start.parent);
}
void describe(auto& archive, Is<AnswerInput> auto& answer) {
  archive.field("frame", answer.frame);
  archive.choice_or_first("phase", answer.phase, kPhaseNames);
  archive.field("attempt", answer.attempt);
  describe(archive, answer.outcome);
  archive.field("is_callback", answer.is_callback);
  archive.field("holds_calls", answer.holds_calls);
}
void describe(auto&, Is<TimerInput> auto&) {}
void describe(auto&, Is<RecoveredInput> auto&) {}
void describe(auto& archive, Is<OperatorInput> auto& input) {
  archive.choice("verb", input.verb, kVerbNames);
  archive.field("actor", input.actor);
  archive.field("reason", input.reason);
  archive.field("step", input.step);
  archive.field("outcome_done", input.outcome_done);
  archive.payload("result", input.result);
  archive.field("holds_calls", input.holds_calls);
}
void describe(auto& archive, Is<ChildEndedMessage> auto& message) {
  archive.field("frame", message.frame);
  archive.choice_or_first("phase", message.phase, kPhaseNames);
  archive.choice("status", message.status, kStatusNames);
  archive.payload("output", message.output);
  archive.payload("error", message.error);
}
void describe(auto& archive, Is<ChildCommandMessage> auto& message) {
  archive.choice("command", message.command, kCommandNames);
}
void describe(auto& archive, Is<ChildStartMessage> auto& message) {
  archive.nested("start", message.start);
}
void describe(auto& archive, Is<MessageBody> auto& body) {
  describe_variant(archive, body, kMessageKinds);
}
void describe(auto& archive, Is<MessageInput> auto& input) {
  archive.field("from", input.from);
  archive.field("number", input.number);
  archive.nested("body", input.body);
  archive.field("holds_calls", input.holds_calls);
}
void describe(auto& archive, Is<Input> auto& input) {
  describe_variant(archive, input, kInputKinds);
}

// A whole record as one JSON object, and back: kCorrupt names the field.
template <class Record>
base::JsonText encode_record(const Record& record) {
  base::JsonText out;
  RecordWriter writer(out);
  writer.json().begin_object();
  describe(writer, record);
  writer.json().end_object();
  return out;
}

template <class Record>
base::Result<Record> decode_record(const base::Json& json, std::string_view what,
                                   const RowHead* row = nullptr) {
  Record record;
  RecordReader reader(json, row);
  if (json.kind == base::Json::Kind::kObject) {
    describe(reader, record);
    reader.finish();
  } else {
    reader.fail("not an object");
  }
  if (reader.failed().empty()) return record;
  return base::fail(base::ErrorCode::kCorrupt,
                    "a stored " + std::string(what) + " can't be read: `" + reader.failed() + "`");
}

// Stored text has passed a checksum; the limits only bound what a hostile file can ask for.
inline constexpr base::JsonLimits kStoredLimits{base::limits::kMaxRowBytes, 1'000};

}  // namespace saga::core::detail
