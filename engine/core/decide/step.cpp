#include <algorithm>

#include "engine/base/limits.hpp"
#include "engine/core/decide/decide.hpp"
#include "engine/core/decide/environment.hpp"

namespace saga::core::decide {
namespace {

base::Result<base::JsonText> arguments_of(Turn& turn, const Call& call, FrameId at) {
  const Definition& definition = turn.definition;
  const TypeId input = call.operation != kNone ? definition.operations[call.operation].input
                                               : definition.children[call.child].input;
  const std::vector<FieldType>& fields = definition.types[input].fields;
  base::JsonText out;
  base::JsonWriter json(out);
  json.begin_object();
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    base::Result<base::Value> value = turn.evaluate(call.arguments[i], at);
    if (!value) return base::fail(value.error());
    json.key(fields[i].name).value(*value);
  }
  json.end_object();
  if (out.size() > base::limits::kMaxPayloadBytes) {
    return base::fail(base::ErrorCode::kDefect, "the arguments have more than " +
                                                    std::to_string(base::limits::kMaxPayloadBytes) +
                                                    " bytes");
  }
  return out;
}

bool is_plain_key(const std::string& key) {
  return !key.empty() && key.size() <= base::limits::kMaxKeyBytes &&
         std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

base::Result<std::optional<base::TimePoint>> within_of(Turn& turn, const Call& call, FrameId at) {
  if (call.within == kNone) return std::optional<base::TimePoint>{};
  base::Result<base::Duration> within = turn.evaluate_duration(call.within, at);
  if (!within) return base::fail(within.error());
  return std::optional(turn.after(*within));
}

void start_child(Turn& turn, FrameId step) {
  const Frame& frame = turn.state.frames[step];
  const ChildRef& child = turn.definition.children[turn.step_node(step).action.child];
  StartInput start;
  start.saga_id = frame.step->child_id;
  start.definition = child.definition;
  start.definition_hash = child.hash;
  start.input = frame.step->exchange.arguments;
  const std::string root = turn.state.parent ? turn.state.parent->root_id : turn.state.id;
  start.parent = ParentRef{turn.state.id, step, Phase::kAction, root};
  turn.emit(event::AttemptSent{step, Phase::kAction, 1, turn.now, kNever, ""});
  turn.send(start.saga_id, ChildStartMessage{start});
}

}  // namespace

base::Result<std::string> key_of_call(Turn& turn, const Call& call, FrameId at,
                                      const std::string& path) {
  if (call.key == kNone) return key_for(turn.state, path);
  base::Result<base::Value> value = turn.evaluate(call.key, at);
  if (!value) return base::fail(value.error());
  const auto* text = value->as<std::string>();
  const auto* number = value->as<std::int64_t>();
  std::string key = text != nullptr ? *text : number != nullptr ? std::to_string(*number) : "";
  if (is_plain_key(key)) return key;
  return base::fail(base::ErrorCode::kDefect, "a key must have 1 to " +
                                                  std::to_string(base::limits::kMaxKeyBytes) +
                                                  " printable ASCII characters");
}

base::Result<PreparedCall> prepare_call(Turn& turn, const Call& call, FrameId at,
                                        const std::string& path) {
  base::Result<base::JsonText> arguments = arguments_of(turn, call, at);
  if (!arguments) return base::fail(arguments.error());
  base::Result<std::string> key = key_of_call(turn, call, at, path);
  if (!key) return base::fail(key.error());
  return PreparedCall{std::move(*arguments), std::move(*key)};
}

bool start_step(Turn& turn, FrameId parent, NodeId id) {
  const Node& declared = turn.definition.nodes[id];
  const auto& node = std::get<StepNode>(declared.body);
  if (node.is_pivot && turn.state.undoes_beside()) return false;
  event::StepStarted started;
  started.frame = static_cast<FrameId>(turn.state.frames.size());
  started.parent = parent;
  started.node = id;
  started.path = path_in(turn.state, parent, declared.name);
  started.slot = node.slot;
  started.is_pivot = node.is_pivot;
  if (node.action.child != kNone) started.child_id = base::derive_uuid(turn.state.id, started.path);
  base::Result<PreparedCall> call = prepare_call(turn, node.action, parent, started.path);
  base::Result<std::optional<base::TimePoint>> within = within_of(turn, node.action, parent);
  if (!call || !within) {
    const base::Error& defect = call ? within.error() : call.error();
    turn.park(parent, "step `" + declared.name + "`: " + defect.message);
    return false;
  }
  started.arguments = std::move(call->arguments);
  started.key = std::move(call->key);
  started.within = *within;
  const FrameId frame = started.frame;
  const bool is_child = !started.child_id.empty();
  turn.emit(std::move(started));
  if (is_child) {
    start_child(turn, frame);
  } else {
    send_attempt(turn, frame);
  }
  return true;
}

namespace {

// Leaves the next attempt to an engine that makes calls. It uses up no retry.
void hold_attempt(Turn& turn, FrameId step) {
  const Exchange& exchange = turn.state.frames[step].step->exchange;
  if (exchange.due) return;
  event::BackingOff held;
  held.frame = step;
  held.phase = exchange.phase;
  held.due = turn.now;
  held.began = turn.now;
  held.ladder = kNone;
  turn.emit(std::move(held));
}

}  // namespace

void send_attempt(Turn& turn, FrameId step) {
  if (turn.holds_calls) return hold_attempt(turn, step);
  const Exchange& exchange = turn.state.frames[step].step->exchange;
  const Call* call = turn.call_of(step);
  base::Duration timeout = kDefaultTimeout;
  if (call != nullptr && call->timeout != kNone && exchange.phase != Phase::kResolve) {
    base::Result<base::Duration> given = turn.evaluate_duration(call->timeout, step);
    if (!given) return turn.park(step, "its timeout: " + given.error().message);
    timeout = *given;
  }
  base::TimePoint until = turn.after(timeout);
  if (exchange.within) until = std::min(until, *exchange.within);
  const bool asks = exchange.pending && !exchange.poll_url.empty();
  const std::uint32_t attempt = asks ? exchange.attempt : exchange.attempt + 1;
  turn.emit(event::AttemptSent{step, exchange.phase, attempt, turn.now, until,
                               asks ? exchange.poll_url : ""});
  turn.effect(make_call(turn.definition, turn.state, step, until));
}

namespace {

// The key of the action that a frame undoes, if it stands in a compensation's block.
std::string undone_key(const State& state, FrameId id) {
  for (; id != 0; id = state.frames[id].parent) {
    const FrameKind kind = state.frames[id].kind;
    if (kind == FrameKind::kCompensation || kind == FrameKind::kUndoHandler) {
      const Frame& undone = state.frames[state.frames[id].parent];
      return undone.step ? undone.step->key : std::string();  // a scope has none
    }
  }
  return {};
}

const Call& call_for(const StepNode& node, const Step& step) {
  if (step.exchange.phase != Phase::kCompensate) return node.action;
  return compensation_of(node, step.undo_is_twin).call;
}

}  // namespace

CallEffect make_call(const Definition& definition, const State& state, FrameId id,
                     base::TimePoint until) {
  const Frame& frame = state.frames[id];
  const Step& step = *frame.step;
  const auto& node = std::get<StepNode>(definition.nodes[frame.node].body);
  CallEffect call;
  call.frame = id;
  call.phase = step.exchange.phase;
  call.attempt = step.exchange.attempt;
  call.operation = call_for(node, step).operation;
  if (call.phase == Phase::kResolve) call.operation = definition.operations[call.operation].resolve;
  call.step = frame.path;
  call.key = step.exchange.key;
  call.compensates = call.phase == Phase::kAction ? undone_key(state, frame.parent) : step.key;
  call.arguments = step.exchange.arguments;
  call.until = until;
  const bool forward = call.phase == Phase::kAction && !state.is_shielded(id);
  if (forward && !state.pivot_passed) call.deadline = state.deadline;
  if (step.exchange.pending) call.poll_url = step.exchange.poll_url;
  return call;
}

void start_resolve(Turn& turn, FrameId id) {
  const Frame& frame = turn.state.frames[id];
  const Step& step = *frame.step;
  const Operation& operation = turn.definition.operations[turn.step_node(id).action.operation];
  const Operation& resolve = turn.definition.operations[operation.resolve];
  const std::vector<FieldType>& fields = turn.definition.types[resolve.input].fields;
  const std::vector<FieldType>& given = turn.definition.types[operation.input].fields;
  const base::Result<base::Json> known = base::parse_json(
      step.exchange.arguments, {base::limits::kMaxPayloadBytes, base::limits::kMaxJsonDepth + 2});
  base::JsonText arguments;
  base::JsonWriter json(arguments);
  json.begin_object();
  for (std::size_t i = 0; i < operation.resolve_arguments.size() && i < fields.size(); ++i) {
    const std::uint32_t parameter = operation.resolve_arguments[i].parameter;
    json.key(fields[i].name);
    if (parameter == ResolveArgument::kKey) {
      json.string(step.key);
      continue;
    }
    const base::Json* value = known ? known->find(given[parameter].name) : nullptr;
    json.raw(value != nullptr ? base::to_text(*value) : "null");
  }
  json.end_object();
  turn.emit(
      event::ResolveStarted{id, turn.now, key_for(turn.state, frame.path + "/resolve"), arguments});
  send_attempt(turn, id);
}

namespace {

// A called saga is told; the step waits for its ending.
void stop_child(Turn& turn, const Step& step) {
  if (step.cancel_sent || step.status != StepStatus::kSent) return;
  turn.send(step.child_id, ChildCommandMessage{ChildCommandMessage::Command::kCancel});
}

// Between two attempts: what surely wasn't executed is over, what may have been is asked for.
void stop_between_attempts(Turn& turn, FrameId id, const base::JsonText& error) {
  const Exchange& exchange = turn.state.frames[id].step->exchange;
  const StepNode& node = turn.step_node(id);
  if (!exchange.any_unknown) {
    return turn.emit(event::StepSettled{id, Verdict::kUnavailable, "", error, ""});
  }
  // Nothing was sent since it was answered "not done": to ask again would give no other answer.
  const bool was_just_asked = exchange.fault.empty();
  const bool asks = turn.definition.operations[node.action.operation].resolve != kNone;
  if (asks && !was_just_asked) return start_resolve(turn, id);
  if (!node.is_pivot) turn.emit(event::StepSettled{id, Verdict::kUnknown, "", error, ""});
}

}  // namespace

void stop_step(Turn& turn, FrameId id) {
  const Step& step = *turn.state.frames[id].step;
  const StepNode& node = turn.step_node(id);
  const bool is_parked_child = !step.child_id.empty() && is_parked(step.status);
  if (!step.child_id.empty() && !is_parked_child) return stop_child(turn, step);
  const base::JsonText error = step.exchange.error.empty()
                                   ? error_json("Canceled", "stopped before it was done")
                                   : step.exchange.error;
  if (step.status == StepStatus::kBackingOff) return stop_between_attempts(turn, id, error);
  // Accepted, and the answer may be days away: it isn't waited for, but asked for or taken back,
  // once the answer to a question that is on its way has come.
  const Exchange& exchange = step.exchange;
  if (exchange.pending && !exchange.asked && !node.is_pivot) return give_up_waiting(turn, id);
  // A person who cancels a saga that is stuck at a step before the pivot wants it compensated.
  if (is_parked(step.status) && turn.state.cancel_requested && !node.is_pivot) {
    const bool unknown =  // what a called saga left, only it can tell
        exchange.any_unknown || step.status == StepStatus::kResolveParked || is_parked_child;
    const Verdict verdict = unknown ? Verdict::kUnknown : Verdict::kUnavailable;
    turn.emit(event::StepSettled{id, verdict, "", error, "operator"});
  }
}

}  // namespace saga::core::decide
