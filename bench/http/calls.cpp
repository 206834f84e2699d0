// How fast are calls to participants? HttpParticipants against a server that does nothing, beside a
// bare client that only sends the same bytes and waits for an end of the answer. Both on one
// thread, the server in a process of its own; the CPU counted is the client's.
// Usage: saga-bench-http [seconds per cell]

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "adapters/http/http_participants.hpp"
#include "adapters/http/request.hpp"

namespace saga::bench {
namespace {

using std::chrono::steady_clock;

const std::string kBody = R"({"id":"C1","ok":true,"amount":"12.50"})";
const std::string kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
    std::to_string(kBody.size()) + "\r\n\r\n" + kBody;
constexpr std::size_t kMostConnections = 512;

int listen_on_loopback(std::uint16_t& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(listener, reinterpret_cast<const sockaddr*>(&address), size);
  ::listen(listener, kMostConnections);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return listener;
}

void watch(int epoll, int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

// One request a read, one constant answer: requests here fit a segment.
[[noreturn]] void serve(int listener) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int epoll = ::epoll_create1(0);
  watch(epoll, listener);
  std::array<epoll_event, 64> events;
  std::array<char, 65'536> buffer;
  for (;;) {
    const int ready = ::epoll_wait(epoll, events.data(), events.size(), -1);
    for (int i = 0; i < ready; ++i) {
      const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
      if (descriptor == listener) {
        const int accepted = ::accept(listener, nullptr, nullptr);
        const int on = 1;
        ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(epoll, accepted);
      } else if (::recv(descriptor, buffer.data(), buffer.size(), 0) > 0) {
        ::send(descriptor, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
      } else {
        ::close(descriptor);
      }
    }
  }
}

class SystemClock final : public ports::Clock {
 public:
  [[nodiscard]] base::TimePoint now() const override {
    return std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now());
  }
};

std::shared_ptr<const core::Definition> contract() {
  auto made = std::make_shared<core::Definition>();
  made->types.resize(2);
  made->types[1].kind = core::TypeKind::kJson;
  core::Operation capture;
  capture.service = "shop.orders.Payment";
  capture.name = "capture";
  capture.result = 1;
  made->operations = {capture};
  return made;
}

ports::CallRequest call_of(const std::shared_ptr<const core::Definition>& definition,
                           base::TimePoint now) {
  ports::CallRequest call;
  call.saga_id = "01990c1e-7d5a-7000-8000-5f1c2a9be001";
  call.definition = definition;
  call.effect.step = "charge";
  call.effect.key = "01990c1e-7d5a-7000-8000-5f1c2a9be001/charge";
  call.effect.arguments =
      R"({"order":"01990c1e-7d5a-7000-8000-5f1c2a9be001","card":"tok_visa_4242",)"
      R"("amount":{"amount":"37.00","currency":"CNY"},"items":[{"sku":"S1","qty":2},)"
      R"({"sku":"S2","qty":1}],"note":"leave it at the door"})";
  call.effect.until = now + std::chrono::seconds(10);
  call.effect.deadline = now + std::chrono::minutes(15);
  return call;
}

struct Figures {
  std::uint64_t calls = 0;
  double seconds = 0;
  double cpu_seconds = 0;
};

double cpu_now() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Runs the loop for a while to warm up and then measures how `count` grows.
Figures measure(boost::asio::io_context& loop, const std::uint64_t& count,
                std::chrono::milliseconds time) {
  loop.run_for(time / 4);
  const std::uint64_t count_before = count;
  const double cpu_before = cpu_now();
  const auto begin = steady_clock::now();
  loop.run_for(time);
  const std::chrono::duration<double> elapsed = steady_clock::now() - begin;
  return {count - count_before, elapsed.count(), cpu_now() - cpu_before};
}

Figures adapter(std::uint16_t port, std::size_t in_flight, std::chrono::milliseconds time) {
  boost::asio::io_context loop(1);
  const SystemClock clock;
  http::Config config;
  config.services["Payment"].url = "http://127.0.0.1:" + std::to_string(port);
  config.services["Payment"].connections = kMostConnections;
  http::HttpParticipants participants(loop, clock, config);
  const auto definition = contract();
  std::uint64_t count = 0;
  const std::function<void()> next = [&] {
    participants.call(call_of(definition, clock.now()), [&](const core::Outcome& outcome) {
      if (outcome.kind != core::Outcome::Kind::kDone) {
        std::fprintf(stderr, "%s\n", outcome.message.c_str());
        std::exit(1);
      }
      ++count;
      next();
    });
  };
  for (std::size_t i = 0; i < in_flight; ++i) next();
  return measure(loop, count, time);
}

class BareClient {
 public:
  BareClient(boost::asio::io_context& loop, std::uint16_t port, std::string request,
             std::uint64_t& count)
      : socket_(loop), request_(std::move(request)), count_(count) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
    socket_.set_option(boost::asio::ip::tcp::no_delay(true));
    socket_.non_blocking(true);
    next();
  }

 private:
  void next() {
    socket_.send(boost::asio::buffer(request_));
    socket_.async_wait(boost::asio::ip::tcp::socket::wait_read,
                       [this](boost::system::error_code error) {
                         if (error) return;
                         std::array<char, 4'096> buffer;
                         const std::size_t got = socket_.receive(boost::asio::buffer(buffer));
                         if (buffer[got - 1] == '}') ++count_;
                         next();
                       });
  }

  boost::asio::ip::tcp::socket socket_;
  const std::string request_;
  std::uint64_t& count_;
};

Figures bare(std::uint16_t port, std::size_t in_flight, std::chrono::milliseconds time) {
  boost::asio::io_context loop(1);
  const auto definition = contract();
  const http::Address address = http::parse_address("http://127.0.0.1:1").value();
  const ports::CallRequest call = call_of(definition, SystemClock().now());
  const std::string request =
      http::build_request(address, definition->operations[0], call, "").value();
  std::uint64_t count = 0;
  std::vector<std::unique_ptr<BareClient>> clients;
  for (std::size_t i = 0; i < in_flight; ++i)
    clients.push_back(std::make_unique<BareClient>(loop, port, request, count));
  return measure(loop, count, time);
}

void print(const char* name, std::size_t in_flight, const Figures& figures) {
  const auto calls = static_cast<double>(figures.calls);
  std::printf("%-8s %5zu in flight %9.0f calls/s %7.1f us of CPU a call\n", name, in_flight,
              calls / figures.seconds, figures.cpu_seconds * 1e6 / calls);
  std::fflush(stdout);
}

int run(int argc, char** argv) {
  const int seconds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 2;
  const std::chrono::milliseconds time(seconds * 1'000);
  std::uint16_t port = 0;
  const int listener = listen_on_loopback(port);
  const pid_t server = ::fork();
  if (server == 0) serve(listener);
  ::close(listener);
  for (const std::size_t in_flight : {1U, 16U, 128U, 512U}) {
    print("bare", in_flight, bare(port, in_flight, time));
    print("adapter", in_flight, adapter(port, in_flight, time));
  }
  ::kill(server, SIGKILL);
  ::waitpid(server, nullptr, 0);
  return 0;
}

}  // namespace
}  // namespace saga::bench

int main(int argc, char** argv) { return saga::bench::run(argc, argv); }
