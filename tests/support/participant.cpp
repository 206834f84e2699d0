#include "tests/support/participant.hpp"

#include <doctest/doctest.h>

#include <csignal>

namespace saga::test {

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

Reply Participant::send(const std::string& method, const std::string& target,
                        const std::string& body, const Headers& headers) const {
  return exchange(port_, {method, target, headers, body});
}

Reply Participant::call(const std::string& operation, const std::string& key,
                        const std::string& body) const {
  Headers headers = {{"Idempotency-Key", key}, {"Saga-Op", "action"}};
  for (const std::string op : {"compensate", "resolve"}) {
    const std::size_t at = key.find('/' + op);
    if (at == std::string::npos) continue;
    headers["Saga-Op"] = op;
    headers["Saga-Compensates"] = key.substr(0, at);
  }
  return send("POST", '/' + operation, body, headers);
}

std::vector<Reply> Participant::pipeline(const std::string& target, int times) const {
  Connection connection = Connection::to(port_);
  std::string text;
  for (int i = 0; i < times; ++i) text += to_text(Request{"GET", target, {}, ""});
  connection.send(text);
  std::vector<Reply> replies;
  for (int i = 0; i < times; ++i) replies.push_back(connection.read_reply());
  return replies;
}

}  // namespace saga::test
