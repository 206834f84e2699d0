#include "tests/machine/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <optional>

#include "engine/base/ids.hpp"
#include "engine/base/json.hpp"

namespace saga::test {
namespace {

using core::Outcome;

constexpr base::JsonLimits kLimits{10'000'000, 200};

std::string word(std::string& rest) {
  const std::size_t space = rest.find(' ');
  std::string first = rest.substr(0, space);
  rest = space == std::string::npos ? "" : rest.substr(space + 1);
  return first;
}

bool is_time(const std::string& name) {
  static constexpr std::array<std::string_view, 7> kTimes = {
      "until", "due", "began", "within", "deadline", "poll_at", "since"};
  return std::find(kTimes.begin(), kTimes.end(), name) != kTimes.end();
}

bool is_noise(const std::string& name) {
  static constexpr std::array<std::string_view, 13> kNoise = {
      "seq",     "kind",       "frame", "parent", "node", "at", "path", "from", "definition_hash",
      "saga_id", "parameters", "child", "number"};
  return std::find(kNoise.begin(), kNoise.end(), name) != kNoise.end();
}

// A message without ids and hashes.
std::string describe(const core::MessageBody& body) {
  if (std::holds_alternative<core::ChildStartMessage>(body)) return "child_start";
  if (const auto* ended = std::get_if<core::ChildEndedMessage>(&body)) {
    return "child_ended " + std::string(core::name_of(ended->status));
  }
  switch (std::get<core::ChildCommandMessage>(body).command) {
    case core::ChildCommandMessage::Command::kCancel: return "cancel";
    case core::ChildCommandMessage::Command::kCompensate: return "compensate";
    case core::ChildCommandMessage::Command::kTerminate: return "terminate";
  }
  return "";
}

}  // namespace

World::World(Sagas::Definitions definitions)
    : sagas_(std::move(definitions),
             [this](const Sagas::Saga& saga, const State&, const core::Transition& transition) {
               write(saga, transition);
             }) {}

std::vector<std::string> World::run(const std::string& line) {
  lines_.clear();
  std::string rest = line;
  std::string command = word(rest);
  holds_calls_ = command == "held";  // by an engine that makes no calls
  if (holds_calls_) command = word(rest);
  if (command == "start") {
    start(rest);
  } else if (command == "timer") {
    fire_timer();
  } else if (command == "recovered") {
    for (const auto& [id, saga] : sagas_.all()) sagas_.feed(id, core::RecoveredInput{});
  } else if (command == "wait") {
    sagas_.wait(*base::parse_duration(rest));
  } else if (command == "state") {
    write_state();
  } else if (command == "cancel") {
    operate(core::OperatorVerb::kCancel, rest);
  } else if (command == "terminate") {
    operate(core::OperatorVerb::kTerminate, rest);
  } else if (command == "retry") {
    operate(core::OperatorVerb::kRetry, rest);
  } else if (command == "skip") {
    operate(core::OperatorVerb::kSkip, rest);
  } else if (command == "settle") {
    operate(core::OperatorVerb::kSettle, rest);
  } else if (!run_answer(command, rest)) {
    lines_.push_back("error: no command `" + command + "`");
  }
  return lines_;
}

void World::start(const std::string& json) {
  const base::Result<void> started = sagas_.start(json);
  if (!started) lines_.push_back("refused: " + started.error().message);
}

void World::fire_timer() {
  const std::optional<base::TimePoint> due = sagas_.next_due();
  if (!due) return lines_.push_back("nothing is due");
  lines_.push_back("at +" + base::describe_duration(std::max(*due, sagas_.now()) - began_));
  sagas_.fire_timers();
}

// What a person sees: status, what is current or left over, when it goes on.
void World::write_state() {
  for (const auto& [id, saga] : sagas_.all()) {
    std::string line = saga.name.empty() ? "" : saga.name + ": ";
    line += core::name_of(saga.state.status());
    if (saga.state.cause != core::Cause::kNone) {
      line += " (" + std::string(core::name_of(saga.state.cause)) + ")";
    }
    for (const std::string& path : core::current_steps(saga.state)) line += " current=" + path;
    for (const std::string& path : core::left_over(*saga.definition, saga.state)) {
      line += " left_over=" + path;
    }
    if (const auto due = core::next_due(saga.state)) {
      line += " due=+" + base::describe_duration(*due - began_);
    }
    lines_.push_back(line);
  }
}

void World::operate(core::OperatorVerb verb, const std::string& rest) {
  core::OperatorInput input;
  input.verb = verb;
  input.actor = "op";
  input.holds_calls = holds_calls_;
  std::string text = rest;
  std::string name;  // `@child …`: to the saga that this step called
  if (text.starts_with("@")) name = word(text).substr(1);
  if (verb == core::OperatorVerb::kSettle) {
    input.outcome_done = word(text) == "done";
    if (text.starts_with("of:")) input.step = word(text).substr(3);
    input.result = text;
  } else if (verb == core::OperatorVerb::kRetry || verb == core::OperatorVerb::kSkip) {
    input.step = text;
  } else {
    input.reason = text;
  }
  std::string id = Sagas::kRoot;
  for (const auto& [other, saga] : sagas_.all()) {
    if (!name.empty() && saga.name == name) id = other;
  }
  const Sagas::Saga& saga = sagas_.all().at(id);
  base::Result<void> allowed = core::check_operator(*saga.definition, saga.state, input);
  if (!allowed) lines_.push_back("refused: " + allowed.error().message);
  sagas_.feed(id, input);
}

bool World::run_answer(const std::string& command, const std::string& rest_of_line) {
  std::string rest = rest_of_line;
  const std::string path = word(rest);
  Outcome outcome;
  if (command == "done" || command == "notdone") {
    outcome.kind = Outcome::Kind::kDone;
    outcome.fenced = command == "notdone" && rest == "fenced";
    outcome.body = command == "notdone" || rest.empty() ? "null" : rest;
  } else if (command == "rejected") {
    outcome.kind = Outcome::Kind::kRejected;
    outcome.error = word(rest);
    outcome.body = "{\"error\":\"" + outcome.error + "\",\"message\":\"no\"" +
                   (rest.empty() ? "" : "," + rest) + "}";
  } else if (command == "transient") {
    outcome.kind = Outcome::Kind::kTransient;
    outcome.error = rest.empty() ? "Unavailable" : word(rest);
    if (!rest.empty()) outcome.retry_after = *base::parse_duration(rest);
  } else if (command == "unknown") {
    outcome.kind = Outcome::Kind::kUnknown;
    outcome.error = rest.empty() ? "Timeout" : rest;
  } else if (command == "pending") {
    outcome.kind = Outcome::Kind::kPending;
    outcome.poll_url = rest;
  } else if (command == "defect") {
    outcome.kind = Outcome::Kind::kDefect;
    outcome.message = rest;
  } else {
    return false;
  }
  answer(path, outcome);
  return true;
}

// The last step with this path, in whichever saga; `child:PATH` names a child by its caller's path.
void World::answer(const std::string& path, Outcome outcome) {
  std::string name;
  std::string step = path;
  if (const std::size_t colon = path.find(':'); colon != std::string::npos) {
    name = path.substr(0, colon);
    step = path.substr(colon + 1);
  }
  bool late = false;
  if (step.ends_with("!action")) {
    step.resize(step.size() - 7);
    late = true;
  }
  for (const auto& [id, saga] : sagas_.all()) {
    if (saga.name != name) continue;
    for (std::size_t i = saga.state.frames.size(); i > 0; --i) {
      const core::Frame& frame = saga.state.frames[i - 1];
      if (!frame.step || frame.path != step) continue;
      const core::Exchange& exchange = frame.step->exchange;
      core::AnswerInput input;
      input.frame = static_cast<core::FrameId>(i - 1);
      input.phase = late ? core::Phase::kAction : exchange.phase;
      input.attempt = late ? 1 : exchange.attempt;
      input.outcome = std::move(outcome);
      return sagas_.feed(id, input);
    }
  }
  lines_.push_back("error: no step `" + path + "`");
}

void World::write(const Sagas::Saga& saga, const core::Transition& transition) {
  write_events(saga, transition.events);
  for (const core::Effect& effect : transition.effects) write_effect(saga, effect);
}

void World::write_events(const Sagas::Saga& saga, const std::vector<core::Event>& events) {
  const base::Result<base::Json> json = base::parse_json(core::encode_events(events), kLimits);
  REQUIRE(json.has_value());
  for (std::size_t i = 0; i < events.size(); ++i) {
    std::string line = saga.name.empty() ? "" : saga.name + ": ";
    line += core::kind_of(events[i]);
    const core::Frame& frame = saga.state.frames[core::frame_of(events[i])];
    if (!frame.path.empty()) line += " " + frame.path;
    if (const auto* sent = std::get_if<core::event::MessageSent>(&events[i].body)) {
      lines_.push_back(line + " to=" + name_of(sent->to) + " " + describe(sent->body));
      continue;
    }
    for (const auto& [name, value] : json->items[i].members) {
      if (is_noise(name)) continue;
      line += " " + name + "=";
      if (is_time(name)) {
        const base::TimePoint time = *base::parse_time(value.text);
        line += time - began_ > std::chrono::hours(10'000)
                    ? "never"
                    : "+" + base::describe_duration(time - began_);
      } else {
        line += value.kind == base::Json::Kind::kString ? value.text : base::to_text(value);
      }
    }
    lines_.push_back(line);
  }
}

// A saga by the step that called it.
std::string World::name_of(const std::string& id) const {
  const auto found = sagas_.all().find(id);
  if (found == sagas_.all().end()) return "new";
  return found->second.name.empty() ? "root" : found->second.name;
}

void World::write_effect(const Sagas::Saga& saga, const core::Effect& effect) {
  const std::string name = saga.name.empty() ? "" : saga.name + ": ";
  if (const auto* call = std::get_if<core::CallEffect>(&effect)) {
    const core::Operation& operation = saga.definition->operations[call->operation];
    std::string line =
        "-> " + name + std::string(core::name_of(call->phase)) + " " + operation.name + " #" +
        std::to_string(call->attempt) + " " +
        call->key.substr(call->key.starts_with(saga.state.id) ? saga.state.id.size() : 0) + " " +
        call->arguments;
    if (call->deadline) line += " deadline=+" + base::describe_duration(*call->deadline - began_);
    if (!call->poll_url.empty()) line += " asks " + call->poll_url;
    lines_.push_back(line);
  } else if (const auto* alert = std::get_if<core::AlertEffect>(&effect)) {
    std::string text = alert->text;
    if (const std::size_t at = text.find(saga.state.id); at != std::string::npos) {
      text.replace(at, saga.state.id.size(), "<id>");
    }
    if (!alert->to.empty()) text += " (to " + alert->to + ")";
    if (alert->is_inconsistency) text += " (an inconsistency)";
    lines_.push_back("-> " + name + "alert: " + text);
  }
}

}  // namespace saga::test
