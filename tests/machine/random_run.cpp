#include "tests/machine/random_run.hpp"

#include <algorithm>

namespace saga::test {

using core::FrameId;
using core::OperatorVerb;
using core::Outcome;
using core::Status;

namespace {

Outcome plain(Outcome::Kind kind, std::string_view error) {
  Outcome outcome;
  outcome.kind = kind;
  outcome.error = error;
  return outcome;
}

}  // namespace

RandomRun::RandomRun(Sagas::Definitions definitions, std::uint64_t seed)
    : random_(seed),
      sagas_(std::move(definitions),
             [this](const Sagas::Saga& saga, const State&, const core::Transition& transition) {
               see(saga, transition);
             }) {}

std::vector<std::string> RandomRun::play(const std::string& input, std::string* log) {
  log_ = log;
  if (chance(50)) sagas_.hold_mail();
  if (!sagas_.start(input)) return {};
  const std::int64_t bad_steps = random_.between(5, 40);
  for (std::int64_t i = 0; i < bad_steps && !over(); ++i) step_badly();
  for (int i = 0; i < 2'000 && !over(); ++i) {
    if (!step_well()) break;
  }
  while (sagas_.deliver(0)) {
  }
  if (!over()) problems_.push_back("it doesn't end though everybody behaves");
  // What is still on its way arrives at last; nothing of it may change the outcome.
  for (const ModelCall& call : hanging_) participants_.execute(call);
  for (const ModelCall& call : pending_) participants_.execute(call);
  while (!lost_.empty()) {
    const ModelCall call = take(lost_);
    answer(call, participants_.execute(call));
  }
  if (over()) check_ending();
  problems_.insert(problems_.end(), sagas_.problems().begin(), sagas_.problems().end());
  return problems_;
}

void RandomRun::see(const Sagas::Saga& saga, const core::Transition& transition) {
  participants_.define(saga.id, saga.definition);
  for (const core::Effect& effect : transition.effects) {
    const auto* call = std::get_if<core::CallEffect>(&effect);
    if (call == nullptr) continue;
    ModelCall made{saga.id, *call, &saga.definition->operations[call->operation]};
    participants_.know(made);
    note("  " + std::string(core::name_of(call->phase)) + " " + made.operation->name + " #" +
         std::to_string(call->attempt) + " " + call->key);
    calls_.push_back(std::move(made));
  }
  if (log_ == nullptr) return;
  for (const core::Event& event : transition.events) {
    note("    " + std::string(core::kind_of(event)) + " " +
         saga.state.path_of(core::frame_of(event)));
  }
}

ModelCall RandomRun::take(std::deque<ModelCall>& calls) {
  const auto at = random_.between(0, static_cast<std::int64_t>(calls.size()) - 1);
  const auto found = calls.begin() + static_cast<std::ptrdiff_t>(at);
  ModelCall call = std::move(*found);
  calls.erase(found);
  return call;
}

void RandomRun::step_badly() {
  if (chance(40) && sagas_.deliver(static_cast<std::size_t>(random_.between(0, 100)))) return;
  const std::int64_t luck = random_.between(1, 100);
  if (luck <= 60 && !calls_.empty()) return answer_badly(take(calls_));
  if (luck <= 75) {
    note("timer");
    sagas_.fire_timers();
    return;
  }
  if (luck <= 80) return sagas_.wait(base::Duration(random_.between(1, 20'000)));
  if (luck <= 84 && !hanging_.empty()) {
    participants_.execute(take(hanging_));
    return;
  }
  if (luck <= 89 && !lost_.empty()) {
    const ModelCall call = take(lost_);
    note("late answer " + call.effect.key);
    return answer(call, participants_.execute(call));
  }
  if (luck <= 93 && !pending_.empty()) return call_back();
  if (luck <= 95) return crash();
  if (luck <= 97) return interfere();
  (void)help();
}

void RandomRun::answer(const ModelCall& call, Outcome outcome, bool is_callback) {
  note("answer " + std::to_string(static_cast<int>(outcome.kind)) + " to #" +
       std::to_string(call.effect.attempt) + " " + call.effect.key + " " + outcome.error);
  sagas_.feed(call.saga, core::AnswerInput{call.effect.frame, call.effect.phase,
                                           call.effect.attempt, std::move(outcome), is_callback});
}

void RandomRun::answer_badly(const ModelCall& call) {
  const std::int64_t luck = random_.between(1, 100);
  if (!call.effect.poll_url.empty()) {
    if (luck <= 30) return answer(call, plain(Outcome::Kind::kPending, ""));
    if (luck <= 50) return answer(call, plain(Outcome::Kind::kUnknown, core::kTimeout));
    return answer(call, participants_.execute(call));
  }
  if (luck <= 12) {
    return answer(call, plain(Outcome::Kind::kTransient, core::kUnavailable));
  }
  if (call.effect.phase == core::Phase::kResolve) {
    if (luck <= 20) return answer(call, plain(Outcome::Kind::kUnknown, core::kTimeout));
    if (luck <= 23) return answer(call, plain(Outcome::Kind::kDefect, ""));
    return answer(call, participants_.resolve(call, chance(50)));
  }
  if (luck <= 20 && !call.operation->errors.empty()) {
    return answer(call, participants_.reject(call, random_));
  }
  answer_write_badly(call, luck);
}

void RandomRun::answer_write_badly(const ModelCall& call, std::int64_t luck) {
  if (luck <= 30) {  // done, and the answer is lost
    participants_.execute(call);
    lost_.push_back(call);
    return answer(call, plain(Outcome::Kind::kUnknown, core::kReset));
  }
  if (luck <= 40) {  // on its way for long
    hanging_.push_back(call);
    return answer(call, plain(Outcome::Kind::kUnknown, core::kTimeout));
  }
  if (luck <= 43) {  // never arrived
    return answer(call, plain(Outcome::Kind::kUnknown, core::kTimeout));
  }
  if (luck <= 46) {  // done or not, and nonsense is answered
    if (chance(50)) participants_.execute(call);
    return answer(call, plain(Outcome::Kind::kDefect, ""));
  }
  if (luck <= 60 && call.operation->is_async) {
    Outcome outcome = plain(Outcome::Kind::kPending, "");
    if (chance(50)) outcome.poll_url = "/jobs/1";
    pending_.push_back(call);
    return answer(call, outcome);
  }
  answer(call, participants_.execute(call));
}

// The answer to an accepted call comes by itself. Its asking ends with it.
void RandomRun::call_back() {
  const ModelCall call = take(pending_);
  if (chance(15)) return answer(call, plain(Outcome::Kind::kTransient, core::kUnavailable), true);
  const bool rejects = chance(30) && !call.operation->errors.empty();
  answer(call, rejects ? participants_.reject(call, random_) : participants_.execute(call), true);
}

void RandomRun::crash() {
  note("crash");
  while (!calls_.empty()) {
    const ModelCall call = take(calls_);
    if (!call.effect.poll_url.empty()) continue;
    if (chance(40)) participants_.execute(call);
    if (chance(40)) hanging_.push_back(call);
  }
  std::vector<std::string> ids;
  for (const auto& [id, saga] : sagas_.all()) ids.push_back(id);
  for (const std::string& id : ids) sagas_.feed(id, core::RecoveredInput{});
}

void RandomRun::interfere() {
  auto saga = sagas_.all().begin();
  std::advance(saga, random_.between(0, static_cast<std::int64_t>(sagas_.all().size()) - 1));
  core::OperatorInput input;
  input.verb = chance(75) ? OperatorVerb::kCancel : OperatorVerb::kTerminate;
  input.actor = "op";
  input.reason = "chance";
  operate(saga->first, input);
}

bool RandomRun::operate(const std::string& id, core::OperatorInput input) {
  const Sagas::Saga& saga = sagas_.all().at(id);
  if (!core::check_operator(*saga.definition, saga.state, input)) return false;
  note("operator " + std::string(core::name_of(input.verb)) + " " + id + " " + input.step +
       (input.outcome_done ? " done" : ""));
  sagas_.feed(id, input);
  return true;
}

// Everybody behaves: calls are answered, what is pending is called back, timers fire, people help.
bool RandomRun::step_well() {
  if (sagas_.deliver(0)) return true;
  if (!calls_.empty()) {
    const ModelCall call = std::move(calls_.front());
    calls_.pop_front();
    answer(call, participants_.execute(call));
    return true;
  }
  if (!pending_.empty()) {
    const ModelCall call = take(pending_);
    answer(call, participants_.execute(call));
    return true;
  }
  if (help()) return true;
  if (sagas_.fire_timers()) {
    note("timer");
    return true;
  }
  core::OperatorInput cancel;
  return operate(Sagas::kRoot, cancel);  // a sleep past every calendar
}

// A person looks at something that is parked.
bool RandomRun::help() {
  for (const auto& [id, saga] : sagas_.all()) {
    if (saga.state.ended || saga.state.parked.empty()) continue;
    const FrameId frame = *saga.state.parked.begin();
    core::OperatorInput input;
    input.actor = "op";
    input.step = saga.state.path_of(frame);
    input.verb = chance(50) ? OperatorVerb::kRetry : OperatorVerb::kSkip;
    if (saga.state.frames[frame].kind == core::FrameKind::kEscalation) {
      input.verb = OperatorVerb::kSettle;
      input.outcome_done = saga.state.pivot_passed || chance(70);
      return operate(id, input);
    }
    if (saga.state.frames[frame].step && chance(60)) return settle(saga, frame);
    if (operate(id, input)) return true;
    if (saga.state.frames[frame].step) return settle(saga, frame);
    // A defect in an expression stays one.
    input.verb = chance(50) ? OperatorVerb::kCancel : OperatorVerb::kTerminate;
    if (operate(id, input)) return true;
    input.verb = OperatorVerb::kTerminate;
    return operate(id, input);
  }
  return false;
}

bool RandomRun::settle(const Sagas::Saga& saga, FrameId frame) {
  const core::Step& step = *saga.state.frames[frame].step;
  const auto& node =
      std::get<core::StepNode>(saga.definition->nodes[saga.state.frames[frame].node].body);
  core::OperatorInput input;
  input.verb = OperatorVerb::kSettle;
  input.actor = "op";
  input.step = saga.state.path_of(frame);
  if (core::is_compensating(step.status)) {
    input.outcome_done = true;
    if (step.child_id.empty()) {
      participants_.undo(step.key);
    } else {
      undo_tree(step.child_id);
    }
    return operate(saga.id, input);
  }
  const bool is_write =
      node.action.operation != core::kNone &&
      saga.definition->operations[node.action.operation].effect == core::OperationEffect::kWrite;
  input.outcome_done = is_write ? participants_.stands(step.key) : step.child_id.empty();
  if (step.slot != core::kNone) {
    input.result =
        Participants::result_of(*saga.definition, saga.definition->slots[step.slot].type);
  }
  if (!input.outcome_done && saga.state.pivot_passed && !step.child_id.empty()) {
    input.outcome_done = true;  // done by hand
  } else if (!input.outcome_done && !step.child_id.empty()) {
    undo_tree(step.child_id);
  } else if (!input.outcome_done && !saga.state.pivot_passed && !saga.state.is_shielded(frame)) {
    participants_.undo(step.key);  // a person makes sure that it never happens
  }
  return operate(saga.id, input);
}

// A person takes back all that a called saga and those below it did.
void RandomRun::undo_tree(const std::string& id) {
  for (const auto& [key, call] : participants_.actions()) {
    std::string at = call.saga;
    for (;;) {
      if (at == id) participants_.undo(key);
      const auto saga = sagas_.all().find(at);
      if (saga == sagas_.all().end() || !saga->second.state.parent) break;
      at = saga->second.state.parent->saga_id;
    }
  }
}

void RandomRun::check_ending() {
  for (const auto& [id, saga] : sagas_.all()) {
    if (!saga.state.ended) problems_.push_back(saga.name + ": the root has ended, and it hasn't");
  }
  for (const auto& [key, call] : participants_.actions()) check_effect(key, call);
}

// Whether a person has taken back by hand what a saga, or one that called it, did.
bool RandomRun::is_taken_back(const Sagas::Saga& saga) const {
  if (!saga.state.parent) return false;
  const Sagas::Saga& caller = sagas_.all().at(saga.state.parent->saga_id);
  const core::Step& step = *caller.state.frames[saga.state.parent->frame].step;
  return step.status != core::StepStatus::kDone || is_taken_back(caller);
}

// Whether what the world shows of one action is what its saga says.
void RandomRun::check_effect(const std::string& key, const ModelCall& call) {
  const Sagas::Saga& saga = sagas_.all().at(call.saga);
  if (!saga.state.ended || saga.state.is_shielded(call.effect.frame)) return;
  const core::Frame& frame = saga.state.frames[call.effect.frame];
  const core::Step& step = *frame.step;
  const bool stands = participants_.stands(key);
  const std::string what = (saga.name.empty() ? "" : saga.name + ": ") + "`" + frame.path +
                           "` is " + std::string(core::name_of(step.status)) + ", its saga " +
                           std::string(core::name_of(*saga.state.ended)) + ", the root " +
                           std::string(core::name_of(*sagas_.root().state.ended));
  const std::vector<std::string> left = core::left_over(*saga.definition, saga.state);
  const bool is_told = std::find(left.begin(), left.end(), frame.path) != left.end();
  const auto& node = std::get<core::StepNode>(saga.definition->nodes[frame.node].body);
  const bool needs_none = node.compensation.kind == core::Compensation::Kind::kNone;
  const bool kept =
      step.status == core::StepStatus::kDone && *saga.state.ended == Status::kCompleted;
  if (stands && !kept && !is_told && !needs_none) problems_.push_back(what + ", but it stands");
  if (!stands && kept && !is_taken_back(saga) && *sagas_.root().state.ended == Status::kCompleted) {
    problems_.push_back(what + ", but it doesn't stand");
  }
  // What a compensated root called is compensated, too.
  const bool forgotten = stands && kept && *sagas_.root().state.ended == Status::kCompensated;
  if (forgotten) problems_.push_back(what + ", but it stands");
}

void RandomRun::note(const std::string& line) {
  if (log_ != nullptr) *log_ += line + "\n";
}

}  // namespace saga::test
