#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <memory>
#include <optional>
#include <string>

#include "adapters/mock/server.hpp"

namespace saga::mock {

// What all connections of a server share; it outlives them. The server's thread only.
struct House {
  MockParticipants participants;
  MockServer::OnCall on_call;
  std::size_t connections = 0;
  boost::asio::io_context loop{1};  // last: destroyed first, and the sessions with it
};

// One connection: reads a request, answers, reads the next. Shared with its pending operations.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(boost::asio::ip::tcp::socket socket, House& house);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void read();

 private:
  void take(boost::beast::error_code error);
  void answer(const Reply& reply);
  void write(const Reply& reply);

  boost::beast::tcp_stream stream_;
  boost::asio::steady_timer timer_;
  House& house_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  boost::beast::http::response<boost::beast::http::string_body> response_;
  bool keep_alive_ = false;
};

// Posts an answer to a callback's URL: a few times, a second apart, until it is taken.
class Callback : public std::enable_shared_from_this<Callback> {
 public:
  Callback(House& house, Reply reply);

  void send();

 private:
  void again();
  void write();

  boost::beast::tcp_stream stream_;
  boost::asio::steady_timer timer_;
  std::uint16_t port_ = 0;  // 0: no URL at loopback
  boost::beast::http::request<boost::beast::http::string_body> request_;
  boost::beast::http::response<boost::beast::http::string_body> response_;
  boost::beast::flat_buffer buffer_;
  int tries_left_ = 30;
};

}  // namespace saga::mock
