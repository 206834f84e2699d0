#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/session.hpp"
#include "engine/runtime/restore.hpp"

namespace saga::cli {
namespace {

base::JsonText to_json(const runtime::SagaView& view, const runtime::SagaView::ParkedStep& parked) {
  base::JsonText text;
  base::JsonWriter json(text);
  json.begin_object().key("saga_id").string(view.id).key("definition").string(view.definition);
  json.key("key")
      .string(view.key)
      .key("step")
      .string(parked.step)
      .key("reason")
      .string(parked.reason);
  json.key("since").string(base::format_time(view.updated_at)).end_object();
  return text;
}

}  // namespace

int run_inbox(const CommonOptions& options, const Console& console) {
  base::Result<Config> config = load_config(options);
  if (!config) return report(console, config.error());
  base::Result<std::unique_ptr<ports::JournalReader>> reader = open_reader(*config);
  if (!reader) return report(console, reader.error());
  ports::SagaFilter filter;
  filter.status = core::Status::kStuck;
  filter.limit = 500;
  base::JsonText array = "[";
  std::size_t items = 0;
  do {
    base::Result<ports::SagaPage> page = (*reader)->sagas(filter);
    if (!page) return report(console, page.error());
    for (const ports::SagaRow& row : page->items) {
      base::Result<runtime::SagaView> view = runtime::read_saga(**reader, row.id);
      if (!view) return report(console, view.error());
      for (const runtime::SagaView::ParkedStep& parked : view->parked) {
        ++items;
        if (options.format == OutputFormat::kJson)
          base::JsonWriter(array).raw(to_json(*view, parked));
        if (options.format == OutputFormat::kJsonLines) console.out(to_json(*view, parked));
        if (options.format == OutputFormat::kText) {
          console.out(view->id + "  " + (parked.step.empty() ? "-" : parked.step) + "  " +
                      printable(parked.reason));
        }
      }
    }
    filter.cursor = page->next_cursor;
  } while (!filter.cursor.empty());
  if (options.format == OutputFormat::kJson) console.out(array + "]");
  if (options.format == OutputFormat::kText) {
    console.err(items == 0 ? "nothing waits for a person"
                           : "answer with `saga retry`, `saga settle` or `saga skip`");
  }
  return kOk;
}

}  // namespace saga::cli
