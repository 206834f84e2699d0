#include <array>

#include "engine/core/entity/key.hpp"
#include "engine/runtime/orchestrator.hpp"
#include "engine/runtime/resident.hpp"

namespace saga::runtime {
namespace {

using base::ErrorCode;

StartReply refused(base::Error error, std::string saga_id = {}) {
  return StartReply{StartReply::Kind::kRefused, std::move(saga_id), std::move(error)};
}

}  // namespace

std::optional<base::Error> Orchestrator::refusal() const {
  if (is_stopping_) return base::Error{ErrorCode::kUnavailable, "the engine is stopping", ""};
  if (holding_) return holding_;
  if (sagas_.size() + keys_.size() >= options_.max_hot_sagas ||
      uncommitted_ >= options_.max_uncommitted) {
    return base::Error{ErrorCode::kOverloaded, "too many sagas are active; try again later", ""};
  }
  return std::nullopt;
}

void Orchestrator::start(RequestId request, const StartRequest& start, base::TimePoint now) {
  now_ = now;
  // A refusal depends on nothing that isn't durable yet: it is told at once.
  const auto refuse = [&](base::Error why) {
    ready_.replies.push_back({request, refused(std::move(why))});
  };
  if (std::optional<base::Error> why = refusal()) return refuse(std::move(*why));
  const auto definition = definitions_.find(start.definition_hash);
  if (definition == definitions_.end()) {
    return refuse({ErrorCode::kNotFound, "no such definition", ""});
  }
  base::Result<core::PreparedStart> prepared =
      core::prepare_start(*definition->second, start.input);
  if (!prepared) return refuse(prepared.error());
  PendingStart pending{request, definition->second, std::move(*prepared), {}};
  if (pending.prepared.key.empty()) {
    pending.saga_id = new_saga_id();
    begin(pending);
  } else {
    const std::string key_id =
        core::entity::key_entity_id(pending.definition->name, pending.prepared.key);
    with_key(key_id, std::move(pending));
  }
  run_mail();
}

void Orchestrator::with_key(const std::string& key_id, PendingStart start) {
  std::unique_ptr<Key>& key = keys_[key_id];
  const bool is_new = key == nullptr;
  if (is_new) key = std::make_unique<Key>();
  if (!key->is_loading) return claim(key_id, *key, std::move(start));
  key->waiting.push_back(std::move(start));
  if (is_new) ready_.loads.push_back(LoadKey{key_id});
}

void Orchestrator::loaded_key(LoadedKey loaded) {
  const auto found = keys_.find(loaded.id);
  if (found == keys_.end() || !found->second->is_loading) return;
  Key& key = *found->second;
  std::vector<PendingStart> waiting = std::move(key.waiting);
  key.waiting.clear();
  key.is_loading = false;
  if (loaded.key) key.state = std::move(*loaded.key);
  for (PendingStart& start : waiting) {
    if (loaded.key) {
      claim(loaded.id, key, std::move(start));
    } else {
      reply(start.request, refused(loaded.key.error()));
    }
  }
  if (key.last_batch == 0) keys_.erase(loaded.id);  // nothing new: the journal has it
}

void Orchestrator::claim(const std::string& key_id, Key& key, PendingStart start) {
  start.saga_id = new_saga_id();
  const core::entity::KeyClaim claim{start.saga_id,
                                     core::entity::input_digest(start.prepared.canonical)};
  const core::entity::KeyDecision decision = core::entity::advance(key.state, claim);
  using Kind = core::entity::KeyDecision::Kind;
  if (decision.kind == Kind::kKnown) {
    return reply(start.request, StartReply{StartReply::Kind::kKnown, decision.saga_id, {}});
  }
  if (decision.kind == Kind::kConflict) {
    const std::string message = "the key `" + start.prepared.key + "` of " +
                                start.definition->name +
                                " is held by a saga with another input: a new try needs a new key";
    return reply(start.request, refused({ErrorCode::kConflict, message, ""}, decision.saga_id));
  }
  ports::HistoryRow row;
  row.machine_id = key_id;
  row.first_seq = decision.events.front().seq;
  row.last_seq = decision.events.back().seq;
  row.at = now_;
  row.input = core::entity::encode(claim);
  row.events = core::entity::encode_events(decision.events);
  batch_.history.push_back(std::move(row));
  ++held_.transitions;
  ++uncommitted_;
  if (key.last_batch != open_number()) {
    key.last_batch = open_number();
    held_.keys.push_back(key_id);
  }
  begin(start);
}

void Orchestrator::begin(const PendingStart& start) {
  Saga& saga = add_saga(start.saga_id);
  saga.definition = start.definition;
  core::StartInput input;
  input.saga_id = start.saga_id;
  input.definition = start.definition->name;
  input.definition_hash = start.definition->hash;
  input.input = start.prepared.canonical;
  input.key = start.prepared.key;
  feed(saga, input);
  reply(start.request, StartReply{StartReply::Kind::kStarted, start.saga_id, {}});
}

std::string Orchestrator::new_saga_id() {
  std::array<std::uint8_t, 10> random{};
  for (std::uint8_t& byte : random) byte = static_cast<std::uint8_t>(random_.next());
  return base::make_uuid_v7(now_, random);
}

}  // namespace saga::runtime
