#include "tests/support/http.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace saga::test {
namespace {

std::string to_text(const std::string& first_line, const Headers& headers,
                    const std::string& body) {
  std::string text = first_line + "\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

std::string to_text(const Request& request) {
  return to_text(request.method + ' ' + request.target + " HTTP/1.1\r\nHost: test", request.headers,
                 request.body);
}

std::string to_text(const Reply& reply) {
  return to_text("HTTP/1.1 " + std::to_string(reply.status) + " x", reply.headers, reply.body);
}

Connection Connection::to(std::uint16_t port) {
  const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{10, 0};
  setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return Connection(made);
}

Connection::Connection(Connection&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), rest_(std::move(other.rest_)) {}

Connection::~Connection() {
  if (descriptor_ >= 0) close(descriptor_);
}

void Connection::send(const std::string& bytes) const {
  ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

bool Connection::is_silent_for(int milliseconds) const {
  pollfd ready{descriptor_, POLLIN, 0};
  return rest_.empty() && poll(&ready, 1, milliseconds) == 0;
}

bool Connection::more() {
  std::array<char, 4096> bytes{};
  const ssize_t count = recv(descriptor_, bytes.data(), bytes.size(), 0);
  if (count > 0) rest_.append(bytes.data(), static_cast<std::size_t>(count));
  return count > 0;
}

std::optional<Connection::Message> Connection::read_message() {
  std::size_t end = 0;
  while ((end = rest_.find("\r\n\r\n")) == std::string::npos) {
    if (!more()) return std::nullopt;
  }
  Message message;
  std::size_t line = rest_.find("\r\n") + 2;
  message.first_line = rest_.substr(0, line - 2);
  while (line < end + 2) {
    const std::size_t colon = rest_.find(": ", line);
    const std::size_t stop = rest_.find("\r\n", line);
    message.headers[rest_.substr(line, colon - line)] = rest_.substr(colon + 2, stop - colon - 2);
    line = stop + 2;
  }
  const auto length = message.headers.find("Content-Length");
  const std::size_t size = length == message.headers.end() ? 0 : std::stoul(length->second);
  while (rest_.size() < end + 4 + size) {
    if (!more()) return std::nullopt;
  }
  message.body = rest_.substr(end + 4, size);
  rest_.erase(0, end + 4 + size);
  return message;
}

Reply Connection::read_reply() {
  std::optional<Message> message = read_message();
  if (!message) return {};
  const int status = std::stoi(message->first_line.substr(message->first_line.find(' ') + 1));
  return {status, std::move(message->headers), std::move(message->body)};
}

std::optional<Request> Connection::read_request() {
  std::optional<Message> message = read_message();
  if (!message) return std::nullopt;
  const std::string& line = message->first_line;
  const std::size_t target = line.find(' ') + 1;
  return Request{line.substr(0, target - 1), line.substr(target, line.find(' ', target) - target),
                 std::move(message->headers), std::move(message->body)};
}

Reply exchange(std::uint16_t port, const Request& request) {
  Connection connection = Connection::to(port);
  connection.send(to_text(request));
  return connection.read_reply();
}

std::uint16_t port_of(const std::string& url) {
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.find(':', 5) + 1)));
}

Reply post(const std::string& url, const std::string& body, const Headers& headers) {
  return exchange(port_of(url), {"POST", url.substr(url.find('/', 7)), headers, body});
}

}  // namespace saga::test
