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
  static constexpr std::array<std::string_view, 6> kTimes = {"until",  "due",      "began",
                                                             "within", "deadline", "poll_at"};
  return std::find(kTimes.begin(), kTimes.end(), name) != kTimes.end();
}

bool is_noise(const std::string& name) {
  static constexpr std::array<std::string_view, 10> kNoise = {
      "seq", "kind", "frame",           "parent",  "node",
      "at",  "path", "definition_hash", "saga_id", "parameters"};
  return std::find(kNoise.begin(), kNoise.end(), name) != kNoise.end();
}

// What a change of a step an event is, for the table's coverage.
std::optional<core::StepChange> change_of(const core::Event& event) {
  using core::StepChange;
  if (const auto* settled = std::get_if<core::event::StepSettled>(&event.body)) {
    switch (settled->verdict) {
      case core::Verdict::kRejected: return StepChange::kSettledRejected;
      case core::Verdict::kUnavailable: return StepChange::kSettledUnavailable;
      case core::Verdict::kUnknown: return StepChange::kSettledUnknown;
      default: return StepChange::kSettledDone;
    }
  }
  if (const auto* back = std::get_if<core::event::BackingOff>(&event.body)) {
    return back->resend ? StepChange::kResend : StepChange::kBackingOff;
  }
  if (const auto* ended = std::get_if<core::event::CompensationEnded>(&event.body)) {
    return ended->skipped ? StepChange::kLeftOver : StepChange::kCompensated;
  }
  if (std::holds_alternative<core::event::AttemptSent>(event.body)) return StepChange::kAttemptSent;
  if (std::holds_alternative<core::event::AttemptEnded>(event.body))
    return StepChange::kAttemptEnded;
  if (std::holds_alternative<core::event::AttemptPending>(event.body)) {
    return StepChange::kAttemptPending;
  }
  if (std::holds_alternative<core::event::ResolveStarted>(event.body)) {
    return StepChange::kResolveStarted;
  }
  if (std::holds_alternative<core::event::CompensationStarted>(event.body)) {
    return StepChange::kCompensationStarted;
  }
  if (std::holds_alternative<core::event::Parked>(event.body)) return StepChange::kParked;
  if (std::holds_alternative<core::event::Resumed>(event.body)) return StepChange::kResumed;
  return std::nullopt;
}

}  // namespace

World::World(std::vector<std::shared_ptr<const core::Definition>> definitions)
    : definitions_(std::move(definitions)) {}

std::vector<std::string> World::run(const std::string& line) {
  lines_.clear();
  std::string rest = line;
  const std::string command = word(rest);
  if (command == "start") {
    start(rest);
  } else if (command == "timer") {
    fire_timer();
  } else if (command == "recovered") {
    feed(root_, core::RecoveredInput{});
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
  deliver();
  return lines_;
}

void World::start(const std::string& rest) {
  const std::shared_ptr<const core::Definition>& definition = definitions_.back();
  base::Result<core::PreparedStart> prepared = core::prepare_start(*definition, rest);
  if (!prepared) {
    lines_.push_back("refused: " + prepared.error().message);
    return;
  }
  root_ = "00000000-0000-7000-8000-000000000001";
  sagas_[root_].definition = definition;
  core::StartInput input;
  input.saga_id = root_;
  input.definition = definition->name;
  input.definition_hash = definition->hash;
  input.input = prepared->canonical;
  input.key = prepared->key;
  feed(root_, input);
}

void World::fire_timer() {
  std::optional<base::TimePoint> first;
  for (const auto& [id, saga] : sagas_) {
    const std::optional<base::TimePoint> due = core::next_due(saga.state);
    if (due && (!first || *due < *first)) first = due;
  }
  if (!first) {
    lines_.push_back("nothing is due");
    return;
  }
  now_ = std::max(now_, *first);
  lines_.push_back("at +" + base::describe_duration(now_ - began_));
  std::vector<std::string> ids;
  for (const auto& [id, saga] : sagas_) {
    const std::optional<base::TimePoint> due = core::next_due(saga.state);
    if (due && *due <= now_) ids.push_back(id);
  }
  for (const std::string& id : ids) feed(id, core::TimerInput{});
}

void World::operate(core::OperatorVerb verb, const std::string& rest) {
  core::OperatorInput input;
  input.verb = verb;
  input.actor = "op";
  std::string text = rest;
  if (verb == core::OperatorVerb::kSettle) {
    input.outcome_done = word(text) == "done";
    input.result = text;
  } else if (verb == core::OperatorVerb::kRetry || verb == core::OperatorVerb::kSkip) {
    input.step = text;
  } else {
    input.reason = text;
  }
  const State& state = sagas_[root_].state;
  base::Result<void> allowed = core::check_operator(*sagas_[root_].definition, state, input);
  if (!allowed) {
    lines_.push_back("refused: " + allowed.error().message);
    return;
  }
  feed(root_, input);
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
  for (auto& [id, saga] : sagas_) {
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
      return feed(id, input);
    }
  }
  lines_.push_back("error: no step `" + path + "`");
}

void World::feed(const std::string& id, const core::Input& input) {
  Saga& saga = sagas_[id];
  const State before = saga.state;
  const core::Context context{now_, seed_++};
  core::Transition transition = core::advance(*saga.definition, saga.state, input, context);
  check(saga, before, input, context, transition.events);
  record_changes(before, transition.events);
  write_events(saga, transition.events);
  for (const core::Effect& effect : transition.effects) {
    write_effect(saga, effect);
    const auto* message = std::get_if<core::MessageEffect>(&effect);
    if (message == nullptr) continue;
    if (const auto* child = std::get_if<core::ChildStartMessage>(&message->body)) {
      Saga& started = sagas_[message->to];
      started.name = saga.state.frames[child->start.parent->frame].path;
      for (const auto& definition : definitions_) {
        if (definition->hash == child->start.definition_hash) started.definition = definition;
      }
      REQUIRE(started.definition != nullptr);
    }
    mail_.emplace_back(message->to, core::MessageInput{id, message->number, message->body});
  }
}

void World::deliver() {
  while (!mail_.empty()) {
    auto [to, message] = std::move(mail_.front());
    mail_.pop_front();
    feed(to, message);
  }
}

void World::check(Saga& saga, const State& before, const core::Input& input,
                  const core::Context& context, const std::vector<core::Event>& events) {
  base::Result<std::vector<core::Event>> stored = core::decode_events(core::encode_events(events));
  REQUIRE(stored.has_value());
  for (const core::Event& event : *stored) core::apply(saga.replayed, event);
  CHECK_MESSAGE(saga.replayed == saga.state, "replay differs from live");
  CHECK(saga.state.inconsistency == "");
  base::Result<core::Input> again = core::decode_input(core::encode(input));
  REQUIRE(again.has_value());
  State redone = before;
  const core::Transition second = core::advance(*saga.definition, redone, *again, context);
  CHECK(core::encode_events(second.events) == core::encode_events(events));
}

void World::record_changes(State before, const std::vector<core::Event>& events) {
  for (const core::Event& event : events) {
    const core::FrameId frame = core::frame_of(event);
    const std::optional<core::StepChange> change = change_of(event);
    if (change && frame < before.frames.size() && before.frames[frame].step) {
      changes_.emplace(before.frames[frame].step->status, *change);
    }
    core::apply(before, event);
  }
}

void World::write_events(const Saga& saga, const std::vector<core::Event>& events) {
  const base::Result<base::Json> json = base::parse_json(core::encode_events(events), kLimits);
  REQUIRE(json.has_value());
  for (std::size_t i = 0; i < events.size(); ++i) {
    std::string line = saga.name.empty() ? "" : saga.name + ": ";
    line += core::kind_of(events[i]);
    const core::Frame& frame = saga.state.frames[core::frame_of(events[i])];
    if (!frame.path.empty()) line += " " + frame.path;
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

void World::write_effect(const Saga& saga, const core::Effect& effect) {
  const std::string name = saga.name.empty() ? "" : saga.name + ": ";
  if (const auto* call = std::get_if<core::CallEffect>(&effect)) {
    const core::Operation& operation = saga.definition->operations[call->operation];
    std::string line =
        "-> " + name + std::string(core::name_of(call->phase)) + " " + operation.name + " #" +
        std::to_string(call->attempt) + " " +
        call->key.substr(call->key.starts_with(saga.state.id) ? saga.state.id.size() : 0) + " " +
        call->arguments;
    if (!call->poll_url.empty()) line += " asks " + call->poll_url;
    lines_.push_back(line);
  } else if (const auto* alert = std::get_if<core::AlertEffect>(&effect)) {
    std::string text = alert->text;
    if (const std::size_t at = text.find(saga.state.id); at != std::string::npos) {
      text.replace(at, saga.state.id.size(), "<id>");
    }
    lines_.push_back("-> " + name + "alert: " + text);
  }
}

}  // namespace saga::test
