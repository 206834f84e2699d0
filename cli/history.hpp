#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cli/describe_event.hpp"
#include "engine/core/definition.hpp"
#include "engine/core/event.hpp"
#include "engine/ports/journal.hpp"

namespace saga::cli {

// One record of a saga's history as clients see it: DESIGN.md's
// {"seq","at","kind","step","attempt","span","data"}.
struct HistoryRecord {
  std::uint64_t seq = 0;
  base::TimePoint at;
  std::string kind;
  std::string step;  // path; empty = the saga's own
  std::uint32_t attempt = 0;
  std::optional<core::Span> span;  // into the definition's sources
  base::JsonText data;             // what else the event holds
  std::string text;  // the same for people; empty for what only the engine cares about
};

// Turns a saga's rows into records, in order. Remembers which frame is which step, so rows must be
// fed from the first one on.
class HistoryReader {
 public:
  explicit HistoryReader(std::shared_ptr<const core::Definition> definition)
      : definition_(std::move(definition)) {}

  // kCorrupt if the row's events can't be read.
  base::Result<std::vector<HistoryRecord>> read(const ports::HistoryRow& row);

 private:
  void remember(const core::Event& event);
  [[nodiscard]] const EventPlace& place_of(const core::Event& event) const;

  std::shared_ptr<const core::Definition> definition_;
  std::unordered_map<core::FrameId, EventPlace> frames_;
  base::TimePoint began_;
  bool is_cancel_open_ = false;  // requested, and nothing turned back yet
};

// One JSON object; the span is {"file","line","column"} where the source text is known.
base::JsonText to_json(const HistoryRecord& record, const core::Definition& definition);

// `  12.034s  charge: done` relative to `began`.
std::string to_line(const HistoryRecord& record, base::TimePoint began);

}  // namespace saga::cli
