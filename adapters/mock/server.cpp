#include "adapters/mock/server.hpp"

#include <boost/asio/post.hpp>
#include <chrono>
#include <thread>

#include "adapters/mock/session.hpp"

namespace saga::mock {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kMaxConnections = 1'024;
constexpr std::chrono::milliseconds kPauseAfterError{100};

}  // namespace

class MockServer::Parts {
 public:
  Parts(MockParticipants participants, OnCall on_call)
      : house_{std::move(participants), std::move(on_call)} {}
  ~Parts() {
    house_.loop.stop();
    if (thread_.joinable()) thread_.join();
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  base::Result<void> listen(std::uint16_t port) {
    error_code error;
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return base::fail(base::ErrorCode::kUnavailable,
                        "port " + std::to_string(port) + " can't be opened: " + error.message());
    }
    port_ = acceptor_.local_endpoint().port();
    accept();
    thread_ = std::thread([this] { house_.loop.run(); });
    return {};
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  void accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) return pause();
      if (house_.connections < kMaxConnections) {
        socket.set_option(tcp::no_delay(true), error);
        std::make_shared<Session>(std::move(socket), house_)->read();
      }
      accept();
    });
  }
  // Out of descriptors, most likely: it would fail at once again.
  void pause() {
    pause_.expires_after(kPauseAfterError);
    pause_.async_wait([this](error_code error) {
      if (!error) accept();
    });
  }

  House house_;
  tcp::acceptor acceptor_{house_.loop};
  asio::steady_timer pause_{house_.loop};
  std::uint16_t port_ = 0;
  std::thread thread_;
};

base::Result<std::unique_ptr<MockServer>> MockServer::open(std::uint16_t port,
                                                           MockParticipants participants,
                                                           OnCall on_call) {
  auto parts = std::make_unique<Parts>(std::move(participants), std::move(on_call));
  if (base::Result<void> listening = parts->listen(port); !listening) {
    return base::fail(listening.error());
  }
  return std::unique_ptr<MockServer>(new MockServer(std::move(parts)));
}

MockServer::MockServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
MockServer::~MockServer() = default;
std::uint16_t MockServer::port() const { return parts_->port(); }

}  // namespace saga::mock
