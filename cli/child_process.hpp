#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.hpp"

namespace saga::cli {

// A process that this one started, with its standard output on a pipe. Killed with the object.
// Thread-safety: one thread at a time. Blocking: read_line and the waits.
class ChildProcess {
 public:
  // kUnavailable if the program can't be started. `words[0]` is its path.
  static base::Result<ChildProcess> start(std::vector<std::string> words);
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;

  // The next line of its output, without the newline; nullopt at the end.
  std::optional<std::string> read_line();
  // Sends the signal, if any, and waits for its end: its exit code, or 128 + the signal's number.
  int end(int signal);

 private:
  ChildProcess(pid_t pid, int output) : pid_(pid), output_(output) {}

  pid_t pid_ = -1;
  int output_ = -1;
  std::string buffer_;
};

// The path of the program that runs now.
std::string own_program();

}  // namespace saga::cli
