#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/http.hpp"
#include "tests/support/program.hpp"

namespace saga::test {

// One saga-participant process on a port of its own. Killed with this object.
class Participant {
 public:
  Participant(const std::string& role, const std::string& db, std::vector<std::string> more = {});
  Participant(const Participant&) = delete;
  Participant& operator=(const Participant&) = delete;

  // One request on a connection of its own. Waits at most 10 s for its answer.
  [[nodiscard]] Reply send(const std::string& method, const std::string& target,
                           const std::string& body = "", const Headers& headers = {}) const;
  // A POST of an operation as the engine sends it: `key` ends in /compensate or /resolve or not.
  [[nodiscard]] Reply call(const std::string& operation, const std::string& key,
                           const std::string& body) const;
  // Sends both requests at once on one connection and reads both answers.
  [[nodiscard]] std::vector<Reply> pipeline(const std::string& target, int times) const;
  // Turns a fault on; the README of workflows/participants has them.
  void fault(const std::string& json) const;
  void clear_faults() const;

  // Asks it to end (SIGTERM), or not (0), and waits: its exit code, -1 if a signal killed it.
  int wait(int signal);
  void pause() const;  // answers nothing until go_on()
  void go_on() const;
  void kill();         // with -9
  void start_again();  // on the same port and file
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  void launch(std::uint16_t port);

  std::vector<std::string> words_;
  std::unique_ptr<Program> program_;
  std::uint16_t port_ = 0;
};

}  // namespace saga::test
