#include "tests/machine/sagas.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "dsl/compile.hpp"
#include "engine/core/state_codec.hpp"
#include "engine/journal/hash.hpp"

namespace saga::test {

using core::FrameId;
using core::StepChange;

std::optional<StepChange> change_of(const core::Event& event) {
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
  const auto is = [&]<class T>(std::type_identity<T>) {
    return std::holds_alternative<T>(event.body);
  };
  if (is(std::type_identity<core::event::AttemptSent>())) return StepChange::kAttemptSent;
  if (is(std::type_identity<core::event::AttemptEnded>())) return StepChange::kAttemptEnded;
  if (is(std::type_identity<core::event::AttemptPending>())) return StepChange::kAttemptPending;
  if (is(std::type_identity<core::event::ResolveStarted>())) return StepChange::kResolveStarted;
  if (is(std::type_identity<core::event::CompensationStarted>()))
    return StepChange::kCompensationStarted;
  if (is(std::type_identity<core::event::Parked>())) return StepChange::kParked;
  if (is(std::type_identity<core::event::Resumed>())) return StepChange::kResumed;
  return std::nullopt;
}

Sagas::Definitions compiled(const std::string& name, const std::string& source) {
  const dsl::Compilation compilation =
      dsl::compile({dsl::SourceFile(name, source)}, {journal::sha256_hex});
  for (const dsl::Diagnostic& diagnostic : compilation.diagnostics) {
    if (diagnostic.severity == dsl::Severity::kError) FAIL_CHECK(name, ": ", diagnostic.message);
  }
  return compilation.definitions;
}

base::Result<void> Sagas::start(std::string_view json) {
  const std::shared_ptr<const core::Definition>& definition = definitions_.back();
  base::Result<core::PreparedStart> prepared = core::prepare_start(*definition, json);
  if (!prepared) return base::fail(prepared.error());
  Saga& root = sagas_[kRoot];
  root.id = kRoot;
  root.definition = definition;
  core::StartInput input;
  input.saga_id = kRoot;
  input.definition = definition->name;
  input.definition_hash = definition->hash;
  input.input = prepared->canonical;
  input.key = prepared->key;
  feed(kRoot, input);
  return {};
}

std::optional<base::TimePoint> Sagas::next_due() const {
  std::optional<base::TimePoint> first;
  for (const auto& [id, saga] : sagas_) {
    const std::optional<base::TimePoint> due = core::next_due(saga.state);
    if (due && (!first || *due < *first)) first = due;
  }
  return first;
}

bool Sagas::fire_timers() {
  const std::optional<base::TimePoint> first = next_due();
  if (!first) return false;
  now_ = std::max(now_, *first);
  std::vector<std::string> ids;
  for (const auto& [id, saga] : sagas_) {
    const std::optional<base::TimePoint> due = core::next_due(saga.state);
    if (due && *due <= now_) ids.push_back(id);
  }
  for (const std::string& id : ids) feed(id, core::TimerInput{});
  return true;
}

void Sagas::feed(const std::string& id, const core::Input& input) {
  transit(id, input);
  while (!holds_mail_ && !mail_.empty()) deliver_at(0);
}

void Sagas::deliver_at(std::size_t index) {
  const auto found = mail_.begin() + static_cast<std::ptrdiff_t>(index);
  const auto [to, message] = std::move(*found);
  mail_.erase(found);
  transit(to, message);
  transit(to, message);  // a message may come twice; it is consumed once
}

bool Sagas::deliver(std::size_t pick) {
  if (mail_.empty()) return false;
  const std::string to = mail_[pick % mail_.size()].first;
  const std::string from = mail_[pick % mail_.size()].second.from;
  std::size_t first = 0;
  while (mail_[first].first != to || mail_[first].second.from != from) ++first;
  deliver_at(first);
  return true;
}

void Sagas::transit(const std::string& id, const core::Input& input) {
  Saga& saga = sagas_[id];
  const State before = saga.state;
  const core::Context context{now_, seed_++};
  const core::Transition transition = core::advance(*saga.definition, saga.state, input, context);
  check_decision(saga, before, input, context, transition.events);
  check_replay(saga, now_, transition.events);
  walk(saga, before, transition.events);
  check_calls(saga, transition.effects);
  observer_(saga, before, transition);
  for (const core::Effect& effect : transition.effects) {
    const auto* message = std::get_if<core::MessageEffect>(&effect);
    if (message == nullptr) continue;
    if (const auto* child = std::get_if<core::ChildStartMessage>(&message->body)) {
      Saga& started = sagas_[message->to];
      started.id = message->to;
      started.name = saga.state.frames[child->start.parent->frame].path;
      for (const auto& definition : definitions_) {
        if (definition->hash == child->start.definition_hash) started.definition = definition;
      }
      REQUIRE(started.definition != nullptr);
    }
    mail_.emplace_back(message->to, core::MessageInput{id, message->number, message->body});
  }
  check_progress(saga);
}

void Sagas::check_decision(const Saga& saga, const State& before, const core::Input& input,
                           const core::Context& context, const std::vector<core::Event>& events) {
  const base::Result<core::Input> stored =
      core::decode_row_input(core::encode_row_input(input), events);
  if (!stored) return problem(saga, "the input can't be read back");
  State again = before;
  const core::Transition second = core::advance(*saga.definition, again, *stored, context);
  if (core::encode_events(second.events) != core::encode_events(events)) {
    problem(saga, "the same input decides otherwise the second time");
  }
}

void Sagas::check_replay(Saga& saga, base::TimePoint at, const std::vector<core::Event>& events) {
  const core::RowHead row{saga.id, saga.replayed.last_seq + 1, at};
  const base::Result<std::vector<core::Event>> stored =
      core::decode_row_events(core::encode_row_events(events, row), row);
  if (!stored) return problem(saga, "events can't be read back: " + stored.error().message);
  for (const core::Event& event : *stored) core::apply(saga.replayed, event);
  if (!(saga.replayed == saga.state)) problem(saga, "replay differs from live");
  const base::Result<core::State> snapshot = core::decode_state(core::encode(saga.state));
  if (!snapshot) return problem(saga, "its snapshot: " + snapshot.error().message);
  if (!(*snapshot == saga.state)) problem(saga, "its snapshot differs from live");
  if (!saga.state.inconsistency.empty()) problem(saga, saga.state.inconsistency);
}

void Sagas::walk(Saga& saga, State before, const std::vector<core::Event>& events) {
  for (const core::Event& event : events) {
    const FrameId frame = core::frame_of(event);
    const std::optional<StepChange> change = change_of(event);
    if (change && frame < before.frames.size() && before.frames[frame].step) {
      changes_.emplace(before.frames[frame].step->status, *change);
    }
    if (std::holds_alternative<core::event::Compensating>(event.body)) {
      for (FrameId id = 0; id < before.frames.size(); ++id) {
        const auto& step = before.frames[id].step;
        if (before.frames[id].status == core::FrameStatus::kUndone) continue;     // given up
        if (before.on_stuck && before.is_inside(id, *before.on_stuck)) continue;  // runs beside it
        if (step && before.is_inside(id, frame) && !core::is_settled(step->status)) {
          problem(saga, "compensation begins while `" + before.frames[id].path + "` is open");
        }
      }
    }
    core::apply(before, event);
    check_keys(saga, before, event);
  }
}

void Sagas::check_keys(Saga& saga, const State& now, const core::Event& event) {
  const FrameId frame = core::frame_of(event);
  if (frame >= now.frames.size() || !now.frames[frame].step) return;
  const core::Exchange& exchange = now.frames[frame].step->exchange;
  if (exchange.key.empty()) return;
  const auto [known, is_new] = saga.keys.emplace(std::pair(frame, exchange.phase), exchange.key);
  if (!is_new) {
    if (known->second != exchange.key) problem(saga, "a step changes its key: " + exchange.key);
    return;
  }
  if (!exchange.key.starts_with(saga.id)) return;  // given by `key`
  for (const auto& [other, key] : saga.keys) {
    // A compensation's block that is begun anew calls with the same keys.
    const bool same_place = now.frames[other.first].node == now.frames[frame].node &&
                            other.second == exchange.phase && now.is_shielded(frame);
    if (other.first != frame && key == exchange.key && !same_place) {
      problem(saga, "two steps have the key " + key);
    }
  }
}

void Sagas::check_calls(const Saga& saga, const std::vector<core::Effect>& effects) {
  std::set<std::tuple<FrameId, core::Phase, std::uint32_t>> pending;
  for (const core::Effect& effect : core::pending_effects(*saga.definition, saga.state, now_)) {
    if (const auto* call = std::get_if<core::CallEffect>(&effect)) {
      pending.emplace(call->frame, call->phase, call->attempt);
    }
  }
  for (const core::Effect& effect : effects) {
    const auto* call = std::get_if<core::CallEffect>(&effect);
    if (call == nullptr || !call->poll_url.empty()) continue;
    if (!pending.contains({call->frame, call->phase, call->attempt})) {
      problem(saga, "a call that the state doesn't hold as pending: " + call->key);
    }
  }
}

// A saga that is neither over nor parked must be moved by something: a call, a timer, a callback, a
// called saga.
void Sagas::check_progress(const Saga& saga) {
  const State& state = saga.state;
  if (!state.exists() || state.ended || !state.parked.empty()) return;
  if (core::is_hot(state) || core::next_due(state)) return;
  const bool waits =
      std::any_of(state.frames.begin(), state.frames.end(), [](const core::Frame& frame) {
        // A sleep past every calendar.
        if (!frame.step) return frame.until && frame.status == core::FrameStatus::kActive;
        const core::Step& step = *frame.step;
        const bool open = !core::is_settled(step.status) || core::is_compensating(step.status);
        return open && (step.exchange.pending || !step.child_id.empty());
      });
  if (!waits) problem(saga, "nothing will ever move this saga on");
}

void Sagas::problem(const Saga& saga, const std::string& what) {
  problems_.push_back((saga.name.empty() ? "the saga" : saga.name) + ": " + what);
}

}  // namespace saga::test
