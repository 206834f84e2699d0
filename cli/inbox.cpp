#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/parked.hpp"
#include "cli/session.hpp"
#include "engine/runtime/restore.hpp"
#include "engine/runtime/system_clock.hpp"

namespace saga::cli {
namespace {

struct Item {
  const runtime::SagaView& saga;
  const runtime::SagaView::ParkedStep& parked;
  base::TimePoint since;  // when it was parked
  core::Cause undone_by;  // what a retry does is compensated right after
};

base::JsonText to_json(const Item& item) {
  base::JsonText text;
  base::JsonWriter json(text);
  json.begin_object().key("saga_id").string(item.saga.id);
  json.key("definition").string(item.saga.definition);
  json.key("key").string(item.saga.key).key("step").string(item.parked.step);
  json.key("reason").string(item.parked.reason);
  json.key("since").string(base::format_time(item.since));
  json.key("verbs").begin_array();
  for (const std::string& verb : item.parked.verbs) json.string(verb);
  json.end_array();
  if (item.undone_by != core::Cause::kNone)
    json.key("undone_by").string(core::name_of(item.undone_by));
  json.end_object();
  return text;
}

void print_text(const Item& item, const Console& console) {
  const std::string& step = item.parked.step;
  const std::string& key = item.saga.key;
  console.out(item.saga.id + "  " + (step.empty() ? "-" : step) + "  " +
              base::format_time(item.since) + "  " + item.saga.definition + "  " +
              (key.empty() ? "-" : printable(key)));
  console.out("    " + printable(item.parked.reason));
  if (item.undone_by != core::Cause::kNone)
    console.out("    " + notice_of_undoing(step, item.undone_by));
  console.out("    next: " + next_verbs(item.saga, item.parked));
}

// Prints items as they come, or keeps them for one array.
class Inbox {
 public:
  Inbox(OutputFormat format, const Console& console) : format_(format), console_(console) {}

  // All that is parked of one saga.
  void add(const runtime::SagaView& view, base::TimePoint now) {
    for (const runtime::SagaView::ParkedStep& parked : view.parked) {
      ++items_;
      const Item item{view, parked, parked.since.value_or(view.updated_at),
                      runtime::undone_by(view, parked, now)};
      switch (format_) {
        case OutputFormat::kJson: base::JsonWriter(array_).raw(to_json(item)); break;
        case OutputFormat::kJsonLines: console_.out(to_json(item)); break;
        case OutputFormat::kText: print_text(item, console_); break;
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
    if (format_ == OutputFormat::kText && items_ == 0) console_.err("nothing waits for a person");
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
        inbox.add(*view, runtime::SystemClock().now());
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
