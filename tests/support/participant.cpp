#include "tests/support/participant.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>

namespace saga::test {

namespace {

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

Participant::Participant(const std::string& role, const std::string& db,
                         std::vector<std::string> more)
    : words_({SAGA_PARTICIPANT_PROGRAM, "--role", role, "--db", db}) {
  words_.insert(words_.end(), more.begin(), more.end());
  launch(0);
}

void Participant::launch(std::uint16_t port) {
  Launch launch{words_, "", "", {}, false};
  launch.words.insert(launch.words.end(), {"--listen", "127.0.0.1:" + std::to_string(port)});
  program_ = std::make_unique<Program>(launch);
  const std::optional<std::string> line = program_->read_line();
  REQUIRE(line.has_value());
  REQUIRE_MESSAGE(line->rfind("listening 127.0.0.1:", 0) == 0, *line);
  port_ = static_cast<std::uint16_t>(std::stoi(line->substr(line->rfind(':') + 1)));
}

int Participant::wait(int signal) {
  if (signal != 0) program_->signal(signal);
  const int code = program_->wait().code;
  program_.reset();
  return code < 128 ? code : -1;
}

void Participant::pause() const { program_->signal(SIGSTOP); }
void Participant::go_on() const { program_->signal(SIGCONT); }

void Participant::kill() { program_.reset(); }

void Participant::start_again() { launch(port_); }

void Participant::clear_faults() const { REQUIRE(send("DELETE", "/faults").status == 200); }

void Participant::fault(const std::string& json) const {
  const Reply reply = send("POST", "/faults", json);
  REQUIRE_MESSAGE(reply.status == 200, reply.body);
}

int Participant::connect() const {
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

Reply Participant::send(const std::string& method, const std::string& target,
                        const std::string& body,
                        const std::map<std::string, std::string>& headers) const {
  const int socket = connect();
  const std::string text = request_text(method, target, body, headers);
  ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
  std::string rest;
  const Reply reply = read_reply(socket, rest);
  close(socket);
  return reply;
}

Reply Participant::call(const std::string& operation, const std::string& key,
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

std::vector<Reply> Participant::pipeline(const std::string& target, int times) const {
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

}  // namespace saga::test
