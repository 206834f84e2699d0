#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "cli/options.hpp"
#include "engine/base/result.hpp"

namespace saga::cli {

// A participant's address and what its calls may use.
struct ServiceConfig {
  std::string url;
  std::size_t connections = 0;  // at once; 0 = the adapter's own bound
  std::string ca_file;          // for https; empty = the system's
  bool is_from_flag = false;    // said on the command line
};

// Where a secret's value is: never in the configuration itself.
struct SecretSource {
  std::string env;
  std::string file;
};

// saga.toml, then SAGA_DB, SAGA_SERVICES (`NAME=URL,NAME=URL`) and SAGA_CALLBACK_PORT of the
// environment, then flags: the later wins. SAGA_CONFIG names another file than ./saga.toml.
//   db = "saga.db"
//   callback_port = 7071
//   [services.Payment]
//   url = "https://payments:9102"
//   [secrets]
//   PAY_TOKEN = { env = "PAY_TOKEN" }
struct Config {
  std::string db;
  std::uint16_t callback_port = 0;  // where answers of `async` operations come; 0: as before
  std::map<std::string, ServiceConfig> services;
  std::map<std::string, SecretSource> secrets;
  std::set<std::string> made_up;  // secrets of mocks alone: any value will do
};

// kInvalidArgument names the file, line and key of what is wrong, unknown keys included.
base::Result<Config> load_config(const CommonOptions& options);

// The value of a secret by its name, read anew each time; never part of an error.
base::Result<std::string> read_secret(const Config& config, const std::string& name);

}  // namespace saga::cli
