#include "tests/support/program.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>

extern char** environ;

namespace saga::test {
namespace {

using Pipe = std::array<int, 2>;

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (std::string& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

// This process's environment without what would change the command's answers, and what is added.
std::vector<std::string> environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> all;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view entry(*each);
    const std::string name(entry.substr(0, entry.find('=')));
    const bool is_ours =
        name.starts_with("SAGA_") || name == "NO_COLOR" || name == "CLICOLOR_FORCE";
    if (!is_ours && !added.contains(name)) all.emplace_back(entry);
  }
  for (const auto& [name, value] : added) all.push_back(name + "=" + value);
  return all;
}

// In the child, between fork and exec: system calls only.
[[noreturn]] void become(const Launch& launch, char** arguments, char** variables, int in, int out,
                         int err) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (launch.heeds_modes) {
    prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE);
    prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH);
  }
  const bool ready = dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
                     dup2(err, STDERR_FILENO) >= 0 &&
                     (launch.folder.empty() || chdir(launch.folder.c_str()) == 0);
  if (ready) execve(arguments[0], arguments, variables);
  _exit(127);
}

int exit_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Program::Program(const Launch& launch) {
  Pipe in{};
  Pipe out{};
  Pipe err{};
  REQUIRE(pipe2(in.data(), O_CLOEXEC) == 0);
  REQUIRE(pipe2(out.data(), O_CLOEXEC) == 0);
  REQUIRE(pipe2(err.data(), O_CLOEXEC) == 0);
  std::vector<std::string> words = launch.words;
  std::vector<std::string> variables = environment(launch.added);
  std::vector<char*> arguments = pointers(words);
  std::vector<char*> values = pointers(variables);
  pid_ = fork();
  REQUIRE(pid_ >= 0);
  if (pid_ == 0) become(launch, arguments.data(), values.data(), in[0], out[1], err[1]);
  for (const int end : {in[0], out[1], err[1]}) close(end);
  REQUIRE(write(in[1], launch.input.data(), launch.input.size()) ==
          static_cast<ssize_t>(launch.input.size()));
  close(in[1]);
  out_pipe_ = out[0];
  err_pipe_ = err[0];
}

Program::~Program() {
  if (pid_ > 0) kill();
  for (const int pipe : {out_pipe_, err_pipe_}) {
    if (pipe >= 0) close(pipe);
  }
}

bool Program::pump(int milliseconds) {
  std::array<pollfd, 2> pipes = {pollfd{out_pipe_, POLLIN, 0}, pollfd{err_pipe_, POLLIN, 0}};
  if (out_pipe_ < 0 && err_pipe_ < 0) return false;
  if (poll(pipes.data(), pipes.size(), milliseconds) <= 0) return true;
  const auto take = [](const pollfd& ready, int& pipe, std::string& text) {
    if (pipe < 0 || ready.revents == 0) return;
    std::array<char, 65'536> bytes{};
    const ssize_t count = read(pipe, bytes.data(), bytes.size());
    if (count > 0) {
      text.append(bytes.data(), static_cast<std::size_t>(count));
    } else if (count == 0) {
      close(pipe);
      pipe = -1;
    }
  };
  take(pipes[0], out_pipe_, out_);
  take(pipes[1], err_pipe_, err_);
  return out_pipe_ >= 0 || err_pipe_ >= 0;
}

bool Program::wait_for(std::string_view text) {
  const auto is_there = [&] {
    return out_.find(text) != std::string::npos || err_.find(text) != std::string::npos;
  };
  while (!is_there()) {
    if (!pump(-1)) return is_there();
  }
  return true;
}

std::optional<std::string> Program::read_line() {
  for (;;) {
    const std::size_t newline = out_.find('\n');
    if (newline != std::string::npos) {
      std::string line = out_.substr(0, newline);
      out_.erase(0, newline + 1);
      return line;
    }
    if (!pump(-1) && out_.find('\n') == std::string::npos) return std::nullopt;
  }
}

bool Program::read_for(int milliseconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return true;
    if (!pump(static_cast<int>(left.count()))) return false;
  }
}

void Program::signal(int number) const { ::kill(pid_, number); }

Ended Program::wait() {
  while (pump(-1)) {
  }
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return {exit_code(status), std::move(out_), std::move(err_)};
}

Ended Program::kill() {
  signal(SIGKILL);
  return wait();
}

Ended run(const Launch& launch) { return Program(launch).wait(); }

}  // namespace saga::test
