#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"
#include "engine/core/definition.hpp"

namespace saga::http {

// When a participant is left alone for a while: after so many failed attempts in a row, or at once
// when it answers as if it were misconfigured. Then one attempt probes it.
struct BreakerSettings {
  std::size_t failures = 20;
  std::chrono::milliseconds open_for{5'000};
};

// One participant. Addresses come from here only: a workflow file never names one.
struct Target {
  std::string url;  // http(s)://host[:port][/prefix]
  std::size_t connections = 64;
  std::size_t waiting = base::limits::kMaxWaitingCallsPerTarget;
  // A connection idle for longer is not used again, or sooner if the participant says so
  // (`Keep-Alive: timeout=5`): below the 5 s after which many servers close, a call that meets the
  // close would be of unknown outcome.
  std::chrono::milliseconds idle{4'000};
  std::string ca_file;  // https: trusted certificates; empty = the system's
  BreakerSettings breaker;
};

struct Config {
  std::map<std::string, Target> services;  // by full or bare service name
  // The value of a secret by name, read at each call; null where there are none.
  std::function<base::Result<std::string>(const std::string& name)> secret;
  // A service that answers as if it were misconfigured (401, 403, 404, 405), or whose secret is
  // missing: told once, and again only after it has answered well. On the caller's loop; must not
  // block; null where nobody is told.
  std::function<void(const std::string& service, const std::string& url, const std::string& why)>
      on_misconfigured;
};

// Where requests go, taken apart.
struct Address {
  bool is_tls = false;
  std::string host;  // without brackets
  std::string port;
  std::string prefix;  // `` or `/base`, without a trailing slash

  [[nodiscard]] std::string authority() const;  // the Host header
};

// kInvalidArgument for anything but http(s)://host[:port][/prefix]: no user, query or fragment.
base::Result<Address> parse_address(const std::string& url);

// The target of a service by its full name `shop.orders.Payment`, or by the bare `Payment`.
// Null if there is none.
const Target* find_target(const Config& config, const std::string& service);

// What is wrong with the configuration for these definitions: a URL that is none, a number out of
// its range, certificates that can't be read, a service that no definition has, a service of a
// definition without an address, a secret that can't be read.
// Errors: kInvalidArgument with words for people, all faults in one, a line each.
base::Result<void> validate(
    const Config& config, const std::vector<std::shared_ptr<const core::Definition>>& definitions);

}  // namespace saga::http
