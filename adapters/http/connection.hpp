#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/http/answer_parser.hpp"
#include "adapters/http/config.hpp"

namespace saga::http {

// How one request went.
struct Exchange {
  enum class Kind {
    kAnswered,  // answer holds it
    kNotTried,  // surely not sent: it waited for a connection until its deadline
    kNotSent,   // surely not sent: no name, no connection, no TLS, or the deadline came before
    kLost,      // sent in whole or in part; no usable answer
    kTimedOut,  // sent; the deadline came first
    kTooLong,   // the answer is past a limit; answer holds what of its header came
  };
  Kind kind = Kind::kLost;
  Answer answer;
  std::string why;  // for people; of all but kAnswered
};

// One connection to a participant: connects when first used, carries one request at a time, with
// own buffers and Beast's parser. After any error, a surplus byte or a time-out it is closed and
// never used again. It has no deadline of its own: its pool calls time_out(). A kept connection
// that turns out to be gone before the first byte left is made anew, once. Thread-safety: the
// loop's thread only. Ownership: shared with its pending operations.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // Who is told how an exchange went: once each, never from inside exchange(), as the last thing
  // the connection does then. Outlives every exchange that isn't abandoned.
  class Owner {
   public:
    virtual void exchange_ended(Connection& connection, Exchange exchange) = 0;

   protected:
    ~Owner() = default;
  };

  // `tls` is null for plain connections; all outlive the connection's exchanges.
  Connection(boost::asio::io_context& loop, const Address& address, boost::asio::ssl::context* tls,
             Owner& owner);

  // Requires: no exchange is under way.
  void exchange(std::string request);
  // Ends the exchange under way.
  void time_out();
  // Whether another exchange may use it: it is open and the other side has neither closed nor
  // spoken.
  [[nodiscard]] bool is_reusable();
  // The same as far as the last answer tells, without a look at the socket.
  [[nodiscard]] bool may_be_kept() const { return may_reuse_; }
  // What the participant said about that in its last answer.
  [[nodiscard]] std::optional<std::chrono::seconds> idle_time() const { return idle_time_; }
  // Forgets the exchange under way and closes.
  void abandon();

  std::size_t place = 0;  // the owner's

 private:
  using tcp = boost::asio::ip::tcp;
  using error_code = boost::system::error_code;

  void open();
  void resolve();
  void opened(error_code error);
  void handshake();
  void send();
  void write();
  void write_failed(const error_code& error);
  void write_tls();
  void read();
  void receive();
  void received(const error_code& error, std::size_t bytes);
  void feed(std::size_t bytes);
  bool take_answer(bool is_last);
  void on_end_of_stream();
  void fail(Exchange::Kind kind, std::string why);
  void complete(Exchange exchange);
  void close();

  const Address& address_;
  Owner* owner_;  // null once abandoned
  tcp::resolver resolver_;
  tcp::socket socket_;
  boost::asio::ssl::context* tls_context_;
  std::optional<boost::asio::ssl::stream<tcp::socket&>> tls_;
  std::string request_;
  std::size_t written_ = 0;
  std::string cut_off_;  // why the request could be sent in part only
  std::vector<char> input_;
  std::size_t filled_ = 0;
  std::optional<AnswerParser> parser_;
  int interim_ = 0;        // 1xx responses of this exchange
  bool is_open_ = false;   // connected, and TLS is agreed on
  bool was_kept_ = false;  // this exchange began on a kept connection
  bool is_sent_ = false;   // the request began to leave
  bool may_reuse_ = false;
  std::optional<std::chrono::seconds> idle_time_;
  std::uint64_t number_ = 0;  // of the exchange: what belongs to an older one is ignored
};

}  // namespace saga::http
