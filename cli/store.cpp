#include <map>

#include "cli/session.hpp"
#include "engine/base/ids.hpp"
#include "engine/runtime/restore.hpp"

namespace saga::cli {

using base::ErrorCode;

namespace {

base::Result<bool> has_unfinished(ports::JournalReader& reader, const std::string& definition) {
  ports::SagaFilter filter;
  filter.definition = definition;
  filter.limit = 1;
  for (const core::Status status : {core::Status::kRunning, core::Status::kCompensating}) {
    filter.status = status;
    base::Result<ports::SagaPage> page = reader.sagas(filter);
    if (!page) return base::fail(page.error());
    if (!page->items.empty()) return true;
  }
  return false;
}

}  // namespace

base::Result<std::unique_ptr<ports::JournalReader>> open_reader(const Config& config) {
  if (config.db.empty()) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "say which journal: `--db FILE`, SAGA_DB, or `db` in saga.toml");
  }
  return journal::open_sqlite_reader(config.db);
}

base::Result<Definitions> unfinished_definitions(ports::JournalReader& reader) {
  base::Result<std::vector<ports::DefinitionRow>> rows = reader.definitions();
  if (!rows) return base::fail(rows.error());
  runtime::DefinitionCache cache;
  Definitions definitions;
  std::map<std::string, bool> unfinished;  // by name
  for (const ports::DefinitionRow& row : *rows) {
    if (!unfinished.contains(row.name)) {
      base::Result<bool> found = has_unfinished(reader, row.name);
      if (!found) return base::fail(found.error());
      unfinished[row.name] = *found;
    }
    if (!unfinished[row.name]) continue;
    auto definition = cache.find(reader, row.hash);
    if (!definition) return base::fail(definition.error());
    definitions.push_back(std::move(*definition));
  }
  return definitions;
}

base::Result<std::string> find_saga_id(ports::JournalReader& reader, const std::string& id) {
  if (base::is_uuid(id)) return id;
  if (id.size() < 4) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "`" + id + "` is no saga's id: give at least its first four characters");
  }
  std::string found;
  ports::SagaFilter filter;
  filter.limit = 500;
  do {
    base::Result<ports::SagaPage> page = reader.sagas(filter);
    if (!page) return base::fail(page.error());
    for (const ports::SagaRow& row : page->items) {
      if (!row.id.starts_with(id) && row.key != id) continue;
      if (!found.empty())
        return base::fail(ErrorCode::kConflict,
                          "`" + id + "` fits several sagas: give more of the id");
      found = row.id;
    }
    filter.cursor = page->next_cursor;
  } while (!filter.cursor.empty());
  if (found.empty()) return base::fail(ErrorCode::kNotFound, "there is no saga `" + id + "`");
  return found;
}

}  // namespace saga::cli
