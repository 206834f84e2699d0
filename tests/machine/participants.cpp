#include "tests/machine/participants.hpp"

#include "engine/base/json.hpp"
#include "engine/base/names.hpp"

namespace saga::test {

using core::Outcome;
using core::TypeKind;

base::JsonText Participants::result_of(const core::Definition& definition, core::TypeId id) {
  const core::Type& type = definition.types[id];
  switch (type.kind) {
    case TypeKind::kString: return "\"R\"";
    case TypeKind::kBool: return "true";
    case TypeKind::kInt: return "1";
    case TypeKind::kOptional: return result_of(definition, type.element);
    default: return "null";
  }
}

void Participants::define(const std::string& saga,
                          std::shared_ptr<const core::Definition> definition) {
  definitions_.emplace(saga, std::move(definition));
}

void Participants::know(const ModelCall& call) {
  const bool is_action = call.effect.phase == core::Phase::kAction &&
                         call.operation->effect == core::OperationEffect::kWrite;
  if (is_action) actions_.emplace(call.effect.key, call);
}

Outcome Participants::done(const ModelCall& call) const {
  Outcome outcome;
  outcome.kind = Outcome::Kind::kDone;
  outcome.body = result_of(*definitions_.at(call.saga), call.operation->result);
  return outcome;
}

// What a call takes back: the action that it compensates, or the one whose key it names where a
// whole scope is compensated; empty if nothing.
std::string Participants::taken_back(const ModelCall& call) const {
  if (!call.effect.compensates.empty()) return call.effect.compensates;
  if (call.operation->effect != core::OperationEffect::kWrite) return {};
  const base::Result<base::Json> json = base::parse_json(call.effect.arguments, {10'000, 10});
  if (!json) return {};
  const std::string id = json->string("id").value_or("");
  return actions_.contains(id) ? id : json->string("key").value_or("");
}

Outcome Participants::execute(const ModelCall& call) {
  if (call.effect.phase == core::Phase::kResolve) return resolve(call, true);
  if (call.operation->effect == core::OperationEffect::kRead) return done(call);
  if (const std::string key = taken_back(call); !key.empty()) {
    undo(key);
    return done(call);
  }
  Effect& effect = effects_[call.effect.key];
  if (effect.rejection) return *effect.rejection;
  if (!effect.is_blocked) effect.stands = true;
  if (effect.stands) return done(call);
  Outcome refused;  // what was compensated or fenced is refused; nobody waits for this answer
  refused.kind = Outcome::Kind::kTransient;
  refused.error = core::kUnavailable;
  return refused;
}

Outcome Participants::reject(const ModelCall& call, base::SeededRandom& random) {
  Effect& effect = effects_[call.effect.key];
  const bool by_key = call.operation->idempotence == core::Idempotence::kByKey;
  if (effect.rejection || (by_key && effect.stands)) return execute(call);
  // A compensation is turned down only where there is nothing to take back.
  if (const std::string key = taken_back(call); !key.empty()) {
    if (stands(key)) return execute(call);
    undo(key);  // and what comes after that answer is refused
  }
  const std::vector<core::TypeId>& errors = call.operation->errors;
  const core::Type& error = definitions_.at(call.saga)->types[errors[static_cast<std::size_t>(
      random.between(0, static_cast<std::int64_t>(errors.size()) - 1))]];
  Outcome outcome;
  outcome.kind = error.is_transient ? Outcome::Kind::kTransient : Outcome::Kind::kRejected;
  outcome.error = base::bare_name(error.name);
  outcome.body = "{ \"error\": \"" + outcome.error + "\", \"message\": \"no\"";
  for (const core::FieldType& field : error.fields) {
    const bool lasts = definitions_.at(call.saga)->types[field.type].kind == TypeKind::kDuration;
    outcome.body += ", \"" + field.name + "\": " + (lasts ? "\"PT3S\"" : "\"r\"");
  }
  outcome.body += " }";
  const bool is_final = outcome.kind == Outcome::Kind::kRejected && by_key &&
                        call.effect.phase == core::Phase::kAction;
  if (is_final) effect.rejection = outcome;
  return outcome;
}

Outcome Participants::resolve(const ModelCall& call, bool fence) {
  Effect& effect = effects_[call.effect.compensates];
  Outcome outcome = done(call);
  if (effect.stands) return outcome;
  outcome.body = "null";
  const core::TypeKind kind = definitions_.at(call.saga)->types[call.operation->result].kind;
  if (kind == TypeKind::kBool) outcome.body = "false";
  outcome.fenced = fence;
  if (fence) effect.is_blocked = true;
  return outcome;
}

bool Participants::stands(const std::string& key) const {
  const auto found = effects_.find(key);
  return found != effects_.end() && found->second.stands;
}

void Participants::undo(const std::string& key) {
  Effect& effect = effects_[key];
  effect.stands = false;
  effect.is_blocked = true;
}

}  // namespace saga::test
