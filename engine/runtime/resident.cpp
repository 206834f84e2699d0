#include "engine/runtime/resident.hpp"

#include <utility>

namespace saga::runtime {
namespace {

using base::ErrorCode;

constexpr std::size_t kLoadsAtOnce = 256;
// A saga whose timer comes this soon stays in memory.
constexpr base::Duration kStays{2'000};

}  // namespace

Orchestrator::Saga& Orchestrator::add_saga(const std::string& id) {
  auto saga = std::make_unique<Saga>();
  saga->id = id;
  return *(sagas_[id] = std::move(saga));
}

void Orchestrator::with_saga(const std::string& id, const std::string& definition_hash, Then then) {
  const auto known = sagas_.find(id);
  if (known != sagas_.end() && !known->second->is_loading) return then(known->second.get(), {});
  const bool is_new = known == sagas_.end();
  Saga& saga = is_new ? add_saga(id) : *known->second;
  saga.is_loading = true;
  saga.waiting.push_back(std::move(then));
  if (!definition_hash.empty()) saga.born_with = definition_hash;
  if (!is_new) return;
  const bool is_known = definitions_.count(definition_hash) > 0;
  wanted_.push_back({id, is_known ? "" : definition_hash});
  next_loads();
}

// What is loaded isn't in memory, so all of it is committed: a load needn't wait for a batch.
void Orchestrator::next_loads() {
  while (loads_ < kLoadsAtOnce && !wanted_.empty()) {
    ready_.loads.push_back(std::move(wanted_.front()));
    wanted_.pop_front();
    ++loads_;
  }
}

void Orchestrator::loaded(Loaded loaded, base::TimePoint now) {
  now_ = now;
  if (auto* saga = std::get_if<LoadedSaga>(&loaded)) {
    loaded_saga(std::move(*saga));
  } else if (auto* key = std::get_if<LoadedKey>(&loaded)) {
    loaded_key(std::move(*key));
  } else if (auto* timers = std::get_if<LoadedTimers>(&loaded)) {
    loaded_timers(*timers);
  } else if (auto* receivers = std::get_if<LoadedReceivers>(&loaded)) {
    loaded_receivers(*receivers);
  }
  run_mail();
}

void Orchestrator::loaded_saga(LoadedSaga loaded) {
  --loads_;
  next_loads();
  extend_horizon();
  const auto found = sagas_.find(loaded.id);
  if (found == sagas_.end() || !found->second->is_loading) return;
  Saga& saga = *found->second;
  const std::vector<Then> waiting = std::exchange(saga.waiting, {});
  if (!loaded.definition) {
    const auto definition = definitions_.find(saga.born_with);
    if (definition != definitions_.end()) loaded.definition = definition->second;
  }
  base::Error why;
  if (!loaded.saga) {
    why = loaded.saga.error();
  } else if (!*loaded.saga && !loaded.definition) {
    why = {ErrorCode::kNotFound, "there is no saga `" + loaded.id + "`", ""};
  } else {
    saga.is_loading = false;
    take_up(saga, loaded);
    for (const Then& then : waiting) then(&saga, {});
    return let_go(loaded.id);
  }
  sagas_.erase(found);
  for (const Then& then : waiting) then(nullptr, why);
}

void Orchestrator::take_up(Saga& saga, LoadedSaga& loaded) {
  if (*loaded.saga) {
    RestoredSaga& restored = **loaded.saga;
    saga.definition = std::move(restored.definition);
    saga.state = std::move(restored.state);
    saga.updated_at = restored.updated_at;
    saga.snapshot_seq = restored.snapshot_seq;
    saga.listed = {saga.state.status(), saga.state.cause};
    saga.stored_due = due_in_journal(saga.state);
    set_due(saga);
  } else {
    saga.definition = std::move(loaded.definition);
  }
  definitions_.emplace(saga.definition->hash, saga.definition);
  // Calls in flight of a saga that comes from the journal are those of an earlier process.
  const bool goes_on = options_.makes_calls && !is_stopping_;
  if (goes_on && core::is_hot(saga.state)) feed(saga, core::RecoveredInput{});
  for (ports::MessageRow& row : loaded.messages) {
    base::Result<core::MessageBody> body = core::decode_message(row.body);
    if (body) {
      receive(saga, {row.from, row.number, std::move(*body)});
    } else {
      ready_.problems.push_back({saga.id, body.error()});
    }
  }
}

void Orchestrator::run_mail() {
  while (!mail_.empty()) {
    Mail mail = std::move(mail_.front());
    mail_.pop_front();
    std::string definition_hash;
    if (const auto* child = std::get_if<core::ChildStartMessage>(&mail.message.body)) {
      definition_hash = child->start.definition_hash;
    }
    with_saga(mail.to, definition_hash,
              [this, to = mail.to, message = std::move(mail.message)](Saga* saga,
                                                                      const base::Error& why) {
                if (saga == nullptr) {
                  ready_.problems.push_back({to, why});
                } else {
                  receive(*saga, message);
                }
              });
  }
}

void Orchestrator::receive(Saga& saga, const core::MessageInput& message) {
  const auto known = saga.state.received.find(message.from);
  if (known != saga.state.received.end() && known->second >= message.number) return;
  core::MessageInput input = message;
  input.holds_calls = !options_.makes_calls || is_stopping_;
  feed(saga, std::move(input));
  keep_consumed(saga.id, message);
}

void Orchestrator::let_go(const std::string& id) {
  const auto found = sagas_.find(id);
  if (found == sagas_.end()) return;
  const Saga& saga = *found->second;
  if (saga.is_loading || saga.last_batch >= first_committing_ || core::is_hot(saga.state)) return;
  const std::optional<base::TimePoint> due = core::next_due(saga.state);
  if (due && *due <= now_ + kStays) return;
  sagas_.erase(found);
}

}  // namespace saga::runtime
