#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/session.hpp"
#include "engine/runtime/restore.hpp"

namespace saga::cli {
namespace {

// `since`: when the saga became stuck.
base::JsonText to_json(const runtime::SagaView& view, const runtime::SagaView::ParkedStep& parked,
                       base::TimePoint since) {
  base::JsonText text;
  base::JsonWriter json(text);
  json.begin_object().key("saga_id").string(view.id).key("definition").string(view.definition);
  json.key("key")
      .string(view.key)
      .key("step")
      .string(parked.step)
      .key("reason")
      .string(parked.reason);
  json.key("since").string(base::format_time(since)).end_object();
  return text;
}

// Prints items as they come, or keeps them for one array.
class Inbox {
 public:
  Inbox(OutputFormat format, const Console& console) : format_(format), console_(console) {}

  // All that is parked of one saga.
  void add(const runtime::SagaView& view, base::TimePoint since) {
    for (const runtime::SagaView::ParkedStep& parked : view.parked) {
      ++items_;
      switch (format_) {
        case OutputFormat::kJson: base::JsonWriter(array_).raw(to_json(view, parked, since)); break;
        case OutputFormat::kJsonLines: console_.out(to_json(view, parked, since)); break;
        case OutputFormat::kText:
          console_.out(view.id + "  " + (parked.step.empty() ? "-" : parked.step) + "  " +
                       printable(parked.reason));
          break;
      }
    }
  }
  // A saga that can't be read needs a person too, and hides no other.
  void add_unreadable(const std::string& id, base::Error error) {
    ++items_;
    error.context = "saga " + id;
    console_.error(error);
  }
  void finish() const {
    if (format_ == OutputFormat::kJson) console_.out(array_ + "]");
    if (format_ != OutputFormat::kText) return;
    console_.err(items_ == 0 ? "nothing waits for a person"
                             : "answer with `saga retry`, `saga settle` or `saga skip`");
  }

 private:
  OutputFormat format_;
  const Console& console_;
  base::JsonText array_ = "[";
  std::size_t items_ = 0;
};

}  // namespace

int run_inbox(const CommonOptions& options, const Console& console) {
  base::Result<Config> config = load_config(options);
  if (!config) return report(console, config.error());
  base::Result<std::unique_ptr<ports::JournalReader>> reader = open_reader(*config);
  if (!reader) return report(console, reader.error());
  ports::SagaFilter filter;
  filter.status = core::Status::kStuck;
  filter.limit = 500;
  Inbox inbox(options.format, console);
  do {
    base::Result<ports::SagaPage> page = (*reader)->sagas(filter);
    if (!page) return report(console, page.error());
    for (const ports::SagaRow& row : page->items) {
      base::Result<runtime::SagaView> view = runtime::read_saga(**reader, row.id);
      if (view) {
        inbox.add(*view, row.updated_at);
      } else {
        inbox.add_unreadable(row.id, view.error());
      }
    }
    filter.cursor = page->next_cursor;
  } while (!filter.cursor.empty());
  inbox.finish();
  return kOk;
}

}  // namespace saga::cli
