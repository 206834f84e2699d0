#include "cli/family.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace saga::cli {
namespace {

// Definitions by hash, with those that they call, each once.
class Closure {
 public:
  Closure(ports::JournalReader& reader, runtime::DefinitionCache& cache)
      : reader_(reader), cache_(cache) {}

  base::Result<void> add(const std::string& hash) {
    std::vector<std::string> wanted = {hash};
    while (!wanted.empty()) {
      const std::string next = std::move(wanted.back());
      wanted.pop_back();
      if (!known_.insert(next).second) continue;
      auto definition = cache_.find(reader_, next);
      if (!definition) return base::fail(definition.error());
      for (const core::ChildRef& child : (*definition)->children) wanted.push_back(child.hash);
      definitions_.push_back(std::move(*definition));
    }
    return {};
  }
  Definitions take() { return std::move(definitions_); }

 private:
  ports::JournalReader& reader_;
  runtime::DefinitionCache& cache_;
  std::set<std::string> known_;
  Definitions definitions_;
};

using Restored = base::Result<std::optional<runtime::RestoredSaga>>;

std::vector<std::string> called_by(const core::State& state) {
  std::vector<std::string> ids;
  for (const core::Frame& frame : state.frames) {
    if (frame.step && !frame.step->child_id.empty()) ids.push_back(frame.step->child_id);
  }
  return ids;
}

base::Result<std::string> root_of(ports::JournalReader& reader, runtime::DefinitionCache& cache,
                                  const std::string& id) {
  Restored restored = runtime::restore_saga(reader, cache, id);
  if (!restored) return base::fail(restored.error());
  if (!*restored) return base::fail(base::ErrorCode::kNotFound, "there is no saga `" + id + "`");
  const std::optional<core::ParentRef>& parent = (*restored)->state.parent;
  return parent ? parent->root_id : id;
}

// Reads one member and adds the ids of those that it called to `ids`.
base::Result<Family::Member> read_member(ports::JournalReader& reader,
                                         runtime::DefinitionCache& cache, const std::string& id,
                                         Closure& closure, std::vector<std::string>& ids) {
  Family::Member member;
  member.id = id;
  Restored restored = runtime::restore_saga(reader, cache, id);
  if (!restored) return base::fail(restored.error());
  auto messages = reader.messages(id);
  if (!messages) return base::fail(messages.error());
  member.has_messages = !messages->empty();
  if (!*restored) return member;
  const core::State& state = (*restored)->state;
  if (base::Result<void> added = closure.add(state.definition_hash); !added)
    return base::fail(added.error());
  member.saga = runtime::make_view(*(*restored)->definition, state, (*restored)->updated_at);
  member.is_hot = core::is_hot(state);
  for (std::string& child : called_by(state)) ids.push_back(std::move(child));
  return member;
}

// A stuck saga may still have calls, timers or called sagas that go on beside what is parked.
base::Result<bool> may_go_on(ports::JournalReader& reader, runtime::DefinitionCache& cache,
                             const std::string& id) {
  const Restored restored = runtime::restore_saga(reader, cache, id);
  if (!restored) return base::fail(restored.error());
  if (!*restored) return false;
  const core::State& state = (*restored)->state;
  return core::is_hot(state) || core::next_due(state) || !called_by(state).empty();
}

base::Result<bool> has_unfinished(ports::JournalReader& reader, runtime::DefinitionCache& cache,
                                  const std::string& hash) {
  ports::SagaFilter filter;
  filter.definition_hash = hash;
  filter.limit = 1;
  for (const core::Status status : {core::Status::kRunning, core::Status::kCompensating}) {
    filter.status = status;
    base::Result<ports::SagaPage> page = reader.sagas(filter);
    if (!page) return base::fail(page.error());
    if (!page->items.empty()) return true;
  }
  filter.status = core::Status::kStuck;
  filter.limit = 500;
  do {
    base::Result<ports::SagaPage> page = reader.sagas(filter);
    if (!page) return base::fail(page.error());
    for (const ports::SagaRow& row : page->items) {
      base::Result<bool> goes_on = may_go_on(reader, cache, row.id);
      if (!goes_on || *goes_on) return goes_on;
    }
    filter.cursor = page->next_cursor;
  } while (!filter.cursor.empty());
  return false;
}

}  // namespace

bool Family::waits_for_person() const {
  const auto is_open = [](const Member& member) {
    const core::Status status = member.saga->status;
    return status == core::Status::kRunning || status == core::Status::kCompensating ||
           status == core::Status::kStuck;
  };
  if (!root().saga || !is_open(root())) return false;
  bool is_parked = false;
  for (const Member& member : members) {
    if (member.is_hot || member.has_messages) return false;
    is_parked = is_parked || (member.saga && is_open(member) && !member.saga->parked.empty());
  }
  return is_parked;
}

base::Result<Family> read_family(ports::JournalReader& reader, const std::string& id) {
  runtime::DefinitionCache cache;
  base::Result<std::string> root = root_of(reader, cache, id);
  if (!root) return base::fail(root.error());
  Closure closure(reader, cache);
  Family family;
  std::vector<std::string> ids = {*root};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::string next = ids[i];
    base::Result<Family::Member> member = read_member(reader, cache, next, closure, ids);
    if (!member) return base::fail(member.error());
    family.members.push_back(std::move(*member));
  }
  family.definitions = closure.take();
  return family;
}

base::Result<Definitions> unfinished_definitions(ports::JournalReader& reader) {
  base::Result<std::vector<ports::DefinitionRow>> rows = reader.definitions();
  if (!rows) return base::fail(rows.error());
  runtime::DefinitionCache cache;
  Closure closure(reader, cache);
  for (const ports::DefinitionRow& row : *rows) {
    base::Result<bool> unfinished = has_unfinished(reader, cache, row.hash);
    if (!unfinished) return base::fail(unfinished.error());
    if (!*unfinished) continue;
    if (base::Result<void> added = closure.add(row.hash); !added) return base::fail(added.error());
  }
  return closure.take();
}

}  // namespace saga::cli
