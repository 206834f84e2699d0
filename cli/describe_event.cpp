#include "cli/describe_event.hpp"

#include "engine/base/limits.hpp"

namespace saga::cli {
namespace {

using namespace core::event;  // the kinds of events, one function each

struct About {
  const std::string& path;
  core::NodeId node;
  const core::Definition* definition;
  base::Duration since_start;
};

std::string short_name(const std::string& full) {
  const std::size_t dot = full.rfind('.');
  return dot == std::string::npos ? full : full.substr(dot + 1);
}

// `Declined: no funds` from an error object.
std::string describe_error(const base::JsonText& error) {
  const base::Result<base::Json> json = base::parse_json(
      error, {base::limits::kMaxPayloadBytes * 2, base::limits::kMaxJsonDepth + 8});
  if (!json) return error.substr(0, 200);
  const std::string name = json->string("error").value_or("");
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
  return short_name(operation.service) + "." + operation.name;
}

std::string call_name(const About& about, core::Phase phase) {
  const core::StepNode* step = step_of(about);
  if (step == nullptr) return "its participant";
  const core::Definition& definition = *about.definition;
  if (phase == core::Phase::kCompensate) {
    const core::Call& call = step->compensation.call;
    return call.operation != core::kNone ? operation_name(definition, call.operation)
                                         : "its compensation";
  }
  if (step->action.operation == core::kNone) {
    return short_name(definition.children[step->action.child].definition);
  }
  const core::Operation& operation = definition.operations[step->action.operation];
  if (phase == core::Phase::kResolve) return operation_name(definition, operation.resolve);
  return operation_name(definition, step->action.operation);
}

std::string describe(const Started& event, const About&) {
  return short_name(event.start.definition) + " started" +
         (event.start.key.empty() ? "" : ", key " + event.start.key) + ", id " +
         event.start.saga_id;
}

std::string describe(const AttemptSent& event, const About& about) {
  const std::string attempt =
      event.attempt > 1 ? " (attempt " + std::to_string(event.attempt) + ")" : "";
  if (!event.poll_url.empty()) return about.path + ": asks whether it is done";
  if (event.repeats) return about.path + ": calls again after a restart, with the same key";
  switch (event.phase) {
    case core::Phase::kResolve:
      return about.path + ": asks " + call_name(about, event.phase) + " what became of it" +
             attempt;
    case core::Phase::kCompensate:
      return about.path + ": compensates by " + call_name(about, event.phase) + attempt;
    default: return about.path + ": calls " + call_name(about, event.phase) + attempt;
  }
}

std::string describe(const AttemptEnded& event, const About& about) {
  using Kind = core::Outcome::Kind;
  const core::Outcome& outcome = event.outcome;
  if (!event.defect.empty()) return about.path + ": " + event.defect;
  switch (outcome.kind) {
    case Kind::kTransient: return about.path + ": not executed (" + outcome.error + ")";
    case Kind::kUnknown:
      return about.path + ": no answer (" + outcome.error + "): it may have been done";
    case Kind::kDefect: return about.path + ": broke its contract: " + outcome.message;
    default: return {};
  }
}

std::string describe(const AttemptPending&, const About& about) {
  return about.path + ": accepted, the answer comes later";
}

std::string describe(const BackingOff& event, const About& about) {
  return about.path + ": tries again in " + base::describe_duration(event.due - event.began);
}

std::string describe(const StepSettled& event, const About& about) {
  const std::string by = event.by.empty()        ? ""
                         : event.by == "resolve" ? ", as its participant knows"
                                                 : ", says " + event.by;
  switch (event.verdict) {
    case core::Verdict::kDone: return about.path + ": done" + by;
    case core::Verdict::kRejected:
      return about.path + ": rejected: " + describe_error(event.error) + by;
    case core::Verdict::kUnavailable:
      return about.path + ": not done: " + describe_error(event.error) + by;
    default: return about.path + ": outcome unknown" + by;
  }
}

std::string describe(const Failed& event, const About& about) {
  const std::string what = about.path.empty() ? "the saga" : "`" + about.path + "`";
  return what + " fails: " + describe_error(event.error);
}

std::string describe(const CompensationEnded& event, const About& about) {
  return about.path + (event.skipped ? ": compensation skipped" : ": compensated") +
         (event.by.empty() ? "" : ", says " + event.by);
}

std::string describe(const Parked& event, const About& about) {
  return (about.path.empty() ? "" : about.path + ": ") + "needs a person: " + event.reason;
}

std::string describe(const Entered& event, const About& about) {
  if (event.kind == core::FrameKind::kSleep && event.until) {
    return "sleeps until " + base::format_time(*event.until);
  }
  if (event.kind == core::FrameKind::kHandler && !about.path.empty())
    return about.path + ": handled";
  if (event.kind == core::FrameKind::kOnFailed) return "on failed";
  return {};
}

std::string describe(const CancelRequested& event, const About&) {
  return "cancel requested" + (event.reason.empty() ? "" : ": " + event.reason);
}
std::string describe(const OperatorActed& event, const About& about) {
  return std::string(core::name_of(event.verb)) + (about.path.empty() ? "" : " " + about.path) +
         (event.actor.empty() ? "" : " by " + event.actor) +
         (event.reason.empty() ? "" : ": " + event.reason);
}
std::string describe(const DeadlinePassed&, const About&) { return "its deadline passed"; }
std::string describe(const Noted& event, const About&) { return "note: " + event.text; }
std::string describe(const Alerted& event, const About&) { return "alert: " + event.text; }

std::string describe(const Ended& event, const About& about) {
  std::string text = std::string(core::name_of(event.status)) + " after " +
                     base::describe_duration(about.since_start);
  if (event.status == core::Status::kCompleted && event.output != "null")
    text += ": " + event.output;
  if (!event.error.empty()) text += ": " + describe_error(event.error);
  return text;
}

template <class Other>
std::string describe(const Other&, const About&) {
  return {};
}

}  // namespace

std::string describe_event(const core::Event& event, const std::string& path, core::NodeId node,
                           const core::Definition* definition, base::Duration since_start) {
  const About about{path, node, definition, since_start};
  return std::visit([&](const auto& body) { return describe(body, about); }, event.body);
}

}  // namespace saga::cli
