#include "cli/family.hpp"

#include <algorithm>
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
  member.goes_on = core::goes_on_alone(state);
  for (std::string& child : called_by(state)) ids.push_back(std::move(child));
  return member;
}

// Finds the definitions of which some saga may go on by itself, from list rows alone: a start reads
// no histories but those that it goes on with, and one that is damaged keeps no other from it.
class UnfinishedSearch {
 public:
  UnfinishedSearch(ports::JournalReader& reader, std::vector<base::Error>& damaged)
      : reader_(reader), damaged_(damaged) {}

  base::Result<Definitions> run() {
    base::Result<std::vector<ports::DefinitionRow>> rows = reader_.definitions();
    if (!rows) return base::fail(rows.error());
    for (const ports::DefinitionRow& row : *rows) {
      if (base::Result<void> looked = look_at(row.hash); !looked) return base::fail(looked.error());
    }
    if (base::Result<void> read = add_receivers(); !read) return base::fail(read.error());
    while (add_callers()) {
    }
    Closure closure(reader_, cache_);
    for (const std::string& hash : found_) {
      if (base::Result<void> added = closure.add(hash); !added) damaged_.push_back(added.error());
    }
    return closure.take();
  }

 private:
  base::Result<bool> has(const std::string& hash, core::Status status, bool has_timer) {
    ports::SagaFilter filter;
    filter.definition_hash = hash;
    filter.status = status;
    filter.has_timer = has_timer;
    filter.limit = 1;
    base::Result<ports::SagaPage> page = reader_.sagas(filter);
    if (page) return !page->items.empty();
    if (page.error().code != base::ErrorCode::kCorrupt) return base::fail(page.error());
    damaged_.push_back(page.error());
    return true;
  }

  base::Result<void> look_at(const std::string& hash) {
    // One that is stuck may have calls and timers beside what is parked: then it has a timer.
    for (const core::Status status :
         {core::Status::kRunning, core::Status::kCompensating, core::Status::kStuck}) {
      const bool is_stuck = status == core::Status::kStuck;
      base::Result<bool> goes_on = has(hash, status, is_stuck);
      if (!goes_on) return base::fail(goes_on.error());
      if (*goes_on) {
        found_.insert(hash);
        return {};
      }
    }
    base::Result<bool> parked = has(hash, core::Status::kStuck, false);
    if (!parked) return base::fail(parked.error());
    if (*parked) parked_.insert(hash);
    return {};
  }

  // Messages that wait: for a saga that is stuck, or for one that isn't there yet, which its
  // caller's definition knows.
  base::Result<void> add_receivers() {
    base::Result<std::vector<std::string>> receivers = reader_.message_receivers();
    if (!receivers) return base::fail(receivers.error());
    for (const std::string& receiver : *receivers) {
      base::Result<std::vector<ports::MessageRow>> messages = reader_.messages(receiver);
      if (!messages) return base::fail(messages.error());
      add_parked(receiver);
      for (const ports::MessageRow& message : *messages) add_parked(message.from);
    }
    return {};
  }
  void add_parked(const std::string& id) {
    const base::Result<ports::SagaRow> row = reader_.saga(id);
    if (row && parked_.erase(row->definition_hash) > 0) found_.insert(row->definition_hash);
  }

  // A stuck saga goes on when one that it called does. Which sagas called which is in their
  // histories; that a definition calls one of which some go on is enough.
  bool add_callers() {
    return std::erase_if(parked_, [&](const std::string& hash) {
             auto definition = cache_.find(reader_, hash);
             if (!definition) {
               damaged_.push_back(definition.error());
               return true;
             }
             const auto& children = (*definition)->children;
             const bool calls =
                 std::any_of(children.begin(), children.end(),
                             [&](const auto& child) { return found_.contains(child.hash); });
             if (calls) found_.insert(hash);
             return calls;
           }) > 0;
  }

  ports::JournalReader& reader_;
  std::vector<base::Error>& damaged_;
  runtime::DefinitionCache cache_;
  std::set<std::string> found_;
  std::set<std::string> parked_;  // of which some are stuck, and none goes on as far as is known
};

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
    if (member.goes_on || member.has_messages) return false;
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

base::Result<Definitions> unfinished_definitions(ports::JournalReader& reader,
                                                 std::vector<base::Error>& damaged) {
  return UnfinishedSearch(reader, damaged).run();
}

}  // namespace saga::cli
