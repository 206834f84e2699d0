#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace saga::test {

// How a program is started.
struct Launch {
  std::vector<std::string> words;            // words[0] is its path
  std::string input;                         // its standard input, up to a pipe's 64 KiB
  std::string folder;                        // its working directory; empty = this one's
  std::map<std::string, std::string> added;  // to the environment
  // Started by root, it still may read and write only what the file modes allow.
  bool heeds_modes = false;
};

struct Ended {
  int code = 0;  // the exit code, or 128 + the signal that ended it
  std::string out;
  std::string err;
};

// A running process with its output on pipes. Killed with this object, and with the test.
class Program {
 public:
  explicit Program(const Launch& launch);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Waits until its output or its errors hold the text; false if it ended without.
  bool wait_for(std::string_view text);
  // The next whole line of its output; nullopt at the end.
  std::optional<std::string> read_line();
  // Takes what it prints for so long, or until its end: false once it has ended.
  bool read_for(int milliseconds);
  void signal(int number) const;
  // Waits for its end and gives all that it printed and wasn't read by lines.
  Ended wait();
  Ended kill();  // with -9
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  bool pump(int milliseconds);  // -1 = for ever; false once both pipes are closed

  pid_t pid_ = -1;
  int out_pipe_ = -1;
  int err_pipe_ = -1;
  std::string out_;
  std::string err_;
};

Ended run(const Launch& launch);

}  // namespace saga::test
