#include "cli/describe_event.hpp"

#include "engine/base/limits.hpp"
#include "engine/base/names.hpp"

namespace saga::cli {
namespace {

namespace event = core::event;

struct About {
  const std::string& path;
  core::NodeId node;
  const core::Definition* definition;
  base::Duration since_start;
  bool is_twin;  // it is compensated by `compensate unknown`
};

// `Declined: no funds` from an error object.
std::string describe_error(const base::JsonText& error) {
  const base::Result<base::Json> json = base::parse_json(
      error, {base::limits::kMaxPayloadBytes * 2, base::limits::kMaxJsonDepth + 8});
  if (!json) return error.substr(0, 200);
  std::string name = json->string("error").value_or("");
  const std::string message = json->string("message").value_or("");
  if (name.empty()) return error.substr(0, 200);
  if (message.empty() || message == name) return name;
  return message.starts_with(name) ? message : name + ": " + message;
}

const core::StepNode* step_of(const About& about) {
  if (about.definition == nullptr || about.node >= about.definition->nodes.size()) return nullptr;
  return std::get_if<core::StepNode>(&about.definition->nodes[about.node].body);
}

std::string operation_name(const core::Definition& definition, core::OperationId id) {
  const core::Operation& operation = definition.operations[id];
  return base::bare_name(operation.service) + "." + operation.name;
}

std::string call_name(const About& about, core::Phase phase) {
  const core::StepNode* step = step_of(about);
  if (step == nullptr) return "its participant";
  const core::Definition& definition = *about.definition;
  if (phase == core::Phase::kCompensate) {
    const core::Call& call =
        about.is_twin ? step->compensation_unknown.call : step->compensation.call;
    return call.operation != core::kNone ? operation_name(definition, call.operation)
                                         : "its compensation";
  }
  if (step->action.operation == core::kNone) {
    return base::bare_name(definition.children[step->action.child].definition);
  }
  const core::Operation& operation = definition.operations[step->action.operation];
  if (phase == core::Phase::kResolve) return operation_name(definition, operation.resolve);
  return operation_name(definition, step->action.operation);
}

std::string describe(const event::Started& body, const About&) {
  return base::bare_name(body.start.definition) + " started" +
         (body.start.key.empty() ? "" : ", key " + body.start.key) + ", id " + body.start.saga_id;
}

std::string describe(const event::AttemptSent& body, const About& about) {
  const std::string attempt =
      body.attempt > 1 ? " (attempt " + std::to_string(body.attempt) + ")" : "";
  if (!body.poll_url.empty()) return about.path + ": asks whether it is done";
  if (body.repeats) return about.path + ": calls again after a restart, with the same key";
  switch (body.phase) {
    case core::Phase::kResolve:
      return about.path + ": asks " + call_name(about, body.phase) + " what became of it" + attempt;
    case core::Phase::kCompensate:
      return about.path + ": compensates by " + call_name(about, body.phase) + attempt;
    default: return about.path + ": calls " + call_name(about, body.phase) + attempt;
  }
}

// Why an attempt failed: what was seen, and the name of the error where its contract has one.
std::string why_of(const core::Outcome& outcome) {
  const bool is_named = !outcome.error.empty() && outcome.error != core::kUnavailable &&
                        outcome.error != core::kTimeout && outcome.error != core::kReset;
  if (outcome.message.empty()) return outcome.error;
  return is_named ? outcome.error + ": " + outcome.message : outcome.message;
}

std::string describe(const event::AttemptEnded& body, const About& about) {
  using Kind = core::Outcome::Kind;
  const core::Outcome& outcome = body.outcome;
  if (!body.defect.empty()) return about.path + ": " + body.defect;
  switch (outcome.kind) {
    case Kind::kTransient: return about.path + ": not executed: " + why_of(outcome);
    case Kind::kUnknown: return about.path + ": " + why_of(outcome) + "; it may have been done";
    case Kind::kDefect: return about.path + ": broke its contract: " + outcome.message;
    default: return {};
  }
}

std::string describe(const event::AttemptPending&, const About& about) {
  return about.path + ": accepted, the answer comes later";
}

std::string describe(const event::BackingOff& body, const About& about) {
  if (body.ladder == core::kNone) return about.path + ": to be called by `saga run`";
  return about.path + ": tries again in " + base::describe_duration(body.due - body.began);
}

std::string describe(const event::StepSettled& body, const About& about) {
  const std::string by = body.by.empty()        ? ""
                         : body.by == "resolve" ? ", as its participant knows"
                                                : ", says " + body.by;
  switch (body.verdict) {
    case core::Verdict::kDone: return about.path + ": done" + by;
    case core::Verdict::kRejected:
      return about.path + ": rejected: " + describe_error(body.error) + by;
    case core::Verdict::kUnavailable:
      return about.path + ": not done: " + describe_error(body.error) +
             (body.by == "operator" ? "" : by);  // the error names who
    default: return about.path + ": outcome unknown" + by;
  }
}

std::string describe(const event::Failed& body, const About& about) {
  const std::string what = about.path.empty() ? "the saga" : "`" + about.path + "`";
  return what + " fails: " + describe_error(body.error);
}

std::string describe(const event::CompensationEnded& body, const About& about) {
  return about.path + (body.skipped ? ": compensation skipped" : ": compensated") +
         (body.by.empty() ? "" : ", says " + body.by);
}

std::string describe(const event::Parked& body, const About& about) {
  return (about.path.empty() ? "" : about.path + ": ") + "needs a person: " + body.reason;
}

std::string describe(const event::Entered& body, const About& about) {
  if (body.kind == core::FrameKind::kSleep && body.until) {
    return (body.since ? "runs anew at " : "sleeps until ") + base::format_time(*body.until);
  }
  if (body.kind == core::FrameKind::kHandler && !about.path.empty())
    return about.path + ": handled";
  if (body.kind == core::FrameKind::kOnFailed) return "on failed";
  if (body.kind == core::FrameKind::kOnCompleted) return "on completed";
  if (body.kind == core::FrameKind::kOnStuck) return "on stuck";
  if (body.kind == core::FrameKind::kScope && body.index > 0) return about.path + ": runs anew";
  return {};
}

// ` by Li Wei: the buyer changed her mind`.
std::string by_whom(const std::string& actor, const std::string& reason) {
  return (actor.empty() ? "" : " by " + actor) + (reason.empty() ? "" : ": " + reason);
}

std::string describe(const event::CancelRequested& body, const About&) {
  return "cancel requested" + by_whom(body.actor, body.reason);
}
std::string describe(const event::OperatorActed& body, const About& about) {
  return std::string(core::name_of(body.verb)) + (about.path.empty() ? "" : " " + about.path) +
         by_whom(body.actor, body.reason);
}
std::string describe(const event::DeadlinePassed&, const About&) { return "its deadline passed"; }
std::string describe(const event::Noted& body, const About&) { return "note: " + body.text; }
std::string describe(const event::Alerted& body, const About&) {
  return (body.is_inconsistency ? "alert (inconsistency)" : "alert") +
         (body.to.empty() ? "" : " to " + body.to) + ": " + body.text;
}
std::string describe(const event::Replied& body, const About&) { return "replied: " + body.output; }
std::string describe(const event::Returned& body, const About&) {
  return body.output == "null" ? "its work is done" : "its work is done: " + body.output;
}
std::string describe(const event::RolledBack& body, const About&) {
  return body.steps.empty() ? "rollback: nothing to take back" : "rollback";
}
std::string describe(const event::Won&, const About& about) {
  return (about.path.empty() ? "a branch" : about.path) +
         ": done first; what the other branches did is taken back";
}

std::string describe(const event::Ended& body, const About& about) {
  std::string text = std::string(core::name_of(body.status)) + " after " +
                     base::describe_duration(about.since_start);
  if (body.status == core::Status::kCompleted && body.output != "null") text += ": " + body.output;
  if (!body.error.empty()) text += ": " + describe_error(body.error);
  return text;
}

template <class Other>
std::string describe(const Other&, const About&) {
  return {};
}

}  // namespace

std::string describe_event(const core::Event& event, const EventPlace& place,
                           const core::Definition* definition, base::Duration since_start) {
  const About about{place.path, place.node, definition, since_start, place.is_twin};
  return std::visit([&](const auto& body) { return describe(body, about); }, event.body);
}

}  // namespace saga::cli
