#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cli/child_process.hpp"
#include "engine/base/json.hpp"

namespace saga::cli {

// One of the demo's services: a real process with a database of its own. Blocking.
class DemoParticipant {
 public:
  // Starts `program` for the role, with its database in `folder`. kUnavailable.
  static base::Result<DemoParticipant> start(const std::string& program, const std::string& role,
                                             const std::string& folder);
  [[nodiscard]] const std::string& role() const { return role_; }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  void kill();                       // with -9
  base::Result<void> start_again();  // on the same port and database
  // Turns a fault on, as workflows/participants/README.md describes it.
  base::Result<void> set_fault(const std::string& json) const;
  base::Result<base::Json> get(const std::string& target) const;

 private:
  DemoParticipant(std::string program, std::string role, std::string db)
      : program_(std::move(program)), role_(std::move(role)), db_(std::move(db)) {}
  base::Result<void> launch();

  std::string program_;
  std::string role_;
  std::string db_;
  std::uint16_t port_ = 0;
  std::vector<ChildProcess> process_;  // one, or none while it is killed
};

// What the books of all participants say together.
struct Balance {
  std::vector<std::string> lines;   // for people, with the sums of each participant
  std::vector<std::string> faults;  // what doesn't add up; empty = nothing is left over
};
// `orders` are those that must stand everywhere, and no others. Errors: a participant that can't be
// reached.
base::Result<Balance> read_balance(const std::vector<DemoParticipant>& participants,
                                   const std::vector<std::string>& orders);

}  // namespace saga::cli
