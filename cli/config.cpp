#include "cli/config.hpp"

#include <toml++/toml.h>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "adapters/http/config.hpp"
#include "dsl/check/suggest.hpp"
#include "engine/base/limits.hpp"

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
  if (!nearest.empty())
    return wrong(file, key.source(), message + "; did you mean `" + nearest + "`?");
  for (const std::string& each : known)
    message += (each == known[0] ? "; known are `" : ", `") + each + "`";
  return wrong(file, key.source(), message);
}

base::Result<std::string> text_of(const std::string& file, const toml::key& key,
                                  const toml::node& node) {
  const auto text = node.value<std::string>();
  if (!text || !node.is_string())
    return wrong(file, node.source(), "`" + std::string(key.str()) + "` must be a string");
  return *text;
}

base::Result<std::uint16_t> port_of(std::int64_t number) {
  if (number >= 0 && number <= 65'535) return static_cast<std::uint16_t>(number);
  return base::fail(ErrorCode::kInvalidArgument,
                    "the callback port must be a number from 0 to 65535");
}

base::Result<ServiceConfig> read_service(const std::string& file, const toml::key& name,
                                         const toml::node& whole) {
  ServiceConfig service;
  const toml::table* table = whole.as_table();
  if (table == nullptr) {
    return wrong(file, whole.source(),
                 "`" + std::string(name.str()) + "` must be a table with `url`");
  }
  for (const auto& [key, node] : *table) {
    if (key == "connections") {
      const auto number = node.value<std::int64_t>();
      if (!node.is_integer() || !number || *number < 1 ||
          *number > static_cast<std::int64_t>(base::limits::kMaxConnectionsPerTarget)) {
        return wrong(file, node.source(),
                     "`connections` must be a number from 1 to " +
                         std::to_string(base::limits::kMaxConnectionsPerTarget));
      }
      service.connections = static_cast<std::size_t>(*number);
      continue;
    }
    if (key != "url" && key != "ca_file")
      return unknown_key(file, key, {"url", "connections", "ca_file"});
    base::Result<std::string> text = text_of(file, key, node);
    if (!text) return base::fail(text.error());
    (key == "url" ? service.url : service.ca_file) = *text;
    if (key != "url") continue;
    if (base::Result<http::Address> address = http::parse_address(*text); !address)
      return wrong(file, node.source(), "`url`: " + address.error().message);
  }
  if (service.url.empty())
    return wrong(file, whole.source(), "`" + std::string(name.str()) + "` has no `url`");
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

base::Result<void> read_key(const std::string& file, const toml::key& key, const toml::node& node,
                            Config& config) {
  if (key == "db") {
    base::Result<std::string> text = text_of(file, key, node);
    if (!text) return base::fail(text.error());
    config.db = *text;
    return {};
  }
  if (key == "callback_port") {
    const auto number = node.is_integer() ? node.value<std::int64_t>() : std::nullopt;
    base::Result<std::uint16_t> port = port_of(number.value_or(-1));
    if (!port) return wrong(file, node.source(), "`callback_port`: " + port.error().message);
    config.callback_port = *port;
    return {};
  }
  if (key != "services" && key != "secrets")
    return unknown_key(file, key, {"db", "callback_port", "services", "secrets"});
  const toml::table* inner = node.as_table();
  if (inner == nullptr)
    return wrong(file, node.source(), "`" + std::string(key.str()) + "` must be a table");
  for (const auto& [name, value] : *inner) {
    if (key == "services") {
      base::Result<ServiceConfig> read = read_service(file, name, value);
      if (!read) return base::fail(read.error());
      config.services[std::string(name.str())] = *read;
    } else {
      base::Result<SecretSource> read = read_secret_source(file, name, value);
      if (!read) return base::fail(read.error());
      config.secrets[std::string(name.str())] = *read;
    }
  }
  return {};
}

base::Result<void> read_table(const std::string& file, const toml::table& table, Config& config) {
  for (const auto& [key, node] : table) {
    if (base::Result<void> read = read_key(file, key, node, config); !read) return read;
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
base::Result<void> add_service(const std::string& text, bool is_from_flag, Config& config) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "`" + text + "` is no NAME=URL, such as Payment=http://127.0.0.1:9102");
  }
  const std::string url = text.substr(equals + 1);
  if (base::Result<http::Address> address = http::parse_address(url); !address)
    return base::fail(address.error());
  ServiceConfig& service = config.services[text.substr(0, equals)];
  service.url = url;
  service.is_from_flag = is_from_flag;
  return {};
}

base::Result<void> set_callback_port(const std::string& text, Config& config) {
  std::int64_t number = -1;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  base::Result<std::uint16_t> port = port_of(error == std::errc{} && stop == end ? number : -1);
  if (!port) return base::fail(port.error());
  config.callback_port = *port;
  return {};
}

// An empty variable says nothing.
std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

base::Result<void> in_context(base::Result<void> result, const std::string& context) {
  if (result) return result;
  return base::fail(result.error().code, result.error().message, context);
}

base::Result<void> read_environment(Config& config) {
  if (const std::string db = variable("SAGA_DB"); !db.empty()) config.db = db;
  if (const std::string port = variable("SAGA_CALLBACK_PORT"); !port.empty()) {
    base::Result<void> set = in_context(set_callback_port(port, config), "SAGA_CALLBACK_PORT");
    if (!set) return set;
  }
  std::istringstream list(variable("SAGA_SERVICES"));
  for (std::string each; std::getline(list, each, ',');) {
    if (each.empty()) continue;
    base::Result<void> added = in_context(add_service(each, false, config), "SAGA_SERVICES");
    if (!added) return added;
  }
  return {};
}

base::Result<void> read_flags(const CommonOptions& options, Config& config) {
  if (!options.db.empty()) config.db = options.db;
  if (!options.callback_port.empty()) {
    base::Result<void> set =
        in_context(set_callback_port(options.callback_port, config), "--callback-port");
    if (!set) return set;
  }
  for (const std::string& service : options.services) {
    base::Result<void> added = in_context(add_service(service, true, config), "--service");
    if (!added) return added;
  }
  return {};
}

// The file to read; empty: none.
base::Result<std::string> config_file(const CommonOptions& options) {
  std::error_code ignored;
  const std::string named = options.config.empty() ? variable("SAGA_CONFIG") : options.config;
  if (named.empty())
    return std::string(std::filesystem::exists("saga.toml", ignored) ? "saga.toml" : "");
  if (std::filesystem::is_directory(named, ignored))
    return base::fail(ErrorCode::kInvalidArgument, "is a folder, and no configuration", named);
  if (std::filesystem::exists(named, ignored)) return named;
  return base::fail(ErrorCode::kInvalidArgument, "there is no such configuration file", named);
}

}  // namespace

base::Result<Config> load_config(const CommonOptions& options) {
  Config config;
  base::Result<std::string> file = config_file(options);
  if (!file) return base::fail(file.error());
  if (!file->empty()) {
    if (base::Result<void> read = read_file(*file, config); !read) return base::fail(read.error());
  }
  if (base::Result<void> read = read_environment(config); !read) return base::fail(read.error());
  if (base::Result<void> read = read_flags(options, config); !read) return base::fail(read.error());
  return config;
}

base::Result<std::string> read_secret(const Config& config, const std::string& name) {
  const auto found = config.secrets.find(name);
  if (found == config.secrets.end()) {
    if (config.made_up.contains(name)) return std::string("mock");
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
