#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace saga::participant::test {

// A directory of a test's own, removed with it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

struct Reply {
  int status = 0;  // 0: the connection ended without an answer
  std::map<std::string, std::string> headers;
  std::string body;
};

// One saga-participant process on a port of its own. Killed with this object.
class Process {
 public:
  Process(const std::string& role, const std::string& db, std::vector<std::string> more = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // One request on a connection of its own. Waits at most 10 s for its answer.
  Reply send(const std::string& method, const std::string& target, const std::string& body = "",
             const std::map<std::string, std::string>& headers = {}) const;
  // A POST of an operation as the engine sends it: `key` ends in /compensate or /resolve or not.
  Reply call(const std::string& operation, const std::string& key, const std::string& body) const;
  // Sends both requests at once on one connection and reads both answers.
  std::vector<Reply> pipeline(const std::string& target, int times) const;

  // Asks it to end (SIGTERM), or not (0), and waits: its exit code, -1 if a signal killed it.
  int wait(int signal);
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  [[nodiscard]] int connect() const;

  int pid_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace saga::participant::test
