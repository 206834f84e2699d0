#include "cli/same_start.hpp"

#include "engine/runtime/restore.hpp"

namespace saga::cli {
namespace {

constexpr core::Status kUnfinished[] = {core::Status::kRunning, core::Status::kCompensating,
                                        core::Status::kStuck};

}  // namespace

base::Result<std::optional<std::string>> find_same_start(ports::JournalReader& reader,
                                                         const core::Definition& definition,
                                                         const base::JsonText& canonical_input,
                                                         std::vector<base::Error>& unreadable) {
  for (const core::Status status : kUnfinished) {
    ports::SagaFilter filter;
    filter.status = status;
    filter.definition = definition.name;
    do {
      base::Result<ports::SagaPage> page = reader.sagas(filter);
      if (!page) return base::fail(page.error());
      for (const ports::SagaRow& row : page->items) {
        if (!row.key.empty() || !row.parent_id.empty()) continue;
        const base::Result<runtime::SagaView> view = runtime::read_saga(reader, row.id);
        if (!view) {
          unreadable.push_back(view.error());
          unreadable.back().context = "saga " + row.id;
          continue;
        }
        if (view->input == canonical_input) return std::optional(row.id);
      }
      filter.cursor = page->next_cursor;
    } while (!filter.cursor.empty());
  }
  return std::optional<std::string>{};
}

}  // namespace saga::cli
