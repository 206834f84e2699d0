#include "workflows/participants/http_server.hpp"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <csignal>

#include "workflows/participants/worker.hpp"

namespace saga::demo {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

namespace {

constexpr std::uint64_t kMostBody = 1024 * 1024;
constexpr std::uint32_t kMostHeader = 16 * 1024;
constexpr std::size_t kMostConnections = 1024;
constexpr std::size_t kMostWaiting = 1024;
constexpr std::chrono::seconds kSilence{60};

// What all connections share. The sessions that wait in `io` use the rest: it goes first.
struct Shared {
  Admit admit;
  std::size_t connections = 0;
  Worker worker{kMostWaiting};
  asio::io_context io{1};
};

HttpRequest plain(http::request<http::string_body>&& message) {
  HttpRequest request{std::string(message.method_string()), std::string(message.target()), {}, {}};
  for (const auto& field : message) {
    request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  request.body = std::move(message.body());
  return request;
}

// One connection: reads a request, hands it to the worker, answers, reads the next. All handlers
// run on the network thread; the session lives while one of them is pending.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, Shared& shared)
      : stream_(std::move(socket)), timer_(shared.io), shared_(shared) {
    ++shared_.connections;
  }
  ~Session() { --shared_.connections; }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void read() {
    parser_.emplace();
    parser_->body_limit(kMostBody);
    parser_->header_limit(kMostHeader);
    stream_.expires_after(kSilence);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       self->on_read(error);
                     });
  }

 private:
  void on_read(beast::error_code error) {
    if (error == http::error::body_limit) {
      keep_alive_ = false;
      return answer({413, R"({"error":"too-long","message":"the body is over 1 MiB"})", {}});
    }
    if (error) return;  // the end, silence, or no HTTP: the stream closes itself
    stream_.expires_never();
    keep_alive_ = parser_->get().keep_alive();
    auto work = std::make_shared<Work>(shared_.admit(plain(parser_->release())));
    later(work->wait, [work](Session& session) { session.start(work); });
  }

  // Calls `next` after `wait`, at once if that is nothing.
  template <class Next>
  void later(std::chrono::milliseconds wait, Next next) {
    if (wait.count() == 0) return next(*this);
    timer_.expires_after(wait);
    timer_.async_wait([self = shared_from_this(), next](beast::error_code error) {
      if (!error) next(*self);
    });
  }

  void start(const std::shared_ptr<Work>& work) {
    const bool taken = shared_.worker.offer([self = shared_from_this(), work]() mutable {
      auto reply = std::make_shared<HttpReply>(work->run());
      // The session goes back to the network thread with its answer: it may only end there.
      asio::io_context& io = self->shared_.io;
      asio::post(io, [self = std::move(self), reply] {
        self->later(reply->wait, [reply](Session& s) { s.answer(std::move(*reply)); });
      });
    });
    if (!taken) {
      answer({503,
              R"({"error":"overloaded","message":"too many requests wait"})",
              {{"Retry-After", "1"}, {"Saga-Outcome", "transient"}}});
    }
  }

  void answer(HttpReply reply) {
    if (reply.drop) return stream_.close();
    response_ = {};
    response_.result(static_cast<unsigned>(reply.status));
    response_.set(http::field::content_type, "application/json");
    for (const auto& [name, value] : reply.headers) response_.set(name, value);
    response_.keep_alive(keep_alive_);
    response_.body() = std::move(reply.body);
    response_.prepare_payload();
    stream_.expires_after(kSilence);
    http::async_write(stream_, response_,
                      [self = shared_from_this()](beast::error_code error, std::size_t) {
                        if (!error && self->keep_alive_) return self->read();
                        beast::error_code ignored;
                        self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
                      });
  }

  beast::tcp_stream stream_;
  asio::steady_timer timer_;
  Shared& shared_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  bool keep_alive_ = false;
};

}  // namespace

struct HttpServer::Inside {
  Shared shared;
  tcp::acceptor acceptor{shared.io};
  asio::signal_set signals{shared.io, SIGTERM, SIGINT};

  void accept() {
    acceptor.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error && shared.connections < kMostConnections) {
        socket.set_option(tcp::no_delay(true), error);
        std::make_shared<Session>(std::move(socket), shared)->read();
      }
      accept();
    });
  }

  bool open(const std::string& host, std::uint16_t port, std::string& problem) {
    beast::error_code error;
    const auto address = asio::ip::make_address(host, error);
    if (error || !address.is_loopback()) {
      problem = "listens on a loopback address only, for example 127.0.0.1, not on " + host;
      return false;
    }
    const tcp::endpoint endpoint(address, port);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) problem = "can't listen on " + host + ": " + error.message();
    return !error;
  }
};

std::optional<std::string> HttpRequest::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& field) {
    return beast::iequals({field.first.data(), field.first.size()}, {name.data(), name.size()});
  });
  return found == headers.end() ? std::nullopt : std::optional(found->second);
}

HttpServer::HttpServer(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
HttpServer::~HttpServer() = default;

std::unique_ptr<HttpServer> HttpServer::listen(const std::string& host, std::uint16_t port,
                                               Admit admit, std::string& problem) {
  auto inside = std::make_unique<Inside>();
  inside->shared.admit = std::move(admit);
  if (!inside->open(host, port, problem)) return nullptr;
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(inside)));
}

std::uint16_t HttpServer::port() const {
  beast::error_code error;
  return inside_->acceptor.local_endpoint(error).port();
}

void HttpServer::run() {
  inside_->signals.async_wait([this](beast::error_code, int) {
    beast::error_code ignored;
    inside_->acceptor.close(ignored);
    inside_->shared.worker.stop();
    inside_->shared.io.stop();
  });
  inside_->accept();
  inside_->shared.io.run();
}

}  // namespace saga::demo
