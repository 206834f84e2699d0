#include "cli/history.hpp"

#include <array>
#include <cstdio>

#include "cli/console.hpp"
#include "cli/describe_event.hpp"
#include "dsl/source.hpp"
#include "engine/base/limits.hpp"
#include "engine/runtime/restore.hpp"

namespace saga::cli {
namespace {

constexpr base::JsonLimits kRowLimits{base::limits::kMaxRowBytes, 1'000};

std::uint32_t attempt_of(const core::Event& event) {
  return std::visit(
      [](const auto& body) -> std::uint32_t {
        if constexpr (requires { body.attempt; }) {
          return body.attempt;
        } else {
          return 0;
        }
      },
      event.body);
}

// The event's members but for those that a record has of its own.
base::JsonText data_of(const base::Json& json) {
  static constexpr std::array<std::string_view, 5> kOwn = {"seq", "kind", "attempt", "path", "at"};
  base::JsonText text;
  base::JsonWriter out(text);
  out.begin_object();
  for (const auto& [name, member] : json.members) {
    bool own = false;
    for (const std::string_view other : kOwn) own = own || other == name;
    if (!own) out.key(name).raw(base::to_text(member));
  }
  out.end_object();
  return text;
}

}  // namespace

void HistoryReader::remember(const core::Event& event) {
  if (const auto* step = std::get_if<core::event::StepStarted>(&event.body)) {
    frames_[step->frame] = {step->path, step->node, false};
  } else if (const auto* undo = std::get_if<core::event::CompensationStarted>(&event.body)) {
    frames_[undo->frame].is_twin = undo->is_unknown_twin;
  } else if (const auto* entered = std::get_if<core::event::Entered>(&event.body)) {
    std::string path = entered->path.empty() ? frames_[entered->parent].path : entered->path;
    frames_[entered->frame] = {std::move(path), entered->node, false};
  } else if (std::holds_alternative<core::event::CancelRequested>(event.body)) {
    is_cancel_open_ = true;
  } else if (const auto* started = std::get_if<core::event::Started>(&event.body)) {
    began_ = started->at;
    frames_[0] = {};
  }
}

const EventPlace& HistoryReader::place_of(const core::Event& event) const {
  static const EventPlace none;
  const auto found = frames_.find(core::frame_of(event));
  return found == frames_.end() ? none : found->second;
}

base::Result<std::vector<HistoryRecord>> HistoryReader::read(const ports::HistoryRow& row) {
  base::Result<std::vector<core::Event>> events = runtime::events_of(row);
  if (!events) return base::fail(events.error());
  base::Result<base::Json> json = base::parse_json(core::encode_events(*events), kRowLimits);
  if (!json) return base::fail(json.error());
  std::vector<HistoryRecord> records;
  for (std::size_t i = 0; i < events->size(); ++i) {
    const core::Event& event = (*events)[i];
    remember(event);
    const EventPlace& place = place_of(event);
    HistoryRecord record;
    record.seq = event.seq;
    record.at = row.at;
    record.kind = core::kind_of(event);
    record.step = place.path;
    record.attempt = attempt_of(event);
    const bool known = definition_ && place.node < definition_->nodes.size();
    if (known) record.span = definition_->nodes[place.node].span;
    record.data = data_of(json->items[i]);
    record.text = describe_event(event, place, definition_.get(), row.at - began_);
    const auto* ended = std::get_if<core::event::Ended>(&event.body);
    if (ended != nullptr && ended->status == core::Status::kCompleted && is_cancel_open_)
      record.text += "; the cancel came too late";
    records.push_back(std::move(record));
  }
  return records;
}

base::JsonText to_json(const HistoryRecord& record, const core::Definition& definition) {
  base::JsonText text;
  base::JsonWriter out(text);
  out.begin_object().key("seq").integer(static_cast<std::int64_t>(record.seq));
  out.key("at").string(base::format_time(record.at));
  out.key("kind").string(record.kind);
  out.key("step").string(record.step);
  if (record.attempt > 0) out.key("attempt").integer(record.attempt);
  if (record.span && record.span->file < definition.sources.size()) {
    const core::Source& source = definition.sources[record.span->file];
    out.key("span").begin_object().key("file").string(source.path);
    if (source.text) {
      const dsl::Position place =
          dsl::SourceFile(source.path, *source.text).position(record.span->begin);
      out.key("line").integer(static_cast<std::int64_t>(place.line));
      out.key("column").integer(static_cast<std::int64_t>(place.column));
    }
    out.key("begin").integer(record.span->begin).key("end").integer(record.span->end).end_object();
  }
  out.key("data").raw(record.data).end_object();
  return text;
}

std::string to_line(const HistoryRecord& record, base::TimePoint began) {
  const auto milliseconds = static_cast<long long>((record.at - began).count());
  std::array<char, 32> clock;
  std::snprintf(clock.data(), clock.size(), "%8lld.%03llds  ", milliseconds / 1000,
                milliseconds % 1000);
  return clock.data() + printable(record.text);
}

}  // namespace saga::cli
