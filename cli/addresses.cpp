#include "cli/addresses.hpp"

#include <set>

#include "dsl/check/suggest.hpp"
#include "engine/base/names.hpp"
#include "engine/runtime/restore.hpp"

namespace saga::cli {
namespace {

// By the full name of a service, or by the bare one.
bool is_called(const std::string& name, const Definitions& definitions) {
  for (const auto& definition : definitions) {
    for (const core::Operation& operation : definition->operations) {
      const std::string& full = operation.service;
      if (full == name || base::bare_name(full) == name) return true;
    }
  }
  return false;
}

base::Result<Definitions> all_definitions(ports::Journal& journal) {
  base::Result<std::unique_ptr<ports::JournalReader>> reader = journal.open_reader();
  if (!reader) return base::fail(reader.error());
  base::Result<std::vector<ports::DefinitionRow>> rows = (*reader)->definitions();
  if (!rows) return base::fail(rows.error());
  runtime::DefinitionCache cache;
  Definitions definitions;
  for (const ports::DefinitionRow& row : *rows) {
    auto definition = cache.find(**reader, row.hash);
    if (definition) definitions.push_back(std::move(*definition));
  }
  return definitions;
}

base::Unexpected no_such_service(const std::string& name, const Definitions& definitions) {
  std::set<std::string> known;
  for (const auto& definition : definitions) {
    for (const core::Operation& operation : definition->operations) {
      known.insert(base::bare_name(operation.service));
    }
  }
  const std::vector<std::string> names(known.begin(), known.end());
  const std::string nearest = dsl::nearest_name(name, names);
  std::string message = "no service is called `" + name + "`";
  if (!nearest.empty()) {
    message += "; did you mean `" + nearest + "`?";
  } else if (!names.empty()) {
    message += "; there are";
    for (const std::string& each : names) message += (each == names[0] ? " `" : ", `") + each + "`";
  }
  return base::fail(base::ErrorCode::kInvalidArgument, message, "--service");
}

}  // namespace

http::Config http_config(const Config& config, const Definitions& definitions) {
  http::Config http;
  for (const auto& [name, service] : config.services) {
    if (!is_called(name, definitions)) continue;
    http::Target target;
    target.url = service.url;
    target.ca_file = service.ca_file;
    if (service.connections > 0) target.connections = service.connections;
    http.services[name] = std::move(target);
  }
  http.secret = [config](const std::string& name) { return read_secret(config, name); };
  return http;
}

bool has_address(const Config& config, const Definitions& definitions) {
  return !http_config(config, definitions).services.empty();
}

base::Result<void> check_named_services(const Config& config, const Definitions& called,
                                        const Definitions& known, ports::Journal& journal) {
  for (const auto& [name, service] : config.services) {
    if (!service.is_from_flag || is_called(name, called) || is_called(name, known)) continue;
    base::Result<Definitions> all = all_definitions(journal);
    if (!all) return base::fail(all.error());
    if (!is_called(name, *all)) return no_such_service(name, called);
  }
  return {};
}

}  // namespace saga::cli
