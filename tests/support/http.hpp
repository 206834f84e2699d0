#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace saga::test {

using Headers = std::map<std::string, std::string>;

struct Request {
  std::string method;
  std::string target;
  Headers headers;
  std::string body;
};

struct Reply {
  int status = 0;  // 0: the connection ended without an answer
  Headers headers;
  std::string body;
};

std::string to_text(const Request& request);
std::string to_text(const Reply& reply);

// One end of a connection, in blocking steps; a read that waits for over 10 s ends it.
class Connection {
 public:
  explicit Connection(int descriptor) : descriptor_(descriptor) {}  // owns it
  static Connection to(std::uint16_t port);                         // on loopback
  ~Connection();
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&&) = delete;

  void send(const std::string& bytes) const;
  Reply read_reply();
  std::optional<Request> read_request();
  // Nothing has come, and nothing comes for so long.
  [[nodiscard]] bool is_silent_for(int milliseconds) const;

 private:
  struct Message {
    std::string first_line;
    Headers headers;
    std::string body;
  };
  std::optional<Message> read_message();
  bool more();

  int descriptor_;
  std::string rest_;
};

// One request on a connection of its own. `url`: http://127.0.0.1:PORT/…
Reply exchange(std::uint16_t port, const Request& request);
Reply post(const std::string& url, const std::string& body, const Headers& headers = {});
std::uint16_t port_of(const std::string& url);

}  // namespace saga::test
