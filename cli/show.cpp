#include "cli/exit_code.hpp"
#include "cli/history.hpp"
#include "cli/options.hpp"
#include "cli/parked.hpp"
#include "cli/session.hpp"
#include "engine/runtime/restore.hpp"

namespace saga::cli {
namespace {

void print_text(const runtime::SagaView& view, const Console& console) {
  const auto line = [&](const std::string& name, const std::string& value) {
    if (!value.empty()) console.out(name + std::string(12 - name.size(), ' ') + printable(value));
  };
  line("id", view.id);
  line("definition", view.definition + " version " + std::to_string(view.version));
  line("key", view.key);
  line("parent", view.parent_id);
  line("status", std::string(core::name_of(view.status)));
  line("cause", std::string(core::name_of(view.cause)));
  line("started", base::format_time(view.started_at));
  line("updated", base::format_time(view.updated_at));
  line("current", joined(view.current, ", "));
  if (view.cancel_requested) line("cancel", std::string(kCancelWaits));
  for (const runtime::SagaView::Waiting& waiting : view.waiting) {
    const std::string when = waiting.due ? " at " + base::format_time(*waiting.due) : "";
    line("waiting", waiting.step + ": attempt " + std::to_string(waiting.attempts + 1) + when +
                        (waiting.why.empty() ? "" : ", after: " + waiting.why));
  }
  if (view.next_due)
    line(view.next_due == view.deadline ? "deadline" : "next", base::format_time(*view.next_due));
  line("input", view.input);
  line("output", view.output);
  line("error", view.error);
  line("left over", joined(view.left_over, ", "));
  for (const runtime::SagaView::ParkedStep& parked : view.parked) {
    line("parked", (parked.step.empty() ? "the saga" : parked.step) + ": " + parked.reason);
    if (parked.since) line("since", base::format_time(*parked.since));
  }
}

struct Stored {
  std::unique_ptr<ports::JournalReader> reader;
  ports::SagaRow row;
};

base::Result<Stored> find(const SagaOptions& options) {
  base::Result<Config> config = load_config(options);
  if (!config) return base::fail(config.error());
  base::Result<std::unique_ptr<ports::JournalReader>> reader = open_reader(*config);
  if (!reader) return base::fail(reader.error());
  base::Result<std::string> id = find_saga_id(**reader, options.id);
  if (!id) return base::fail(id.error());
  base::Result<ports::SagaRow> row = (*reader)->saga(*id);
  if (!row) return base::fail(row.error());
  return Stored{std::move(*reader), std::move(*row)};
}

void print_records(const std::vector<HistoryRecord>& records, const SagaOptions& options,
                   const core::Definition& definition, base::TimePoint began, base::JsonText& array,
                   const Console& console) {
  for (const HistoryRecord& record : records) {
    if (record.seq <= options.after) continue;
    switch (options.format) {
      case OutputFormat::kText:
        if (!record.text.empty()) console.out(to_line(record, began));
        break;
      case OutputFormat::kJsonLines: console.out(to_json(record, definition)); break;
      case OutputFormat::kJson: base::JsonWriter(array).raw(to_json(record, definition)); break;
    }
  }
}

}  // namespace

int run_show(const SagaOptions& options, const Console& console) {
  base::Result<Stored> stored = find(options);
  if (!stored) return report(console, stored.error());
  base::Result<runtime::SagaView> view = runtime::read_saga(*stored->reader, stored->row.id);
  if (!view) return report(console, view.error());
  if (options.format == OutputFormat::kText) {
    print_text(*view, console);
  } else {
    console.out(runtime::to_json(*view));
  }
  return kOk;
}

int run_history(const SagaOptions& options, const Console& console) {
  base::Result<Stored> stored = find(options);
  if (!stored) return report(console, stored.error());
  runtime::DefinitionCache definitions;
  base::Result<std::shared_ptr<const core::Definition>> definition =
      definitions.find(*stored->reader, stored->row.definition_hash);
  if (!definition) return report(console, definition.error());
  base::Result<std::vector<ports::HistoryRow>> rows =
      runtime::read_history(*stored->reader, stored->row.id);
  if (!rows) return report(console, rows.error());
  HistoryReader history(*definition);
  base::JsonText array = "[";
  for (const ports::HistoryRow& row : *rows) {
    base::Result<std::vector<HistoryRecord>> records = history.read(row);
    if (!records) return report(console, records.error());
    print_records(*records, options, **definition, stored->row.started_at, array, console);
  }
  if (options.format == OutputFormat::kJson) console.out(array + "]");
  return kOk;
}

}  // namespace saga::cli
