#include "engine/core/decide/turn.hpp"

#include <algorithm>

#include "engine/base/limits.hpp"
#include "engine/core/decide/environment.hpp"

namespace saga::core::decide {

void Turn::emit(EventBody body) {
  bytes_ += size_of(body);
  Event event{state.last_seq + 1, std::move(body)};
  apply(state, event);
  transition_.events.push_back(std::move(event));
}

void Turn::send(const std::string& to, MessageBody body) {
  const std::uint64_t number = state.messages_sent + 1;
  emit(event::MessageSent{to, number, body});
  effect(MessageEffect{to, number, std::move(body)});
}

void Turn::alert(FrameId frame, const std::string& text) {
  emit(event::Alerted{frame, text, "", false, false});
  effect(AlertEffect{text, state.path_of(frame), "", false});
}

void Turn::park(FrameId frame, const std::string& text) {
  const std::string reason = base::valid_utf8(text);
  emit(event::Parked{frame, reason});
  effect(AlertEffect{"saga " + state.id + " needs a person: " + reason, state.path_of(frame), "",
                     false});
}

void Turn::escalate(FrameId frame, const std::string& text, std::string to) {
  const std::string reason = base::valid_utf8(text);
  emit(event::Parked{frame, reason});
  effect(AlertEffect{"saga " + state.id + " needs a person: " + reason, state.path_of(frame),
                     std::move(to), false});
}

void Turn::alert(event::Alerted alerted) {
  effect(AlertEffect{alerted.text, state.path_of(alerted.frame), alerted.to,
                     alerted.is_inconsistency});
  emit(std::move(alerted));
}

base::TimePoint Turn::after(base::Duration wait) const {
  if (wait <= base::Duration{0}) return now;
  return wait < kNever - now ? now + wait : std::max(now, kNever);
}

base::Result<base::Value> Turn::evaluate(ExpressionId expression, FrameId at) {
  FrameEnvironment environment(*this, at);
  return core::evaluate(definition, expression, environment);
}

base::Result<base::JsonText> Turn::evaluate_payload(ExpressionId expression, FrameId at) {
  base::Result<base::Value> value = evaluate(expression, at);
  if (!value) return base::fail(value.error());
  base::JsonText json = base::to_json(*value);
  if (json.size() <= base::limits::kMaxPayloadBytes) return json;
  return base::fail(base::ErrorCode::kDefect,
                    "a value of " + std::to_string(json.size()) + " bytes; at most " +
                        std::to_string(base::limits::kMaxPayloadBytes) + " are allowed");
}

base::Result<base::Duration> Turn::evaluate_duration(ExpressionId expression, FrameId at) {
  base::Result<base::Value> value = evaluate(expression, at);
  if (!value) return base::fail(value.error());
  const auto* duration = value->as<base::Duration>();
  if (duration == nullptr) return base::fail(base::ErrorCode::kDefect, "a duration is wanted here");
  return *duration;
}

const StepNode& Turn::step_node(FrameId frame) const {
  return std::get<StepNode>(definition.nodes[state.frames[frame].node].body);
}

const Compensation& compensation_of(const StepNode& node, bool unknown_twin) {
  return unknown_twin ? node.compensation_unknown : node.compensation;
}

const Call* Turn::call_of(FrameId frame) const {
  const Step& step = *state.frames[frame].step;
  const StepNode& node = step_node(frame);
  if (step.exchange.phase != Phase::kCompensate) return &node.action;
  const Compensation& compensation = compensation_of(node, step.undo_is_twin);
  return compensation.kind == Compensation::Kind::kCall ? &compensation.call : nullptr;
}

const Operation* Turn::operation_of(FrameId frame) const {
  const Call* call = call_of(frame);
  if (call == nullptr || call->operation == kNone) return nullptr;
  const Operation& operation = definition.operations[call->operation];
  if (state.frames[frame].step->exchange.phase != Phase::kResolve) return &operation;
  return &definition.operations[operation.resolve];
}

base::JsonText error_json(std::string_view name, std::string_view message) {
  base::JsonText out;
  base::JsonWriter json(out);
  json.begin_object().key("error").string(name).key("message").string(message).end_object();
  return out;
}

namespace {

base::Json read_error(const base::JsonText& error) {
  base::Result<base::Json> json =
      base::parse_json(error, {base::limits::kMaxPayloadBytes, base::limits::kMaxJsonDepth + 2});
  return json ? std::move(*json) : base::Json{};
}

}  // namespace

std::string error_name(const base::JsonText& error) {
  return read_error(error).string("error").value_or("");
}

std::string error_text(const base::JsonText& error) {
  const base::Json json = read_error(error);
  const std::string name = json.string("error").value_or("");
  const std::string message = json.string("message").value_or("");
  const std::size_t own = json.find("message") == nullptr ? 1 : 2;
  const bool has_fields = json.members.size() > own;
  if (name.empty() || (message.empty() && has_fields)) return error;
  return message.empty() || message == name ? name : name + ": " + message;
}

}  // namespace saga::core::decide
