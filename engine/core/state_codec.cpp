#include "engine/core/state_codec.hpp"

#include <algorithm>

#include "engine/core/input_records.hpp"

namespace saga::core {
namespace detail {

// The position of an enumerator: it is written and read by the same program.
template <class Enum>
static void position(RecordWriter& archive, std::string_view name, const Enum& value) {
  archive.field(name, static_cast<std::uint32_t>(value));
}
template <class Enum>
static void position(RecordReader& archive, std::string_view name, Enum& value) {
  std::uint32_t number = 0;
  archive.field(name, number);
  if (number > UINT8_MAX) return archive.fail(name);
  value = static_cast<Enum>(number);
}

static void id_set(RecordWriter& archive, std::string_view name, const std::set<FrameId>& ids) {
  archive.ids(name, {ids.begin(), ids.end()});
}
static void id_set(RecordReader& archive, std::string_view name, std::set<FrameId>& ids) {
  std::vector<FrameId> read;
  archive.ids(name, read);
  ids = {read.begin(), read.end()};
}

static void maybe_id(RecordWriter& archive, std::string_view name,
                     const std::optional<FrameId>& id) {
  archive.id(name, id.value_or(kNone));
}
static void maybe_id(RecordReader& archive, std::string_view name, std::optional<FrameId>& id) {
  FrameId read = kNone;
  archive.id(name, read);
  if (read != kNone) id = read;
}

struct LadderRow {
  std::uint32_t clause = 0;
  Exchange::Ladder ladder;
};
void describe(auto& archive, Is<LadderRow> auto& row) {
  archive.field("clause", row.clause);
  archive.field("uses", row.ladder.uses);
  archive.field("began", row.ladder.began);
}
static void ladders(RecordWriter& archive, const std::map<std::uint32_t, Exchange::Ladder>& all) {
  std::vector<LadderRow> rows;
  for (const auto& [clause, ladder] : all) rows.push_back({clause, ladder});
  archive.list("ladders", rows);
}
static void ladders(RecordReader& archive, std::map<std::uint32_t, Exchange::Ladder>& all) {
  std::vector<LadderRow> rows;
  archive.list("ladders", rows);
  for (const LadderRow& row : rows) all.emplace(row.clause, row.ladder);
}

struct ReceivedRow {
  std::string sender;
  std::uint64_t number = 0;
};
void describe(auto& archive, Is<ReceivedRow> auto& row) {
  archive.field("sender", row.sender);
  archive.field("number", row.number);
}
static void received(RecordWriter& archive, const std::map<std::string, std::uint64_t>& all) {
  std::vector<ReceivedRow> rows;
  for (const auto& [sender, number] : all) rows.push_back({sender, number});
  archive.list("received", rows);
}
static void received(RecordReader& archive, std::map<std::string, std::uint64_t>& all) {
  std::vector<ReceivedRow> rows;
  archive.list("received", rows);
  for (ReceivedRow& row : rows) all.emplace(std::move(row.sender), row.number);
}

void describe(auto& archive, Is<Exchange> auto& exchange) {
  position(archive, "phase", exchange.phase);
  archive.field("key", exchange.key);
  archive.payload("arguments", exchange.arguments);
  archive.field("attempt", exchange.attempt);
  archive.field("in_flight", exchange.in_flight);
  archive.field("pending", exchange.pending);
  archive.field("any_unknown", exchange.any_unknown);
  archive.field("asked", exchange.asked);
  archive.field("alerted", exchange.alerted);
  archive.field("started_at", exchange.started_at);
  archive.field("sent_at", exchange.sent_at);
  archive.field("until", exchange.until);
  archive.field("due", exchange.due);
  archive.field("within", exchange.within);
  archive.field("polls", exchange.polls);
  archive.field("poll_url", exchange.poll_url);
  archive.field("fault", exchange.fault);
  archive.payload("error", exchange.error);
  ladders(archive, exchange.ladders);
}

void describe(auto& archive, Is<Step> auto& step) {
  position(archive, "status", step.status);
  position(archive, "verdict", step.verdict);
  archive.field("key", step.key);
  archive.id("slot", step.slot);
  archive.field("pivot", step.is_pivot);
  archive.field("cancel_sent", step.cancel_sent);
  archive.field("late_told", step.late_told);
  archive.field("child_id", step.child_id);
  archive.nested("exchange", step.exchange);
  archive.field("action_attempts", step.action_attempts);
  archive.payload("action_arguments", step.action_arguments);
  archive.payload("error", step.error);
  archive.field("undo_is_block", step.undo_is_block);
  archive.field("undo_is_twin", step.undo_is_twin);
  archive.field("undo_from", step.undo_from);
}

void describe(auto& archive, Is<Frame> auto& frame) {
  position(archive, "kind", frame.kind);
  position(archive, "status", frame.status);
  archive.field("parent", frame.parent);
  archive.id("node", frame.node);
  archive.field("path", frame.path);
  archive.field("index", frame.index);
  archive.field("next", frame.next);
  archive.field("count", frame.count);
  archive.field("finished", frame.finished);
  archive.payloads("items", frame.items);
  archive.list("bindings", frame.bindings);
  archive.ids("children", frame.children);
  archive.ids("active", frame.active);
  archive.field("until", frame.until);
  archive.field("since", frame.since);
  archive.payload("error", frame.error);
  archive.field("origin", frame.origin);
  archive.field("handled", frame.handled);
  archive.field("parked", frame.parked);
  archive.nested("step", frame.step);
}

void describe(auto& archive, Is<std::vector<FrameId>> auto& ids) { archive.ids("ids", ids); }

struct Ended {
  Status status = Status::kRunning;
};
void describe(auto& archive, Is<Ended> auto& ended) { position(archive, "status", ended.status); }
static void maybe_ended(RecordWriter& archive, const std::optional<Status>& status) {
  archive.nested("ended", status ? std::optional(Ended{*status}) : std::nullopt);
}
static void maybe_ended(RecordReader& archive, std::optional<Status>& status) {
  std::optional<Ended> read;
  archive.nested("ended", read);
  if (read) status = read->status;
}

static void format(RecordWriter& archive) { archive.field("format", kStateFormat); }
static void format(RecordReader& archive) {
  std::uint32_t read = 0;
  archive.field("format", read);
}

void describe(auto& archive, Is<State> auto& state) {
  format(archive);
  archive.field("id", state.id);
  archive.field("definition", state.definition);
  archive.field("definition_hash", state.definition_hash);
  archive.field("key", state.key);
  archive.payload("input", state.input);
  archive.nested("parent", state.parent);
  archive.field("started_at", state.started_at);
  archive.field("last_seq", state.last_seq);
  archive.field("bytes", state.bytes);
  archive.list("frames", state.frames);
  id_set(archive, "in_flight", state.in_flight);
  id_set(archive, "timed", state.timed);
  id_set(archive, "parked", state.parked);
  id_set(archive, "background", state.background);
  archive.list("rollbacks", state.rollbacks);
  id_set(archive, "losers", state.losers);
  maybe_id(archive, "open_pivot", state.open_pivot);
  archive.field("pivot_passed", state.pivot_passed);
  archive.field("deadline", state.deadline);
  archive.field("cancel_requested", state.cancel_requested);
  archive.field("cancel_reason", state.cancel_reason);
  archive.field("deadline_passed", state.deadline_passed);
  position(archive, "cause", state.cause);
  archive.field("left_over", state.left_over);
  archive.field("reopened", state.reopened);
  archive.field("returned", state.returned);
  maybe_id(archive, "on_stuck", state.on_stuck);
  archive.field("stuck_told", state.stuck_told);
  maybe_ended(archive, state.ended);
  archive.payload("output", state.output);
  archive.payload("error", state.error);
  archive.field("messages_sent", state.messages_sent);
  received(archive, state.received);
}

// Whether all that the frames and sets name is there.
static bool is_closed(const State& state) {
  const auto is_frame = [&](FrameId id) { return id < state.frames.size(); };
  const auto is_step = [&](FrameId id) { return is_frame(id) && state.frames[id].step; };
  const auto all = [](const auto& ids, const auto& holds) {
    return std::ranges::all_of(ids, holds);
  };
  const bool frames = std::ranges::all_of(state.frames, [&](const Frame& frame) {
    const auto position = static_cast<FrameId>(&frame - state.frames.data());
    const bool is_below = frame.parent < position || position == 0;
    return is_below && is_frame(frame.parent) && is_frame(frame.origin) &&
           all(frame.children, is_frame) && all(frame.active, is_frame);
  });
  return frames && all(state.in_flight, is_step) && all(state.timed, is_frame) &&
         all(state.parked, is_frame) && all(state.background, is_step) &&
         all(state.losers, is_frame) && (!state.on_stuck || is_frame(*state.on_stuck)) &&
         std::ranges::all_of(state.rollbacks,
                             [&](const auto& steps) { return all(steps, is_step); }) &&
         (!state.open_pivot || is_step(*state.open_pivot));
}

}  // namespace detail

base::JsonText encode(const State& state) { return detail::encode_record(state); }

base::Result<State> decode_state(std::string_view text) {
  base::Result<base::Json> json = base::parse_json(text, detail::kStoredLimits);
  if (!json) return base::fail(base::ErrorCode::kCorrupt, json.error().message);
  if (json->integer("format") != kStateFormat) {
    return base::fail(base::ErrorCode::kNewerVersion, "a snapshot of another program");
  }
  base::Result<State> state = detail::decode_record<State>(*json, "snapshot");
  if (!state || detail::is_closed(*state)) return state;
  return base::fail(base::ErrorCode::kCorrupt, "a stored snapshot points outside itself");
}

}  // namespace saga::core
