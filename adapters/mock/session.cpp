#include "adapters/mock/session.hpp"

#include <charconv>
#include <chrono>

#include "engine/base/limits.hpp"

namespace saga::mock {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using asio::ip::tcp;
using beast::error_code;

constexpr std::chrono::seconds kSilence{60};
constexpr std::chrono::seconds kCallbackTime{5};
constexpr std::chrono::milliseconds kBeforeCallback{20};  // the 202 is there first
constexpr std::chrono::seconds kBetweenCallbacks{1};
constexpr std::string_view kLoopback = "http://127.0.0.1:";

Request plain(const wire::request<wire::string_body>& message) {
  Request request{
      std::string(message.method_string()), std::string(message.target()), {}, message.body()};
  for (const auto& field : message) {
    request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  return request;
}

}  // namespace

Session::Session(tcp::socket socket, House& house)
    : stream_(std::move(socket)), timer_(house.loop), house_(house) {
  ++house_.connections;
}

Session::~Session() { --house_.connections; }

void Session::read() {
  parser_.emplace();
  parser_->header_limit(base::limits::kMaxHeaderBytes);
  parser_->body_limit(base::limits::kMaxPayloadBytes);
  stream_.expires_after(kSilence);
  wire::async_read(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](error_code error, std::size_t) { self->take(error); });
}

void Session::take(error_code error) {
  if (error == wire::error::body_limit || error == wire::error::header_limit) {
    keep_alive_ = false;
    return write(Reply{413, R"({"detail":"the request is too long"})"});
  }
  if (error) return;  // the end, silence, or no HTTP: the stream closes itself
  stream_.expires_never();
  keep_alive_ = parser_->get().keep_alive();
  Reply reply = house_.participants.handle(plain(parser_->get()));
  for (const Call& call : house_.participants.take_calls()) {
    if (house_.on_call) house_.on_call(call);
  }
  if (reply.delay.count() == 0) return answer(reply);
  timer_.expires_after(reply.delay);
  timer_.async_wait([self = shared_from_this(), reply = std::move(reply)](error_code ended) {
    if (!ended) self->answer(reply);
  });
}

void Session::answer(const Reply& reply) {
  if (!reply.callback.empty() && !reply.drop) {
    std::make_shared<Callback>(house_, reply)->send();
  }
  if (reply.drop) return stream_.close();
  write(reply);
}

void Session::write(const Reply& reply) {
  response_ = {};
  response_.result(static_cast<unsigned>(reply.status));
  if (!reply.body.empty()) response_.set(wire::field::content_type, "application/json");
  for (const auto& [name, value] : reply.headers) response_.set(name, value);
  response_.keep_alive(keep_alive_);
  response_.body() = reply.body;
  response_.prepare_payload();
  stream_.expires_after(kSilence);
  wire::async_write(stream_, response_, [self = shared_from_this()](error_code error, std::size_t) {
    if (!error && self->keep_alive_) return self->read();
    error_code ignored;
    self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  });
}

Callback::Callback(House& house, Reply reply) : stream_(house.loop), timer_(house.loop) {
  const std::string& url = reply.callback;
  if (!url.starts_with(kLoopback)) return;
  const char* const begin = url.data() + kLoopback.size();
  const char* const end = url.data() + url.size();
  const auto [stop, error] = std::from_chars(begin, end, port_);
  if (error != std::errc{} || stop == end || *stop != '/') port_ = 0;
  request_.version(11);
  request_.method(wire::verb::post);
  request_.target(std::string(stop, end));
  request_.set(wire::field::host, "127.0.0.1");
  request_.set(wire::field::content_type, "application/json");
  request_.set("Saga-Outcome", reply.outcome);
  request_.body() = std::move(reply.answer);
  request_.prepare_payload();
}

void Callback::send() {
  if (port_ == 0) return;
  timer_.expires_after(kBeforeCallback);
  timer_.async_wait([self = shared_from_this()](error_code ended) {
    if (!ended) self->write();
  });
}

void Callback::again() {
  stream_.close();
  if (--tries_left_ == 0) return;
  timer_.expires_after(kBetweenCallbacks);
  timer_.async_wait([self = shared_from_this()](error_code ended) {
    if (!ended) self->write();
  });
}

void Callback::write() {
  stream_.expires_after(kCallbackTime);
  stream_.async_connect(
      tcp::endpoint(asio::ip::address_v4::loopback(), port_),
      [self = shared_from_this()](error_code failed) {
        if (failed) return self->again();
        wire::async_write(self->stream_, self->request_, [self](error_code broken, std::size_t) {
          if (broken) return self->again();
          self->response_ = {};
          self->buffer_.clear();
          wire::async_read(self->stream_, self->buffer_, self->response_,
                           [self](error_code error, std::size_t) {
                             const unsigned status = self->response_.result_int();
                             // Not taken yet; whoever doesn't know it never will.
                             if (error || status >= 500) return self->again();
                             self->stream_.close();
                           });
        });
      });
}

}  // namespace saga::mock
