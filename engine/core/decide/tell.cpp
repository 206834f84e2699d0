#include <algorithm>

#include "engine/base/limits.hpp"
#include "engine/core/decide/decide.hpp"
#include "engine/core/decide/environment.hpp"
#include "engine/core/decide/statement.hpp"
#include "engine/core/decide/step_path.hpp"

namespace saga::core::decide {
namespace {

std::optional<std::string> text_or_park(Turn& turn, ExpressionId expression, FrameId block) {
  std::optional<base::Value> value = evaluate_or_park(turn, expression, block);
  if (!value) return std::nullopt;
  const auto* found = value->as<std::string>();
  std::string text = found != nullptr ? *found : base::to_json(*value);
  if (text.size() > base::limits::kMaxNoteBytes) {
    std::size_t end = base::limits::kMaxNoteBytes;
    while ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // whole characters
    text.resize(end);
  }
  return text;
}

}  // namespace

bool run_note(Turn& turn, FrameId block, const NoteNode& node) {
  std::optional<std::string> text = text_or_park(turn, node.text, block);
  if (!text) return false;
  turn.emit(event::Noted{block, std::move(*text), true});
  return true;
}

bool run_alert(Turn& turn, FrameId block, const AlertNode& node) {
  std::optional<std::string> text = text_or_park(turn, node.text, block);
  if (!text) return false;
  event::Alerted alerted{block, std::move(*text), "", node.is_inconsistency, true};
  if (node.to != kNone) {
    std::optional<std::string> to = text_or_park(turn, node.to, block);
    if (!to) return false;
    alerted.to = std::move(*to);
  }
  turn.alert(std::move(alerted));
  return true;
}

bool run_escalate(Turn& turn, FrameId block, NodeId id, const EscalateNode& node) {
  std::optional<std::string> text = text_or_park(turn, node.text, block);
  if (!text) return false;
  std::optional<std::string> to = std::string();
  if (node.to != kNone) to = text_or_park(turn, node.to, block);
  if (!to) return false;
  event::Entered entered;
  entered.frame = static_cast<FrameId>(turn.state.frames.size());
  entered.parent = block;
  entered.kind = FrameKind::kEscalation;
  entered.node = id;
  entered.path = path_in(turn.state, block, "escalate");
  const FrameId frame = entered.frame;
  turn.emit(std::move(entered));
  turn.escalate(frame, *text, std::move(*to));
  return false;
}

bool run_reply(Turn& turn, FrameId block, const ReplyNode& node) {
  std::optional<base::JsonText> value = payload_or_park(turn, node.value, block);
  if (!value) return false;
  turn.emit(event::Replied{block, std::move(*value)});
  return true;
}

namespace {

// Whether a frame is an instance of one of these steps, or stands in one's handler.
bool is_part_of(const State& state, FrameId id, FrameId round, const std::vector<NodeId>& steps) {
  for (; id != round && id != 0; id = state.frames[id].parent) {
    const Frame& frame = state.frames[id];
    if (frame.step && std::find(steps.begin(), steps.end(), frame.node) != steps.end()) return true;
  }
  return false;
}

}  // namespace

bool run_rollback(Turn& turn, FrameId block, const RollbackNode& node) {
  const State& state = turn.state;
  event::RolledBack event{block, {}};
  const FrameId round =
      node.steps.empty() ? block : frame_around(turn.definition, state, block, node.steps.front());
  for (FrameId id = round + 1; id < state.frames.size(); ++id) {
    const bool counts = state.frames[id].step && !state.is_shielded(id) &&
                        state.is_inside(id, round) && is_part_of(state, id, round, node.steps) &&
                        needs_compensation(turn, id);
    if (counts) event.steps.push_back(id);
  }
  turn.emit(std::move(event));
  return true;
}

}  // namespace saga::core::decide
