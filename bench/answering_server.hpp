#pragma once

#include <sys/types.h>

#include <cstdint>

namespace saga::bench {

// A participant that answers at once, in a process of its own on loopback: what it costs is
// nobody's but the client's. Declines what holds the word `declined`. Ends with the object.
class AnsweringServer {
 public:
  AnsweringServer();  // forks: before any thread is started
  ~AnsweringServer();
  AnsweringServer(const AnsweringServer&) = delete;
  AnsweringServer& operator=(const AnsweringServer&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace saga::bench
