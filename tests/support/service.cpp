#include "tests/support/service.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace saga::test {

Service::Service(Handler handler, std::uint16_t port) : handler_(std::move(handler)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(bind(listener_, any, size) == 0);
  REQUIRE(listen(listener_, 128) == 0);
  REQUIRE(getsockname(listener_, any, &size) == 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept(); });
}

Service::~Service() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int each : open_) shutdown(each, SHUT_RDWR);
  }
  for (std::thread& each : threads_) each.join();
  close(listener_);
}

void Service::accept() {
  for (;;) {
    const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) return;
    const std::lock_guard lock(mutex_);
    open_.push_back(descriptor);
    threads_.emplace_back([this, descriptor] { serve(descriptor); });
  }
}

void Service::serve(int descriptor) {
  Connection connection(descriptor);
  while (const std::optional<Request> request = connection.read_request()) {
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(*request);
    }
    changed_.notify_all();
    const Reply reply = handler_(*request);
    if (reply.status == 0) break;
    connection.send(to_text(reply));
  }
  const std::lock_guard lock(mutex_);
  std::erase(open_, descriptor);
}

std::size_t Service::calls(const std::string& operation) {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::count_if(requests_.begin(), requests_.end(),
                    [&](const Request& each) { return each.target == '/' + operation; }));
}

Request Service::wait_for(const std::string& operation, std::size_t calls) {
  std::unique_lock lock(mutex_);
  Request found;
  const bool came = changed_.wait_for(lock, std::chrono::seconds(20), [&] {
    std::size_t count = 0;
    for (const Request& each : requests_) {
      if (each.target != '/' + operation) continue;
      if (++count == calls) found = each;
    }
    return count >= calls;
  });
  REQUIRE_MESSAGE(came, operation);
  return found;
}

}  // namespace saga::test
