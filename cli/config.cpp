#include "cli/config.hpp"

#include <toml++/toml.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "dsl/check/suggest.hpp"

namespace saga::cli {
namespace {

using base::ErrorCode;

constexpr std::size_t kMaxSecretBytes = 65'536;

base::Unexpected wrong(const std::string& file, const toml::source_region& at,
                       const std::string& what) {
  return base::fail(ErrorCode::kInvalidArgument, what, file + ":" + std::to_string(at.begin.line));
}

base::Unexpected unknown_key(const std::string& file, const toml::key& key,
                             const std::vector<std::string>& known) {
  std::string message = "unknown key `" + std::string(key.str()) + "`";
  const std::string nearest = dsl::nearest_name(std::string(key.str()), known);
  if (!nearest.empty()) message += "; did you mean `" + nearest + "`?";
  return wrong(file, key.source(), message);
}

base::Result<std::string> text_of(const std::string& file, const toml::key& key,
                                  const toml::node& node) {
  const auto text = node.value<std::string>();
  if (!text || !node.is_string())
    return wrong(file, node.source(), "`" + std::string(key.str()) + "` must be a string");
  return *text;
}

base::Result<ServiceConfig> read_service(const std::string& file, const toml::table& table) {
  ServiceConfig service;
  for (const auto& [key, node] : table) {
    if (key == "connections") {
      const auto number = node.value<std::int64_t>();
      if (!node.is_integer() || !number || *number < 1 || *number > 10'000) {
        return wrong(file, node.source(), "`connections` must be a number from 1 to 10000");
      }
      service.connections = static_cast<std::size_t>(*number);
      continue;
    }
    if (key != "url" && key != "ca_file")
      return unknown_key(file, key, {"url", "connections", "ca_file"});
    base::Result<std::string> text = text_of(file, key, node);
    if (!text) return base::fail(text.error());
    (key == "url" ? service.url : service.ca_file) = *text;
  }
  return service;
}

base::Result<SecretSource> read_secret_source(const std::string& file, const toml::key& name,
                                              const toml::node& node) {
  SecretSource source;
  const toml::table* table = node.as_table();
  if (table == nullptr) {
    return wrong(file, node.source(),
                 "a secret's value never stands in the configuration: write `" +
                     std::string(name.str()) + " = { env = \"NAME\" }` or `{ file = \"PATH\" }`");
  }
  for (const auto& [key, value] : *table) {
    if (key != "env" && key != "file") return unknown_key(file, key, {"env", "file"});
    base::Result<std::string> text = text_of(file, key, value);
    if (!text) return base::fail(text.error());
    (key == "env" ? source.env : source.file) = *text;
  }
  if (source.env.empty() == source.file.empty()) {
    return wrong(file, node.source(), "a secret has either `env` or `file`");
  }
  return source;
}

base::Result<void> read_table(const std::string& file, const toml::table& table, Config& config) {
  for (const auto& [key, node] : table) {
    const toml::table* inner = node.as_table();
    if (key == "db") {
      base::Result<std::string> text = text_of(file, key, node);
      if (!text) return base::fail(text.error());
      config.db = *text;
    } else if (key == "callback_port") {
      const auto port = node.value<std::int64_t>();
      if (!node.is_integer() || !port || *port < 0 || *port > 65'535) {
        return wrong(file, node.source(), "`callback_port` must be a number from 0 to 65535");
      }
      config.callback_port = static_cast<std::uint16_t>(*port);
    } else if (key == "services" && inner != nullptr) {
      for (const auto& [name, service] : *inner) {
        const toml::table* of = service.as_table();
        if (of == nullptr) return wrong(file, service.source(), "a service is a table with `url`");
        base::Result<ServiceConfig> read = read_service(file, *of);
        if (!read) return base::fail(read.error());
        config.services[std::string(name.str())] = *read;
      }
    } else if (key == "secrets" && inner != nullptr) {
      for (const auto& [name, secret] : *inner) {
        base::Result<SecretSource> read = read_secret_source(file, name, secret);
        if (!read) return base::fail(read.error());
        config.secrets[std::string(name.str())] = *read;
      }
    } else {
      return unknown_key(file, key, {"db", "callback_port", "services", "secrets"});
    }
  }
  return {};
}

base::Result<void> read_file(const std::string& file, Config& config) {
  try {
    const toml::table table = toml::parse_file(file);
    return read_table(file, table, config);
  } catch (const toml::parse_error& error) {
    return wrong(file, error.source(), std::string(error.description()));
  }
}

// `NAME=URL`.
base::Result<void> add_service(const std::string& text, Config& config) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "`" + text + "` is no NAME=URL, such as Payment=http://127.0.0.1:9102");
  }
  config.services[text.substr(0, equals)].url = text.substr(equals + 1);
  return {};
}

base::Result<void> read_environment(Config& config) {
  if (const char* db = std::getenv("SAGA_DB"); db != nullptr && *db != '\0') config.db = db;
  const char* services = std::getenv("SAGA_SERVICES");
  if (services == nullptr) return {};
  std::istringstream list(services);
  for (std::string each; std::getline(list, each, ',');) {
    if (each.empty()) continue;
    if (base::Result<void> added = add_service(each, config); !added) {
      return base::fail(added.error().code, added.error().message, "SAGA_SERVICES");
    }
  }
  return {};
}

}  // namespace

base::Result<Config> load_config(const CommonOptions& options) {
  Config config;
  std::error_code ignored;
  if (!options.config.empty() && !std::filesystem::exists(options.config, ignored)) {
    return base::fail(ErrorCode::kNotFound, "there is no such configuration file", options.config);
  }
  const bool has_default = std::filesystem::exists("saga.toml", ignored);
  const std::string file = !options.config.empty() ? options.config
                           : has_default           ? "saga.toml"
                                                   : "";
  if (!file.empty()) {
    if (base::Result<void> read = read_file(file, config); !read) return base::fail(read.error());
  }
  if (base::Result<void> read = read_environment(config); !read) return base::fail(read.error());
  if (!options.db.empty()) config.db = options.db;
  for (const std::string& service : options.services) {
    if (base::Result<void> added = add_service(service, config); !added)
      return base::fail(added.error());
  }
  return config;
}

base::Result<std::string> read_secret(const Config& config, const std::string& name) {
  const auto found = config.secrets.find(name);
  if (found == config.secrets.end()) {
    return base::fail(ErrorCode::kNotFound,
                      "the configuration has no secret `" + name + "`: add it under [secrets]");
  }
  if (!found->second.env.empty()) {
    const char* value = std::getenv(found->second.env.c_str());
    if (value != nullptr && *value != '\0') return std::string(value);
    return base::fail(ErrorCode::kNotFound, "the environment has no `" + found->second.env +
                                                "` for the secret `" + name + "`");
  }
  std::ifstream file(found->second.file, std::ios::binary);
  std::string value(kMaxSecretBytes, '\0');
  file.read(value.data(), static_cast<std::streamsize>(value.size()));
  value.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.pop_back();
  if (!value.empty()) return value;
  return base::fail(ErrorCode::kNotFound,
                    "the file of the secret `" + name + "` is empty or can't be read");
}

}  // namespace saga::cli
