#include <algorithm>

#include "engine/core/decide/decide.hpp"
#include "engine/core/decide/environment.hpp"
#include "engine/core/decide/statement.hpp"
#include "engine/core/declared_error.hpp"
#include "engine/core/type_codec.hpp"

namespace saga::core::decide {
namespace {

const Handler* find_handler(const std::vector<Handler>& handlers, const std::string& error) {
  for (const Handler& handler : handlers) {
    if (std::find(handler.errors.begin(), handler.errors.end(), error) != handler.errors.end()) {
      return &handler;
    }
  }
  return nullptr;
}

void enter_handler(Turn& turn, FrameId owner, FrameKind kind, NodeId body, SlotId slot,
                   const base::JsonText& error) {
  event::Entered entered;
  entered.frame = static_cast<FrameId>(turn.state.frames.size());
  entered.parent = owner;
  entered.kind = kind;
  entered.node = body;
  if (kind == FrameKind::kUndoHandler) entered.path = turn.state.path_of(owner) + "/compensate";
  if (slot != kNone) entered.bindings = {Binding{slot, error}};
  turn.emit(std::move(entered));
}

base::JsonText error_of(const Outcome& outcome) {
  return outcome.body.empty() || outcome.body == "null" ? error_json(outcome.error, outcome.message)
                                                        : outcome.body;
}

// Waits for the next attempt if a ladder has one. False if it hasn't, or the saga stops.
bool back_off(Turn& turn, FrameId step, const Outcome& outcome, bool stopping) {
  if (stopping) return false;
  base::Result<std::optional<RetryPlan>> plan = plan_retry(turn, step, outcome);
  if (!plan) {
    turn.park(step, "its retry: " + plan.error().message);
    return true;
  }
  if (!*plan) return false;
  const Phase phase = turn.state.frames[step].step->exchange.phase;
  event::BackingOff event;
  event.frame = step;
  event.phase = phase;
  event.due = (*plan)->due;
  event.began = turn.now;
  event.ladder = (*plan)->ladder;
  turn.emit(std::move(event));
  return true;
}

struct Catcher {
  const std::vector<Handler>* handlers = nullptr;
  NodeId fallback = kNone;
};

// Requires: a scope's or a parallel's frame.
Catcher catcher_of(const Turn& turn, FrameId id) {
  const NodeBody& body = turn.definition.nodes[turn.state.frames[id].node].body;
  if (const auto* scope = std::get_if<ScopeNode>(&body)) {
    return {&scope->handlers, scope->fallback};
  }
  const auto& parallel = std::get<ParallelNode>(body);
  return {&parallel.handlers, parallel.fallback};
}

bool holds_passed_pivot(const State& state, FrameId id) {
  for (FrameId step = id; step < state.frames.size(); ++step) {
    const Frame& frame = state.frames[step];
    const bool passed = frame.step && frame.step->is_pivot && frame.step->verdict == Verdict::kDone;
    if (passed && state.is_inside(step, id)) return true;
  }
  return false;
}

}  // namespace

bool gives_up_early(const Turn& turn, FrameId id, bool any_unknown) {
  const State& state = turn.state;
  if (state.is_stopping(id)) return true;
  const bool turns_back = (state.cancel_requested || state.deadline_passed) &&
                          !state.pivot_passed && !state.is_shielded(id);
  const OperationId operation = turn.step_node(id).action.operation;
  const bool can_ask = turn.definition.operations[operation].resolve != kNone;
  return turns_back && !(turn.step_node(id).is_pivot && any_unknown && !can_ask);
}

bool must_go_forward(const Turn& turn, FrameId frame) {
  return turn.state.pivot_passed && !turn.state.is_shielded(frame);
}

bool is_caught(const Turn& turn, FrameId frame, const std::string& error) {
  const State& state = turn.state;
  for (FrameId id = frame; id != 0; id = state.frames[id].parent) {
    const FrameKind kind = state.frames[id].kind;
    if (is_rival(turn, id)) return true;  // another branch may win
    if (kind == FrameKind::kHandler) {
      id = state.frames[id].parent;  // whose handler failed doesn't catch again
      continue;
    }
    if (kind != FrameKind::kScope && kind != FrameKind::kParallel) continue;
    if (holds_passed_pivot(state, id)) return false;
    const Catcher catcher = catcher_of(turn, id);
    if (catcher.fallback != kNone || find_handler(*catcher.handlers, error) != nullptr) return true;
  }
  return false;
}

bool is_handled(const Turn& turn, FrameId id, Verdict verdict, const std::string& error) {
  const StepNode& node = turn.step_node(id);
  if (node.action.fallback != kNone && !(node.is_pivot && verdict == Verdict::kUnknown))
    return true;
  if (verdict != Verdict::kUnknown && find_handler(node.action.handlers, error) != nullptr)
    return true;
  return is_caught(turn, turn.state.frames[id].parent, error);
}

void decide_action(Turn& turn, FrameId id, const Outcome& outcome) {
  const Operation& operation = *turn.operation_of(id);
  const bool any_unknown = turn.state.frames[id].step->exchange.any_unknown;
  const bool stopping = gives_up_early(turn, id, any_unknown);
  const base::JsonText error = error_of(outcome);
  switch (outcome.kind) {
    case Outcome::Kind::kRejected:
      if (declared_error(turn.definition, operation, outcome.error) == nullptr) {
        const std::string told = outcome.message.empty() ? "" : ": " + outcome.message;
        return turn.park(id, "`" + operation.name + "` answered the error `" + outcome.error +
                                 "`, which its contract doesn't declare" + told);
      }
      if (back_off(turn, id, outcome, stopping)) return;
      if (any_unknown && operation.idempotence != Idempotence::kByKey &&
          operation.effect == OperationEffect::kWrite) {
        return give_up(turn, id, Verdict::kUnknown, error);
      }
      return give_up(turn, id, Verdict::kRejected, error);
    case Outcome::Kind::kTransient:
    case Outcome::Kind::kUnknown: {
      if (back_off(turn, id, outcome, stopping)) return;
      // A read leaves nothing behind: not to know its answer is not to have it.
      const bool harmless = operation.effect == OperationEffect::kRead;
      return give_up(turn, id, any_unknown && !harmless ? Verdict::kUnknown : Verdict::kUnavailable,
                     error);
    }
    default: return turn.park(id, outcome.message);
  }
}

void give_up(Turn& turn, FrameId id, Verdict verdict, const base::JsonText& error) {
  const StepNode& node = turn.step_node(id);
  const Operation& operation = turn.definition.operations[node.action.operation];
  if (verdict == Verdict::kUnknown && operation.resolve != kNone &&
      turn.state.frames[id].step->exchange.phase == Phase::kAction) {
    return start_resolve(turn, id);
  }
  if (verdict == Verdict::kUnknown && node.is_pivot) {
    return turn.park(id, "the outcome of the pivot is unknown: " + error_text(error));
  }
  if (must_go_forward(turn, id) && !is_handled(turn, id, verdict, error_name(error))) {
    return turn.park(id, "it can't be done after the pivot: " + error_text(error));
  }
  turn.emit(event::StepSettled{id, verdict, "", error, ""});
}

namespace {

// "Not done", but not fenced: it may still be executed.
void after_unfenced(Turn& turn, FrameId id) {
  const Step& step = *turn.state.frames[id].step;
  const bool must_happen = turn.step_node(id).is_pivot ||
                           (must_go_forward(turn, id) &&
                            !is_handled(turn, id, Verdict::kUnknown, std::string(kTimeout)));
  if (!must_happen) {
    const base::JsonText error = error_json(kTimeout, "its outcome is unknown");
    return turn.emit(event::StepSettled{id, Verdict::kUnknown, "", error, "resolve"});
  }
  event::BackingOff event;
  event.frame = id;
  const std::uint32_t attempts = std::max<std::uint32_t>(step.action_attempts, 1);
  event.due = turn.after(*delay_before(compensation_schedule(), attempts - 1));
  event.began = turn.now;
  event.resend = true;
  event.attempt = step.action_attempts;
  event.arguments = step.action_arguments;
  turn.emit(std::move(event));
}

}  // namespace

void decide_resolve(Turn& turn, FrameId id, const Outcome& outcome) {
  if (outcome.kind == Outcome::Kind::kRejected && outcome.error != "NotFound") {
    return turn.park(id, "asked for the outcome, it answered the error `" + outcome.error + "`");
  }
  if (outcome.kind == Outcome::Kind::kTransient || outcome.kind == Outcome::Kind::kUnknown) {
    if (!back_off(turn, id, outcome, false)) turn.park(id, "its outcome can't be found out");
    return;
  }
  // Without a result the question is a bool; with one, null says that there is none.
  const Operation& action = turn.definition.operations[turn.step_node(id).action.operation];
  const bool has_result = turn.definition.types[action.result].kind != TypeKind::kNothing;
  const bool not_done = outcome.kind == Outcome::Kind::kRejected || outcome.body == "null" ||
                        (!has_result && outcome.body == "false");
  if (!not_done) {
    const base::JsonText result = has_result ? outcome.body : "null";
    return turn.emit(event::StepSettled{id, Verdict::kDone, result, "", "resolve"});
  }
  if (!outcome.fenced) return after_unfenced(turn, id);
  const base::JsonText error = error_json(kUnavailable, "it was not done, and never will be");
  if (must_go_forward(turn, id) &&
      !is_handled(turn, id, Verdict::kUnavailable, std::string(kUnavailable))) {
    return turn.park(id,
                     "it was not done, and its participant won't do it any more under this key");
  }
  turn.emit(event::StepSettled{id, Verdict::kUnavailable, "", error, "resolve"});
}

void decide_compensation(Turn& turn, FrameId id, const Outcome& outcome) {
  const Call* call = turn.call_of(id);
  const base::JsonText error = error_of(outcome);
  const bool is_rejected = outcome.kind == Outcome::Kind::kRejected;
  if (is_rejected && outcome.error == "NotFound") {
    return turn.emit(event::CompensationEnded{id, false, ""});
  }
  if (outcome.kind == Outcome::Kind::kDefect) {
    return turn.park(id, "its compensation: " + outcome.message);
  }
  if (!is_rejected && back_off(turn, id, outcome, false)) return;
  if (is_rejected || outcome.kind == Outcome::Kind::kTransient) {
    if (const Handler* handler = find_handler(call->handlers, outcome.error)) {
      return enter_handler(turn, id, FrameKind::kUndoHandler, handler->body, handler->slot, error);
    }
  }
  if (call->fallback != kNone) {
    return enter_handler(turn, id, FrameKind::kUndoHandler, call->fallback, kNone, error);
  }
  turn.park(id, "its compensation failed: " + error_text(error));
}

void after_verdict(Turn& turn, FrameId id) {
  const StepNode& node = turn.step_node(id);
  const Step& step = *turn.state.frames[id].step;
  const base::JsonText error = step.error;
  if (step.verdict != Verdict::kUnknown) {
    if (const Handler* handler = find_handler(node.action.handlers, error_name(error))) {
      return enter_handler(turn, id, FrameKind::kHandler, handler->body, handler->slot, error);
    }
  }
  if (node.action.fallback == kNone) {
    const FrameId parent = turn.state.frames[id].parent;
    return fail_at(turn, parent, error, id);
  }
  // What may have been done is undone beside the fallback; one that writes waits for that.
  if (needs_compensation(turn, id)) start_compensation(turn, id);
  const bool undoing = is_compensating(turn.state.frames[id].step->status);
  if (undoing && writes(turn.definition, node.action.fallback)) return;
  enter_handler(turn, id, FrameKind::kHandler, node.action.fallback, kNone, error);
}

void after_undone(Turn& turn, FrameId id) {
  const Frame& frame = turn.state.frames[id];
  const base::JsonText error = frame.error;
  if (id == 0) return after_all_undone(turn);
  if (is_rival(turn, id) || run_again(turn, id)) return;
  const Catcher catcher = catcher_of(turn, id);
  if (const Handler* handler = find_handler(*catcher.handlers, error_name(error))) {
    return enter_handler(turn, id, FrameKind::kHandler, handler->body, handler->slot, error);
  }
  if (catcher.fallback != kNone) {
    return enter_handler(turn, id, FrameKind::kHandler, catcher.fallback, kNone, error);
  }
  fail_at(turn, frame.parent, error, frame.origin);
}

}  // namespace saga::core::decide
