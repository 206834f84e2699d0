#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/http.hpp"

namespace saga::test {

// A service in the test's process, on a port of its own, that answers as the test says and keeps
// what it was sent. The handler runs on the service's threads; a status of 0 closes the connection
// without an answer.
class Service {
 public:
  using Handler = std::function<Reply(const Request&)>;

  // A port of 0 picks one.
  explicit Service(Handler handler, std::uint16_t port = 0);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // Waits until so many calls of the operation have come, at most 20 s, and gives the one of that
  // number.
  Request wait_for(const std::string& operation, std::size_t calls = 1);
  std::size_t calls(const std::string& operation);

 private:
  void accept();
  void serve(int descriptor);

  Handler handler_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Request> requests_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace saga::test
