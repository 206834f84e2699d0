#include "cli/session.hpp"
#include "engine/base/ids.hpp"
#include "engine/core/definition_codec.hpp"

namespace saga::cli {

using base::ErrorCode;

base::Result<std::unique_ptr<ports::JournalReader>> open_reader(const Config& config) {
  if (config.db.empty()) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "say which journal: `--db FILE`, SAGA_DB, or `db` in saga.toml");
  }
  return journal::open_sqlite_reader(config.db);
}

base::Result<std::shared_ptr<const core::Definition>> stored_definition(
    ports::JournalReader& reader, const std::string& hash) {
  base::Result<ports::DefinitionRow> row = reader.definition(hash);
  if (!row) return base::fail(row.error());
  base::Result<core::Definition> definition = core::decode_definition(row->text);
  if (!definition) return base::fail(definition.error());
  definition->hash = row->hash;
  for (core::Source& source : definition->sources) {
    for (const ports::SourceRow& stored : row->sources) {
      if (stored.path == source.path) source.text = stored.text;
    }
  }
  return std::make_shared<const core::Definition>(std::move(*definition));
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
