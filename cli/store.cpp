#include "cli/session.hpp"
#include "engine/base/ids.hpp"

namespace saga::cli {

using base::ErrorCode;

base::Result<std::unique_ptr<ports::JournalReader>> open_reader(const Config& config) {
  if (config.db.empty()) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "say which journal: `--db FILE`, SAGA_DB, or `db` in saga.toml");
  }
  return journal::open_sqlite_reader(config.db);
}

namespace {

constexpr std::size_t kShortestBeginning = 4;

// What may be meant by a key or the beginning of an id; two are enough to say "several".
base::Result<std::vector<std::string>> matching_ids(ports::JournalReader& reader,
                                                    const std::string& id) {
  ports::SagaFilter filter;
  filter.key = id;
  filter.limit = 2;
  base::Result<ports::SagaPage> keyed = reader.sagas(filter);
  if (!keyed) return base::fail(keyed.error());
  std::vector<std::string> found;
  for (const ports::SagaRow& row : keyed->items) found.push_back(row.id);
  if (!found.empty() || id.size() < kShortestBeginning) return found;
  filter = {};
  filter.limit = 500;
  do {
    base::Result<ports::SagaPage> page = reader.sagas(filter);
    if (!page) return base::fail(page.error());
    for (const ports::SagaRow& row : page->items) {
      if (row.id.starts_with(id)) found.push_back(row.id);
    }
    filter.cursor = page->next_cursor;
  } while (!filter.cursor.empty() && found.size() < 2);
  return found;
}

}  // namespace

base::Result<std::string> find_saga_id(ports::JournalReader& reader, const std::string& id) {
  if (base::is_uuid(id)) return id;
  base::Result<std::vector<std::string>> found = matching_ids(reader, id);
  if (!found) return base::fail(found.error());
  if (found->size() == 1) return std::move(found->front());
  if (found->size() > 1) {
    return base::fail(ErrorCode::kConflict, "`" + id + "` fits several sagas: give more of the id");
  }
  const std::string hint =
      id.size() < kShortestBeginning ? ": give its key, or at least four characters of its id" : "";
  return base::fail(ErrorCode::kNotFound, "there is no saga `" + id + "`" + hint);
}

}  // namespace saga::cli
