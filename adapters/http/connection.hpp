#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/http/config.hpp"

namespace saga::http {

// How one request went.
struct Exchange {
  enum class Kind {
    kAnswered,  // response holds it
    kNotSent,   // surely not: no name, no connection, no TLS, or the deadline came before
    kLost,      // sent in whole or in part; no usable answer
    kTimedOut,  // sent; the deadline came first
    kTooLong,   // the answer is past a limit
  };
  Kind kind = Kind::kLost;
  boost::beast::http::response<boost::beast::http::string_body> response;
  std::string why;  // for people; of all but kAnswered
};

// One connection to a participant: connects when first used, carries one request at a time, with
// own buffers and Beast's parser. An absolute deadline covers all of a request. After any error, a
// surplus byte or a timeout it is closed and never used again. Thread-safety: the loop's thread
// only. Ownership: shared with its pending operations.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Done = std::function<void(Exchange exchange)>;

  // `tls` is null for plain connections; both outlive the connection.
  Connection(boost::asio::io_context& loop, const Address& address, boost::asio::ssl::context* tls);

  // Requires: no exchange is under way. `done` runs once, never from inside, unless abandoned.
  void exchange(std::string request, std::chrono::steady_clock::time_point deadline, Done done);
  // Whether another exchange may use it: it is open and the other side has neither closed nor
  // spoken.
  [[nodiscard]] bool is_reusable();
  // Forgets the exchange under way and closes.
  void abandon();

 private:
  using tcp = boost::asio::ip::tcp;
  using Parser = boost::beast::http::response_parser<boost::beast::http::string_body>;

  void resolve();
  void connect(const tcp::resolver::results_type& endpoints);
  void handshake();
  void write();
  void read();
  void feed(std::size_t bytes);
  bool take_response();
  void expect_response();
  void on_end_of_stream();
  void on_deadline();
  void fail(Exchange::Kind kind, const std::string& why);
  void complete(Exchange exchange);
  void close();

  boost::asio::io_context& loop_;
  const Address& address_;
  tcp::resolver resolver_;
  tcp::socket socket_;
  std::optional<boost::asio::ssl::stream<tcp::socket&>> tls_;
  boost::asio::steady_timer timer_;
  std::string request_;
  std::vector<char> input_;
  std::size_t filled_ = 0;
  std::optional<Parser> parser_;
  int interim_ = 0;  // 1xx responses of this exchange
  bool is_open_ = false;
  bool is_sent_ = false;  // the request began to leave
  bool may_reuse_ = false;
  std::uint64_t number_ = 0;  // of the exchange: what belongs to an older one is ignored
  Done done_;
};

}  // namespace saga::http
