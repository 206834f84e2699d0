#include "cli/session.hpp"
#include "engine/base/ids.hpp"
#include "engine/journal/sqlite_journal.hpp"

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
constexpr std::size_t kNamedAtOnce = 5;

base::Result<std::vector<ports::SagaRow>> rows_of(ports::JournalReader& reader,
                                                  ports::SagaFilter filter) {
  filter.limit = kNamedAtOnce + 1;
  base::Result<ports::SagaPage> page = reader.sagas(filter);
  if (!page) return base::fail(page.error());
  return std::move(page->items);
}

// `0197… of shop.Buy, 0198… of shop.Sell`.
std::string list_of(const std::vector<ports::SagaRow>& rows) {
  std::string list;
  for (std::size_t i = 0; i < rows.size() && i < kNamedAtOnce; ++i)
    list += (i == 0 ? "" : ", ") + rows[i].id + " of " + rows[i].definition;
  return list + (rows.size() > kNamedAtOnce ? ", and more" : "");
}

// What may be meant by a whole id, a key or the beginning of an id, in this order.
base::Result<std::vector<ports::SagaRow>> matching(ports::JournalReader& reader,
                                                   const std::string& id) {
  if (base::is_uuid(id)) {
    base::Result<ports::SagaRow> whole = reader.saga(id);
    if (whole) return std::vector{std::move(*whole)};
    if (whole.error().code != ErrorCode::kNotFound) return base::fail(whole.error());
  }
  ports::SagaFilter filter;
  filter.key = id;
  base::Result<std::vector<ports::SagaRow>> keyed = rows_of(reader, filter);
  if (!keyed || !keyed->empty() || id.size() < kShortestBeginning) return keyed;
  filter = {};
  filter.id_beginning = id;
  return rows_of(reader, filter);
}

}  // namespace

base::Result<std::string> find_saga_id(ports::JournalReader& reader, const std::string& id) {
  if (id.empty()) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "the ID is empty: give the saga's id, its beginning, or its key");
  }
  base::Result<std::vector<ports::SagaRow>> found = matching(reader, id);
  if (!found) return base::fail(found.error());
  if (found->size() == 1) return std::move(found->front().id);
  if (found->size() > 1) {
    return base::fail(ErrorCode::kConflict,
                      "`" + id + "` fits several sagas, give the id: " + list_of(*found));
  }
  const std::string hint =
      id.size() < kShortestBeginning ? ": give its key, or at least four characters of its id" : "";
  return base::fail(ErrorCode::kNotFound, "there is no saga `" + id + "`" + hint);
}

}  // namespace saga::cli
