#include "adapters/http/callback_listener.hpp"

#include <boost/asio/post.hpp>
#include <set>
#include <thread>

#include "adapters/http/callback_session.hpp"

namespace saga::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kPauseAfterError{100};

}  // namespace

class CallbackListener::Parts {
 public:
  Parts(CallbackTokens tokens, OnAnswer on_answer, Limits limits)
      : house_(new CallbackHouse{std::move(tokens), std::move(on_answer), limits}),
        acceptor_(house_->loop),
        pause_(house_->loop) {}
  // What was taken is confirmed first: those replies were posted before this.
  ~Parts() {
    asio::post(house_->loop, [this] { end(); });
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
    if (!error) acceptor_.listen(128, error);
    if (error) {
      return base::fail(
          base::ErrorCode::kUnavailable,
          "callbacks can't be taken at port " + std::to_string(port) + ": " + error.message());
    }
    port_ = acceptor_.local_endpoint().port();
    accept();
    thread_ = std::thread([this] { house_->loop.run(); });
    return {};
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] const CallbackTokens& tokens() const { return house_->tokens; }

 private:
  void end() {
    error_code ignored;
    house_->is_closing = true;
    acceptor_.close(ignored);
    pause_.cancel();
    const std::set<CallbackSession*> open = house_->sessions;  // some end meanwhile
    for (CallbackSession* session : open) session->end();
  }
  void accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (house_->is_closing) return;
      if (error) return pause();
      if (house_->sessions.size() < house_->limits.connections)
        std::make_shared<CallbackSession>(house_, std::move(socket))->run();
      accept();
    });
  }
  // Out of descriptors, most likely: it would fail at once again.
  void pause() {
    pause_.expires_after(kPauseAfterError);
    pause_.async_wait([this](error_code error) {
      if (!error && !house_->is_closing) accept();
    });
  }

  const std::shared_ptr<CallbackHouse> house_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

base::Result<std::unique_ptr<CallbackListener>> CallbackListener::open(std::uint16_t port,
                                                                       CallbackTokens tokens,
                                                                       OnAnswer on_answer,
                                                                       Limits limits) {
  auto parts = std::make_unique<Parts>(std::move(tokens), std::move(on_answer), limits);
  if (base::Result<void> listening = parts->listen(port); !listening)
    return base::fail(listening.error());
  return std::unique_ptr<CallbackListener>(new CallbackListener(std::move(parts)));
}

CallbackListener::CallbackListener(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
CallbackListener::~CallbackListener() = default;
std::uint16_t CallbackListener::port() const { return parts_->port(); }

std::string CallbackListener::url_for(std::string_view saga_id,
                                      const core::CallEffect& call) const {
  return "http://127.0.0.1:" + std::to_string(port()) + "/v1/callbacks/" +
         parts_->tokens().make(saga_id, call);
}

}  // namespace saga::http
