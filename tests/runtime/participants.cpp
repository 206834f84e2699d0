#include "tests/runtime/participants.hpp"

namespace saga::test {
namespace {

using Kind = core::Outcome::Kind;

core::Outcome outcome_of(Kind kind, std::string error = {}, std::string body = {}) {
  core::Outcome outcome;
  outcome.kind = kind;
  outcome.error = std::move(error);
  outcome.body = std::move(body);
  return outcome;
}

core::Outcome declined() {
  return outcome_of(Kind::kRejected, "Declined",
                    R"({"error":"Declined","message":"no","reason":"x"})");
}

}  // namespace

core::Outcome Participants::execute(const ports::CallRequest& request, bool rejects) {
  const core::CallEffect& call = request.effect;
  const core::Operation& operation = request.definition->operations[call.operation];
  if (call.phase == core::Phase::kResolve) {
    Entry& entry = entries_[call.compensates];
    if (entry.effect == Effect::kDone) return outcome_of(Kind::kDone, "", "\"R\"");
    // Whoever asks fences: an action that comes later finds the door shut.
    if (entry.effect == Effect::kNone) entry.effect = Effect::kUndone;
    core::Outcome outcome = outcome_of(Kind::kDone, "", "null");
    outcome.fenced = true;
    return outcome;
  }
  if (call.phase == core::Phase::kCompensate) {
    Entry& entry = entries_[call.compensates];
    if (entry.effect != Effect::kRejected) entry.effect = Effect::kUndone;
    return outcome_of(Kind::kDone, "", "null");
  }
  Entry& entry = entries_[call.key];
  if (!entry.arguments.empty() && entry.arguments != call.arguments) {
    faults_.push_back(call.key + " was called with other arguments");
  }
  entry.arguments = call.arguments;
  if (entry.effect == Effect::kUndone || entry.effect == Effect::kRejected) return declined();
  if (entry.effect == Effect::kNone) entry.effect = rejects ? Effect::kRejected : Effect::kDone;
  if (entry.effect == Effect::kRejected) return declined();
  const bool has_result =
      request.definition->types[operation.result].kind != core::TypeKind::kNothing;
  return outcome_of(Kind::kDone, "", has_result ? "\"R\"" : "null");
}

core::Outcome Participants::call(const ports::CallRequest& request, base::SeededRandom& random) {
  const core::Operation& operation = request.definition->operations[request.effect.operation];
  const std::int64_t luck = is_calm_ ? 100 : random.between(0, 99);
  if (luck < 8) return outcome_of(Kind::kTransient, std::string(core::kUnavailable));
  if (luck < 14) return outcome_of(Kind::kUnknown, std::string(core::kTimeout));
  if (luck < 20) {
    execute(request);
    return outcome_of(Kind::kUnknown, std::string(core::kReset));
  }
  const bool rejects = luck < 23 && !operation.errors.empty();
  return execute(request, rejects);
}

std::vector<std::string> Participants::standing(const std::string& saga_id) const {
  std::vector<std::string> keys;
  for (auto at = entries_.lower_bound(saga_id);
       at != entries_.end() && at->first.starts_with(saga_id); ++at) {
    if (at->second.effect == Effect::kDone) keys.push_back(at->first.substr(saga_id.size()));
  }
  return keys;
}

}  // namespace saga::test
