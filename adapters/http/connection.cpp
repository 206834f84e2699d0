#include "adapters/http/connection.hpp"

#include <sys/socket.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>
#include <cstring>

namespace saga::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

constexpr int kMaxInterim = 8;

}  // namespace

Connection::Connection(asio::io_context& loop, const Address& address, asio::ssl::context* tls)
    : loop_(loop),
      address_(address),
      resolver_(loop),
      socket_(loop),
      timer_(loop),
      input_(base::limits::kMaxHeaderBytes + 1'024) {
  if (tls != nullptr) tls_.emplace(socket_, *tls);
}

void Connection::exchange(std::string request, std::chrono::steady_clock::time_point deadline,
                          Done done) {
  request_ = std::move(request);
  done_ = std::move(done);
  is_sent_ = false;
  may_reuse_ = false;
  interim_ = 0;
  const std::uint64_t number = ++number_;
  timer_.expires_at(deadline);
  timer_.async_wait([self = shared_from_this(), number](error_code error) {
    if (!error && number == self->number_) self->on_deadline();
  });
  if (is_open_) {
    write();
  } else {
    resolve();
  }
}

bool Connection::is_reusable() {
  if (!is_open_ || !may_reuse_) return false;
  char byte = 0;
  const ssize_t got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void Connection::abandon() {
  done_ = nullptr;
  ++number_;
  timer_.cancel();
  close();
}

void Connection::resolve() {
  resolver_.async_resolve(address_.host, address_.port,
                          [self = shared_from_this(), number = number_](
                              error_code error, const tcp::resolver::results_type& endpoints) {
                            if (number != self->number_) return;
                            if (error)
                              return self->fail(Exchange::Kind::kNotSent,
                                                "its name can't be resolved: " + error.message());
                            self->connect(endpoints);
                          });
}

void Connection::connect(const tcp::resolver::results_type& endpoints) {
  asio::async_connect(
      socket_, endpoints,
      [self = shared_from_this(), number = number_](error_code error, const tcp::endpoint&) {
        if (number != self->number_) return;
        if (error)
          return self->fail(Exchange::Kind::kNotSent, "it can't be reached: " + error.message());
        error_code ignored;
        self->socket_.set_option(tcp::no_delay(true), ignored);
        self->is_open_ = true;
        if (self->tls_) {
          self->handshake();
        } else {
          self->write();
        }
      });
}

void Connection::handshake() {
  SSL_set_tlsext_host_name(tls_->native_handle(), address_.host.c_str());
  tls_->set_verify_mode(asio::ssl::verify_peer);
  tls_->set_verify_callback(asio::ssl::host_name_verification(address_.host));
  tls_->async_handshake(asio::ssl::stream_base::client, [self = shared_from_this(),
                                                         number = number_](error_code error) {
    if (number != self->number_) return;
    if (error) return self->fail(Exchange::Kind::kNotSent, "TLS failed: " + error.message());
    self->write();
  });
}

void Connection::write() {
  is_sent_ = true;
  expect_response();
  const auto then = [self = shared_from_this(), number = number_](error_code error, std::size_t) {
    if (number != self->number_) return;
    if (error)
      return self->fail(Exchange::Kind::kLost, "the request was cut off: " + error.message());
    self->read();
  };
  if (tls_) {
    asio::async_write(*tls_, asio::buffer(request_), then);
  } else {
    asio::async_write(socket_, asio::buffer(request_), then);
  }
}

void Connection::expect_response() {
  parser_.emplace();
  parser_->eager(true);
  parser_->header_limit(base::limits::kMaxHeaderBytes);
  parser_->body_limit(base::limits::kMaxPayloadBytes);
}

void Connection::read() {
  const auto then = [self = shared_from_this(), number = number_](error_code error,
                                                                  std::size_t bytes) {
    if (number != self->number_) return;
    if (error == asio::error::eof || error == asio::ssl::error::stream_truncated)
      return self->on_end_of_stream();
    if (error)
      return self->fail(Exchange::Kind::kLost, "the answer was cut off: " + error.message());
    self->feed(bytes);
  };
  const auto room = asio::buffer(input_.data() + filled_, input_.size() - filled_);
  if (tls_) {
    tls_->async_read_some(room, then);
  } else {
    socket_.async_read_some(room, then);
  }
}

void Connection::feed(std::size_t bytes) {
  filled_ += bytes;
  while (filled_ > 0) {
    error_code error;
    const std::size_t used = parser_->put(asio::buffer(input_.data(), filled_), error);
    if (used > 0) std::memmove(input_.data(), input_.data() + used, filled_ - used);
    filled_ -= used;
    if (error == beast::http::error::need_more) break;
    if (error == beast::http::error::body_limit || error == beast::http::error::header_limit) {
      return fail(Exchange::Kind::kTooLong, "the answer is too long");
    }
    if (error) return fail(Exchange::Kind::kLost, "the answer is no HTTP: " + error.message());
    if (parser_->is_done()) {
      if (take_response()) return;
      continue;
    }
    if (used == 0) break;
  }
  if (filled_ == input_.size())
    return fail(Exchange::Kind::kTooLong, "the answer's header is too long");
  read();
}

// A whole response was parsed. False if it was an interim one and another follows.
bool Connection::take_response() {
  const unsigned status = parser_->get().result_int();
  if (status >= 100 && status < 200) {
    if (++interim_ > kMaxInterim || status == 101) {
      fail(Exchange::Kind::kLost, "it sends interim answers without end");
      return true;
    }
    expect_response();
    return false;
  }
  may_reuse_ = parser_->keep_alive() && filled_ == 0;
  Exchange exchange;
  exchange.kind = Exchange::Kind::kAnswered;
  exchange.response = parser_->release();
  complete(std::move(exchange));
  return true;
}

void Connection::on_end_of_stream() {
  error_code error;
  if (parser_->got_some()) parser_->put_eof(error);
  if (!error && parser_->is_done()) {
    filled_ = 1;  // never reused: the other side has closed
    take_response();
    return;
  }
  fail(Exchange::Kind::kLost, "it closed the connection without an answer");
}

void Connection::on_deadline() {
  fail(is_sent_ ? Exchange::Kind::kTimedOut : Exchange::Kind::kNotSent, "no answer in time");
}

void Connection::fail(Exchange::Kind kind, const std::string& why) {
  may_reuse_ = false;
  Exchange exchange;
  exchange.kind = kind;
  exchange.why = why;
  complete(std::move(exchange));
}

void Connection::complete(Exchange exchange) {
  ++number_;
  timer_.cancel();
  parser_.reset();
  if (!may_reuse_) close();
  Done done = std::move(done_);
  done_ = nullptr;
  if (done) done(std::move(exchange));
}

void Connection::close() {
  error_code ignored;
  resolver_.cancel();
  is_open_ = false;
  may_reuse_ = false;
  filled_ = 0;
  socket_.close(ignored);
}

}  // namespace saga::http
