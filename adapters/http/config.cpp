#include "adapters/http/config.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <set>

#include "engine/base/names.hpp"

namespace saga::http {
namespace {

using base::ErrorCode;

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == ':';
}

bool is_port(const std::string& text) {
  int port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  return error == std::errc{} && stop == end && port >= 1 && port <= 65'535;
}

bool is_prefix(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7f && c != '?' && c != '#' && c != '"' && c != '\\';
  });
}

struct Services {
  std::set<std::string> full;
  std::set<std::string> secrets;
};

Services services_of(const std::vector<std::shared_ptr<const core::Definition>>& definitions) {
  Services services;
  for (const auto& definition : definitions) {
    for (const core::Operation& operation : definition->operations) {
      services.full.insert(operation.service);
      if (!operation.secret.empty()) services.secrets.insert(operation.secret);
    }
  }
  return services;
}

std::string joined(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "`" : ", `") + name + "`";
  return text;
}

bool holds_certificate(const std::string& path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.find("-----BEGIN CERTIFICATE-----") != std::string::npos) return true;
    if (line.find("-----BEGIN TRUSTED CERTIFICATE-----") != std::string::npos) return true;
  }
  return false;
}

void check_target(const std::string& name, const Target& target, std::string& problems) {
  const auto wrong = [&](const std::string& what) {
    problems += "\nservice `" + name + "`: " + what;
  };
  const base::Result<Address> address = parse_address(target.url);
  if (!address) wrong(address.error().message);
  if (target.connections < 1 || target.connections > base::limits::kMaxConnectionsPerTarget) {
    wrong("`connections` must be a number from 1 to " +
          std::to_string(base::limits::kMaxConnectionsPerTarget));
  }
  if (target.breaker.failures < 1 || target.breaker.open_for.count() < 1)
    wrong("its breaker needs at least one failure and one millisecond");
  if (target.ca_file.empty()) return;
  if (address && !address->is_tls) wrong("`ca_file` is for https only");
  if (!holds_certificate(target.ca_file))
    wrong("`" + target.ca_file + "` can't be read, or holds no certificate");
}

void check_name(const std::string& name, const Services& services, std::string& problems) {
  std::set<std::string> fitting;
  std::set<std::string> known;
  for (const std::string& full : services.full) {
    if (full == name || base::bare_name(full) == name) fitting.insert(full);
    known.insert(base::bare_name(full));
  }
  if (fitting.size() > 1 && services.full.count(name) == 0) {
    problems += "\nthe name `" + name + "` fits several services: " + joined(fitting) +
                "; write the full name";
  }
  if (fitting.empty() && !services.full.empty()) {
    problems += "\nno service is called `" + name + "`; there are " + joined(known);
  }
}

}  // namespace

std::string Address::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (is_tls ? "443" : "80") ? name : name + ":" + port;
}

base::Result<Address> parse_address(const std::string& url) {
  const auto bad = [&](const std::string& why) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "`" + url + "` is no address such as http://127.0.0.1:9102: " + why);
  };
  Address address;
  std::string rest;
  if (url.starts_with("http://")) {
    rest = url.substr(7);
  } else if (url.starts_with("https://")) {
    address.is_tls = true;
    rest = url.substr(8);
  } else {
    return bad("it must begin with http:// or https://");
  }
  const std::size_t slash = rest.find('/');
  address.prefix = slash == std::string::npos ? "" : rest.substr(slash);
  std::string authority = rest.substr(0, slash);
  while (address.prefix.ends_with("/")) address.prefix.pop_back();
  if (!is_prefix(address.prefix)) return bad("its path has a character that isn't allowed");
  if (authority.starts_with("[")) {
    const std::size_t close = authority.find(']');
    if (close == std::string::npos) return bad("a bracket is open");
    address.host = authority.substr(1, close - 1);
    authority.erase(0, close + 1);
  } else {
    const std::size_t colon = authority.find(':');
    address.host = authority.substr(0, colon);
    authority.erase(0, address.host.size());
    if (address.host.find(':') != std::string::npos)
      return bad("an IPv6 address stands in brackets");
  }
  address.port = authority.empty() ? (address.is_tls ? "443" : "80") : authority.substr(1);
  if (!authority.empty() && authority[0] != ':') return bad("what follows the host is no port");
  if (!is_port(address.port)) return bad("the port must be a number from 1 to 65535");
  const bool sound = !address.host.empty() &&
                     std::all_of(address.host.begin(), address.host.end(), is_host_character);
  return sound ? base::Result<Address>(address)
               : bad("the host is empty or has a character that isn't allowed");
}

const Target* find_target(const Config& config, const std::string& service) {
  auto found = config.services.find(service);
  if (found == config.services.end()) found = config.services.find(base::bare_name(service));
  return found == config.services.end() ? nullptr : &found->second;
}

base::Result<void> validate(
    const Config& config, const std::vector<std::shared_ptr<const core::Definition>>& definitions) {
  const Services services = services_of(definitions);
  std::string problems;
  for (const auto& [name, target] : config.services) {
    check_target(name, target, problems);
    check_name(name, services, problems);
  }
  std::set<std::string> missing;
  for (const std::string& full : services.full) {
    if (find_target(config, full) == nullptr) missing.insert(base::bare_name(full));
  }
  if (!missing.empty()) {
    problems += "\nno address is given for " + joined(missing) + ": `--service " +
                *missing.begin() + "=http://HOST:PORT`, or [services." + *missing.begin() +
                "] in saga.toml";
  }
  for (const std::string& name : services.secrets) {
    if (!config.secret) {
      problems += "\nthe secret `" + name + "` is wanted, and none are configured";
    } else if (base::Result<std::string> value = config.secret(name); !value) {
      problems += "\n" + value.error().message;
    }
  }
  if (problems.empty()) return {};
  return base::fail(ErrorCode::kInvalidArgument, problems.substr(1));
}

}  // namespace saga::http
