#include "engine/runtime/saga_view.hpp"

#include "engine/core/machine.hpp"

namespace saga::runtime {
namespace {

void write_payload(base::JsonWriter& json, std::string_view name, const base::JsonText& payload) {
  json.key(name);
  if (payload.empty()) {
    json.null();
  } else {
    json.raw(payload);
  }
}

void write_paths(base::JsonWriter& json, std::string_view name,
                 const std::vector<std::string>& paths) {
  json.key(name).begin_array();
  for (const std::string& path : paths) json.string(path);
  json.end_array();
}

void write_parked(base::JsonWriter& json, const SagaView& view) {
  json.key("parked").begin_array();
  for (const SagaView::ParkedStep& parked : view.parked) {
    json.begin_object().key("step").string(parked.step);
    json.key("reason").string(parked.reason);
    if (parked.since) json.key("since").string(base::format_time(*parked.since));
    json.key("verbs").begin_array();
    for (const std::string& verb : parked.verbs) json.string(verb);
    json.end_array();
    if (parked.undone_by != core::Cause::kNone)
      json.key("undone_by").string(core::name_of(parked.undone_by));
    json.end_object();
  }
  json.end_array();
}

void write_waiting(base::JsonWriter& json, const SagaView& view) {
  json.key("waiting").begin_array();
  for (const SagaView::Waiting& waiting : view.waiting) {
    json.begin_object().key("step").string(waiting.step);
    json.key("attempts").integer(waiting.attempts);
    if (waiting.due) json.key("due").string(base::format_time(*waiting.due));
    if (!waiting.why.empty()) json.key("why").string(waiting.why);
    json.end_object();
  }
  json.end_array();
}

bool is_backing_off(core::StepStatus status) {
  return status == core::StepStatus::kBackingOff ||
         status == core::StepStatus::kResolveBackingOff ||
         status == core::StepStatus::kCompensationBackingOff;
}

std::vector<SagaView::Waiting> waiting_steps(const core::State& state) {
  std::vector<SagaView::Waiting> waiting;
  if (state.ended) return waiting;
  for (const core::FrameId id : state.timed) {
    const core::Frame& frame = state.frames[id];
    if (!frame.step || !is_backing_off(frame.step->status)) continue;
    const core::Exchange& exchange = frame.step->exchange;
    waiting.push_back({id, frame.path, exchange.attempt, exchange.due, ""});
  }
  return waiting;
}

// A step ahead of the pivot that a cancel, a deadline or a failure around it turns back from.
bool is_forward(const core::State& state, core::FrameId id) {
  const core::Frame& frame = state.frames[id];
  return frame.step && !frame.step->is_pivot && !core::is_compensating(frame.step->status) &&
         !state.pivot_passed && !state.is_shielded(id);
}

core::Cause cause_of_undoing(const core::State& state, core::FrameId id) {
  if (!is_forward(state, id)) return core::Cause::kNone;
  if (state.cancel_requested) return core::Cause::kCanceled;
  if (state.deadline_passed) return core::Cause::kDeadline;
  return state.is_stopping(id) ? core::Cause::kFailed : core::Cause::kNone;
}

SagaView::ParkedStep parked_step(const core::Definition& definition, const core::State& state,
                                 core::FrameId id) {
  SagaView::ParkedStep parked;
  parked.frame = id;
  parked.step = state.frames[id].path;
  parked.reason = state.frames[id].parked;
  parked.is_forward = is_forward(state, id);
  parked.undone_by = cause_of_undoing(state, id);
  const auto takes = [&](core::OperatorVerb verb) {
    core::OperatorInput input;
    input.verb = verb;
    input.step = state.path_of(id);
    return core::check_operator(definition, state, input).has_value();
  };
  if (takes(core::OperatorVerb::kRetry)) parked.verbs.emplace_back("retry");
  const bool is_escalation = state.frames[id].kind == core::FrameKind::kEscalation;
  if (state.frames[id].step || is_escalation) parked.verbs.emplace_back("settle");
  if (takes(core::OperatorVerb::kSkip)) parked.verbs.emplace_back("skip");
  if (takes(core::OperatorVerb::kCancel)) parked.verbs.emplace_back("cancel");
  if (!state.frames[id].step && !is_escalation) parked.verbs.emplace_back("terminate");
  return parked;
}

}  // namespace

core::Cause undone_by(const SagaView& view, const SagaView::ParkedStep& parked,
                      base::TimePoint now) {
  if (parked.undone_by != core::Cause::kNone || !parked.is_forward) return parked.undone_by;
  return view.deadline && *view.deadline <= now ? core::Cause::kDeadline : core::Cause::kNone;
}

SagaView make_view(const core::Definition& definition, const core::State& state,
                   base::TimePoint updated_at) {
  SagaView view;
  view.id = state.id;
  view.definition = state.definition;
  view.version = definition.version;
  view.key = state.key;
  if (state.parent) view.parent_id = state.parent->saga_id;
  view.status = state.status();
  view.cause = state.cause;
  view.input = state.input;
  view.output = state.output;
  view.error = state.error;
  view.seq = state.last_seq;
  view.started_at = state.started_at;
  view.updated_at = updated_at;
  view.current = core::current_steps(state);
  view.cancel_requested =
      state.cancel_requested && !state.ended && state.cause == core::Cause::kNone;
  view.left_over = core::left_over(definition, state);
  for (const core::FrameId id : state.parked) {
    view.parked.push_back(parked_step(definition, state, id));
  }
  view.waiting = waiting_steps(state);
  view.next_due = core::next_due(state);
  if (!state.ended && !state.deadline_passed) view.deadline = state.deadline;
  return view;
}

base::JsonText to_json(const SagaView& view) {
  base::JsonText text;
  base::JsonWriter json(text);
  json.begin_object().key("id").string(view.id).key("definition").string(view.definition);
  json.key("version").integer(view.version).key("key").string(view.key);
  json.key("status").string(core::name_of(view.status));
  json.key("cause").string(core::name_of(view.cause));
  write_payload(json, "input", view.input);
  write_payload(json, "output", view.output);
  write_payload(json, "error", view.error);
  json.key("seq").integer(static_cast<std::int64_t>(view.seq));
  json.key("started_at").string(base::format_time(view.started_at));
  json.key("updated_at").string(base::format_time(view.updated_at));
  write_paths(json, "current", view.current);
  write_paths(json, "left_over", view.left_over);
  if (view.cancel_requested) json.key("cancel_requested").boolean(true);
  if (!view.parent_id.empty()) json.key("parent_id").string(view.parent_id);
  if (!view.parked.empty()) write_parked(json, view);
  if (!view.waiting.empty()) write_waiting(json, view);
  if (view.next_due) json.key("next_due").string(base::format_time(*view.next_due));
  json.end_object();
  return text;
}

}  // namespace saga::runtime
