#include <set>

#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/parked.hpp"
#include "cli/saga_json.hpp"
#include "cli/session.hpp"
#include "engine/base/names.hpp"

namespace saga::cli {
namespace {

std::string to_line(const ports::SagaRow& row) {
  const std::string cause(core::name_of(row.cause));
  const std::string status =
      std::string(core::name_of(row.status)) + (cause.empty() ? "" : " (" + cause + ")");
  const auto padded = [](std::string text) {
    constexpr std::size_t kWidth = 24;
    if (text.size() < kWidth) text.resize(kWidth, ' ');
    return text;
  };
  return row.id + "  " + padded(status) + " " + padded(row.key.empty() ? "-" : printable(row.key)) +
         " " + base::format_time(row.started_at) + "  " + row.definition;
}

void print(const ports::SagaPage& page, OutputFormat format, const Console& console) {
  if (format == OutputFormat::kJson) return console.out(to_json(page));
  for (const ports::SagaRow& row : page.items) {
    console.out(format == OutputFormat::kText ? to_line(row) : to_json(row));
  }
  if (format != OutputFormat::kText) return;
  if (page.items.empty()) console.err("no saga fits");
  if (!page.next_cursor.empty()) console.err("more: --cursor " + page.next_cursor);
}

// The full name that is meant by a full or a bare one. One that the journal doesn't know is as good
// as any: no saga fits.
base::Result<std::string> full_name(ports::JournalReader& reader, const std::string& name) {
  base::Result<std::vector<ports::DefinitionRow>> stored = reader.definitions();
  if (!stored) return base::fail(stored.error());
  std::set<std::string> fitting;
  for (const ports::DefinitionRow& row : *stored) {
    if (row.name == name) return name;
    if (base::bare_name(row.name) == name) fitting.insert(row.name);
  }
  if (fitting.empty()) return name;
  if (fitting.size() == 1) return *fitting.begin();
  const std::vector<std::string> names(fitting.begin(), fitting.end());
  return base::fail(base::ErrorCode::kInvalidArgument,
                    "`" + name + "` is the name of several definitions: say which of `" +
                        joined(names, "`, `") + "`",
                    "--definition");
}

}  // namespace

int run_list(const ListOptions& options, const Console& console) {
  ports::SagaFilter filter;
  filter.key = options.key;
  filter.cursor = options.cursor;
  filter.limit = options.limit;
  if (!options.status.empty()) {
    filter.status = core::status_from(options.status);
    if (!filter.status) {
      console.error("there is no status `" + options.status +
                    "`: running, compensating, completed, compensated, stuck, terminated");
      return kUsage;
    }
  }
  base::Result<Config> config = load_config(options);
  if (!config) return report(console, config.error());
  base::Result<std::unique_ptr<ports::JournalReader>> reader = open_reader(*config);
  if (!reader) return report(console, reader.error());
  if (!options.definition.empty()) {
    base::Result<std::string> name = full_name(**reader, options.definition);
    if (!name) return report(console, name.error());
    filter.definition = *name;
  }
  base::Result<ports::SagaPage> page = (*reader)->sagas(filter);
  if (!page) return report(console, page.error());
  print(*page, options.format, console);
  return kOk;
}

}  // namespace saga::cli
