#include "tests/participant/process.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>

extern char** environ;

namespace saga::participant::test {

namespace {

// The program's first line is "listening 127.0.0.1:PORT".
std::uint16_t port_from(int pipe) {
  std::string line;
  char byte = 0;
  while (read(pipe, &byte, 1) == 1 && byte != '\n') line += byte;
  const std::size_t colon = line.rfind(':');
  REQUIRE_MESSAGE(line.rfind("listening 127.0.0.1:", 0) == 0, line);
  return static_cast<std::uint16_t>(std::stoi(line.substr(colon + 1)));
}

std::string request_text(const std::string& method, const std::string& target,
                         const std::string& body,
                         const std::map<std::string, std::string>& headers) {
  std::string text = method + ' ' + target + " HTTP/1.1\r\nHost: test\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Takes one answer off the connection; `rest` keeps what follows it.
Reply read_reply(int socket, std::string& rest) {
  const auto more = [&] {
    char bytes[4096];
    const ssize_t count = recv(socket, bytes, sizeof bytes, 0);
    if (count > 0) rest.append(bytes, static_cast<std::size_t>(count));
    return count > 0;
  };
  std::size_t end = 0;
  while ((end = rest.find("\r\n\r\n")) == std::string::npos) {
    if (!more()) return {};
  }
  Reply reply;
  reply.status = std::stoi(rest.substr(rest.find(' ') + 1));
  std::size_t line = rest.find("\r\n") + 2;
  while (line < end + 2) {
    const std::size_t colon = rest.find(": ", line);
    const std::size_t stop = rest.find("\r\n", line);
    reply.headers[rest.substr(line, colon - line)] = rest.substr(colon + 2, stop - colon - 2);
    line = stop + 2;
  }
  const std::size_t length = std::stoul(reply.headers.at("Content-Length"));
  while (rest.size() < end + 4 + length) {
    if (!more()) return {};
  }
  reply.body = rest.substr(end + 4, length);
  rest.erase(0, end + 4 + length);
  return reply;
}

}  // namespace

Folder::Folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "participant.XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

Folder::~Folder() { std::filesystem::remove_all(path_); }

Process::Process(const std::string& role, const std::string& db, std::vector<std::string> more) {
  std::vector<std::string> words = {SAGA_PARTICIPANT_PROGRAM, "--role", role, "--db", db};
  words.insert(words.end(), more.begin(), more.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  REQUIRE(posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ) == 0);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  port_ = port_from(ends[0]);
  close(ends[0]);
}

Process::~Process() {
  if (pid_ > 0) wait(SIGKILL);
}

int Process::wait(int signal) {
  if (signal != 0) kill(pid_, signal);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int Process::connect() const {
  const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{10, 0};
  setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return made;
}

Reply Process::send(const std::string& method, const std::string& target, const std::string& body,
                    const std::map<std::string, std::string>& headers) const {
  const int socket = connect();
  const std::string text = request_text(method, target, body, headers);
  ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
  std::string rest;
  const Reply reply = read_reply(socket, rest);
  close(socket);
  return reply;
}

Reply Process::call(const std::string& operation, const std::string& key,
                    const std::string& body) const {
  std::map<std::string, std::string> headers = {{"Idempotency-Key", key}, {"Saga-Op", "action"}};
  for (const std::string op : {"compensate", "resolve"}) {
    const std::size_t at = key.find('/' + op);
    if (at == std::string::npos) continue;
    headers["Saga-Op"] = op;
    headers["Saga-Compensates"] = key.substr(0, at);
  }
  return send("POST", '/' + operation, body, headers);
}

std::vector<Reply> Process::pipeline(const std::string& target, int times) const {
  const int socket = connect();
  std::string text;
  for (int i = 0; i < times; ++i) text += request_text("GET", target, "", {});
  ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
  std::string rest;
  std::vector<Reply> replies;
  for (int i = 0; i < times; ++i) replies.push_back(read_reply(socket, rest));
  close(socket);
  return replies;
}

}  // namespace saga::participant::test
