#include "engine/runtime/loader.hpp"

#include <iterator>
#include <utility>

#include "engine/base/limits.hpp"
#include "engine/runtime/caught.hpp"

namespace saga::runtime {
namespace {

// Answers go back in groups of at most so many, so that the first don't wait for the last.
constexpr std::size_t kAGroup = 64;

LoadedSaga load_saga(ports::JournalReader& reader, DefinitionCache& definitions,
                     const LoadSaga& load) {
  LoadedSaga loaded{load.id, restore_saga(reader, definitions, load.id), {}, nullptr};
  if (!loaded.saga) return loaded;
  base::Result<std::vector<ports::MessageRow>> messages = reader.messages(load.id);
  if (!messages) {
    loaded.saga = base::fail(messages.error());
    return loaded;
  }
  loaded.messages = std::move(*messages);
  std::string hash = load.definition_hash;
  for (const ports::MessageRow& row : loaded.messages) {
    if (!hash.empty() || *loaded.saga) break;
    base::Result<core::MessageBody> body = core::decode_message(row.body);
    const auto* child = body ? std::get_if<core::ChildStartMessage>(&*body) : nullptr;
    if (child != nullptr) hash = child->start.definition_hash;
  }
  if (*loaded.saga || hash.empty()) return loaded;
  base::Result<std::shared_ptr<const core::Definition>> definition = definitions.find(reader, hash);
  if (definition) {
    loaded.definition = std::move(*definition);
  } else {
    loaded.saga = base::fail(definition.error());
  }
  return loaded;
}

Loaded make_load(ports::JournalReader& reader, DefinitionCache& definitions, const Load& load) {
  if (const auto* saga = std::get_if<LoadSaga>(&load)) {
    return load_saga(reader, definitions, *saga);
  }
  if (const auto* key = std::get_if<LoadKey>(&load)) {
    return LoadedKey{key->id, restore_key(reader, key->id)};
  }
  if (const auto* timers = std::get_if<LoadTimers>(&load)) {
    return LoadedTimers{*timers, reader.timers(timers->before, timers->limit, timers->after)};
  }
  return LoadedReceivers{reader.message_receivers()};
}

Loaded failed(const Load& load, base::Error why) {
  auto error = base::fail(std::move(why));
  if (const auto* saga = std::get_if<LoadSaga>(&load)) {
    return LoadedSaga{saga->id, std::move(error), {}, nullptr};
  }
  if (const auto* key = std::get_if<LoadKey>(&load)) return LoadedKey{key->id, std::move(error)};
  if (const auto* timers = std::get_if<LoadTimers>(&load)) {
    return LoadedTimers{*timers, std::move(error)};
  }
  return LoadedReceivers{std::move(error)};
}

}  // namespace

Loaded load(ports::JournalReader& reader, DefinitionCache& definitions, const Load& load) {
  std::optional<Loaded> loaded;
  std::optional<base::Error> why = caught([&] { loaded = make_load(reader, definitions, load); });
  return why ? failed(load, std::move(*why)) : std::move(*loaded);
}

Loader::Loader(std::unique_ptr<ports::JournalReader> reader, OnLoaded on_loaded)
    : reader_(std::move(reader)), on_loaded_(std::move(on_loaded)), thread_([this] { run(); }) {}

Loader::~Loader() { stop(); }

void Loader::submit(std::vector<Load> loads) {
  {
    const std::lock_guard lock(mutex_);
    queue_.insert(queue_.end(), std::make_move_iterator(loads.begin()),
                  std::make_move_iterator(loads.end()));
  }
  changed_.notify_one();
}

void Loader::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Loader::run() {
  DefinitionCache definitions;
  std::vector<Load> loads;
  for (;;) {
    loads.clear();
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return is_stopping_ || !queue_.empty(); });
      if (is_stopping_) return;
      loads.swap(queue_);
    }
    std::vector<Loaded> loaded;
    for (const Load& each : loads) {
      loaded.push_back(load(*reader_, definitions, each));
      if (loaded.size() == kAGroup) on_loaded_(std::exchange(loaded, {}));
    }
    if (!loaded.empty()) on_loaded_(std::move(loaded));
  }
}

}  // namespace saga::runtime
