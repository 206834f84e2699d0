#include "adapters/http/connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>

namespace saga::http {
namespace {

namespace asio = boost::asio;
namespace wire = boost::beast::http;

constexpr int kMaxInterim = 8;
constexpr std::size_t kInputBytes = base::limits::kMaxHeaderBytes + 1'024;

std::string more_than(std::size_t bytes) {
  return "more than " + std::to_string(bytes) + " bytes, which is the limit";
}

std::uint16_t port_of(const Address& address) {
  return static_cast<std::uint16_t>(std::stoi(address.port));
}

}  // namespace

Connection::Connection(asio::io_context& loop, const Address& address, asio::ssl::context* tls,
                       Owner& owner)
    : address_(address),
      owner_(&owner),
      resolver_(loop),
      socket_(loop),
      tls_context_(tls),
      input_(kInputBytes) {}

void Connection::exchange(std::string request) {
  request_ = std::move(request);
  written_ = 0;
  cut_off_.clear();
  interim_ = 0;
  was_kept_ = is_open_;
  is_sent_ = may_reuse_ = false;
  ++number_;
  if (is_open_) {
    send();
  } else {
    open();
  }
}

bool Connection::is_reusable() {
  if (!is_open_ || !may_reuse_) return false;
  if (tls_) {
    SSL* ssl = tls_->native_handle();
    if (SSL_pending(ssl) > 0 || BIO_pending(SSL_get_rbio(ssl)) > 0) return false;
  }
  char byte = 0;
  const ssize_t got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void Connection::abandon() {
  owner_ = nullptr;
  ++number_;
  close();
}

void Connection::open() {
  error_code is_name;
  const asio::ip::address literal = asio::ip::make_address(address_.host, is_name);
  if (is_name) return resolve();
  socket_.async_connect(tcp::endpoint(literal, port_of(address_)),
                        [self = shared_from_this(), number = number_](error_code error) {
                          if (number == self->number_) self->opened(error);
                        });
}

void Connection::resolve() {
  const auto connected = [self = shared_from_this(), number = number_](error_code error,
                                                                       const tcp::endpoint&) {
    if (number == self->number_) self->opened(error);
  };
  resolver_.async_resolve(address_.host, address_.port,
                          [self = shared_from_this(), number = number_, connected](
                              error_code error, const tcp::resolver::results_type& endpoints) {
                            if (number != self->number_) return;
                            if (!error)
                              return asio::async_connect(self->socket_, endpoints, connected);
                            self->fail(Exchange::Kind::kNotSent,
                                       "its name can't be resolved: " + error.message());
                          });
}

void Connection::opened(error_code error) {
  if (error) return fail(Exchange::Kind::kNotSent, "it can't be reached: " + error.message());
  socket_.set_option(tcp::no_delay(true), error);
  socket_.non_blocking(true, error);
  if (tls_context_ != nullptr) return handshake();
  is_open_ = true;
  send();
}

void Connection::handshake() {
  tls_.emplace(socket_, *tls_context_);
  error_code is_name;
  asio::ip::make_address(address_.host, is_name);
  if (is_name) SSL_set_tlsext_host_name(tls_->native_handle(), address_.host.c_str());
  tls_->set_verify_mode(asio::ssl::verify_peer);
  tls_->set_verify_callback(asio::ssl::host_name_verification(address_.host));
  const auto then = [self = shared_from_this(), number = number_](error_code error) {
    if (number != self->number_) return;
    if (error) return self->fail(Exchange::Kind::kNotSent, "TLS failed: " + error.message());
    self->is_open_ = true;
    self->send();
  };
  tls_->async_handshake(asio::ssl::stream_base::client, then);
}

void Connection::send() {
  parser_.emplace();
  if (tls_) {
    write_tls();
  } else {
    write();
  }
}

void Connection::write() {
  error_code error;
  while (written_ < request_.size()) {
    const auto rest = asio::buffer(request_.data() + written_, request_.size() - written_);
    written_ += socket_.send(rest, 0, error);
    is_sent_ = written_ > 0;
    if (error == asio::error::would_block) {
      return socket_.async_wait(tcp::socket::wait_write,
                                [self = shared_from_this(), number = number_](error_code failed) {
                                  if (number != self->number_) return;
                                  failed ? self->write_failed(failed) : self->write();
                                });
    }
    if (error) return write_failed(error);
  }
  read();
}

void Connection::write_failed(const error_code& error) {
  if (is_sent_) {  // it may have answered what it saw of it, before it closed
    cut_off_ = "the request was cut off: " + error.message();
    return read();
  }
  if (!was_kept_) return fail(Exchange::Kind::kNotSent, "it can't be reached: " + error.message());
  was_kept_ = false;
  close();
  open();
}

void Connection::write_tls() {
  is_sent_ = true;  // how much of it has left can't be seen through TLS
  const auto then = [self = shared_from_this(), number = number_](error_code error, std::size_t) {
    if (number != self->number_) return;
    if (error) self->cut_off_ = "the request was cut off: " + error.message();
    self->read();
  };
  asio::async_write(*tls_, asio::buffer(request_), then);
}

void Connection::read() {
  if (tls_) {
    const auto room = asio::buffer(input_.data() + filled_, input_.size() - filled_);
    const auto then = [self = shared_from_this(), number = number_](error_code error,
                                                                    std::size_t bytes) {
      if (number == self->number_) self->received(error, bytes);
    };
    return tls_->async_read_some(room, then);
  }
  socket_.async_wait(tcp::socket::wait_read,
                     [self = shared_from_this(), number = number_](error_code error) {
                       if (number != self->number_) return;
                       error ? self->received(error, 0) : self->receive();
                     });
}

void Connection::receive() {
  error_code error;
  const auto room = asio::buffer(input_.data() + filled_, input_.size() - filled_);
  const std::size_t bytes = socket_.receive(room, 0, error);
  if (error == asio::error::would_block) return read();
  received(error, bytes);
}

void Connection::received(const error_code& error, std::size_t bytes) {
  // TLS that ends without its farewell may have been cut off by somebody: no end of an answer.
  if (error == asio::error::eof) return on_end_of_stream();
  if (!error) return feed(bytes);
  fail(Exchange::Kind::kLost,
       cut_off_.empty() ? "the answer was cut off: " + error.message() : cut_off_);
}

void Connection::feed(std::size_t bytes) {
  filled_ += bytes;
  std::size_t used = 0;
  while (used < filled_) {
    error_code error;
    const std::size_t taken =
        parser_->put(asio::const_buffer(input_.data() + used, filled_ - used), error);
    used += taken;
    if (error == wire::error::need_more) break;
    if (error == wire::error::body_limit)
      return fail(Exchange::Kind::kTooLong, more_than(base::limits::kMaxPayloadBytes));
    if (error == wire::error::header_limit)
      return fail(Exchange::Kind::kTooLong,
                  "a header of " + more_than(base::limits::kMaxHeaderBytes));
    if (error) return fail(Exchange::Kind::kLost, "the answer is no HTTP: " + error.message());
    if (parser_->is_done()) {
      if (take_answer(used < filled_)) return;
      continue;
    }
    if (taken == 0) break;
  }
  std::copy(input_.begin() + static_cast<std::ptrdiff_t>(used),
            input_.begin() + static_cast<std::ptrdiff_t>(filled_), input_.begin());
  filled_ -= used;
  if (filled_ == input_.size())
    return fail(Exchange::Kind::kTooLong,
                "a header of " + more_than(base::limits::kMaxHeaderBytes));
  read();
}

// A whole response was parsed. False if it was an interim one and another follows. `is_last`:
// nothing that may come after it is trusted, for it was followed by a surplus byte or the end.
bool Connection::take_answer(bool is_last) {
  const int status = parser_->answer().status;
  if (status >= 100 && status < 200) {
    if (++interim_ > kMaxInterim || status == 101) {
      fail(Exchange::Kind::kLost, status == 101 ? "it wants to speak another protocol"
                                                : "it sends interim answers without end");
      return true;
    }
    parser_.emplace();
    return false;
  }
  may_reuse_ = parser_->keep_alive() && !is_last && cut_off_.empty();
  idle_time_ = parser_->idle_time();
  filled_ = 0;
  Exchange exchange;
  exchange.kind = Exchange::Kind::kAnswered;
  exchange.answer = std::move(parser_->answer());
  complete(std::move(exchange));
  return true;
}

void Connection::on_end_of_stream() {
  error_code error;
  if (parser_->got_some()) parser_->put_eof(error);
  if (!error && parser_->is_done() && take_answer(true)) return;
  fail(Exchange::Kind::kLost,
       cut_off_.empty() ? "it closed the connection without a whole answer" : cut_off_);
}

void Connection::time_out() {
  fail(is_sent_ ? Exchange::Kind::kTimedOut : Exchange::Kind::kNotSent, "no answer in time");
}

void Connection::fail(Exchange::Kind kind, std::string why) {
  may_reuse_ = false;
  Exchange exchange;
  exchange.kind = kind;
  exchange.why = std::move(why);
  if (kind == Exchange::Kind::kTooLong) exchange.answer = std::move(parser_->answer());
  complete(std::move(exchange));
}

void Connection::complete(Exchange exchange) {
  ++number_;
  if (!may_reuse_) close();
  if (owner_ != nullptr) owner_->exchange_ended(*this, std::move(exchange));
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
