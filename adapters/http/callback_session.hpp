#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <memory>
#include <set>

#include "adapters/http/callback_listener.hpp"

namespace saga::http {

class CallbackSession;

// What the sessions of one listener share. Outlives them: whoever holds it on another thread keeps
// the loop from being destroyed under his hands.
struct CallbackHouse {
  CallbackTokens tokens;
  CallbackListener::OnAnswer on_answer;
  CallbackListener::Limits limits;
  // The loop's thread only.
  std::set<CallbackSession*> sessions = {};
  bool is_closing = false;          // no new connection, and no request is read any more
  boost::asio::io_context loop{1};  // last: destroyed first, and the sessions with it
};

// One request, one reply, and the connection is closed; all within the limit of time.
// Thread-safety: the loop's thread. Ownership: shared with its pending operations.
class CallbackSession : public std::enable_shared_from_this<CallbackSession> {
 public:
  CallbackSession(const std::shared_ptr<CallbackHouse>& house, boost::asio::ip::tcp::socket socket);
  ~CallbackSession();
  CallbackSession(const CallbackSession&) = delete;
  CallbackSession& operator=(const CallbackSession&) = delete;

  void run();
  // Closes the connection, once a reply that is on its way has been sent.
  void end();

 private:
  void take();
  void refuse(boost::beast::http::status status, const std::string& problem);
  void reply(boost::beast::http::status status, std::string body);
  void drain();
  void close();

  CallbackHouse& house_;
  const std::weak_ptr<CallbackHouse> weak_house_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  boost::beast::flat_buffer buffer_;
  boost::beast::http::request_parser<boost::beast::http::string_body> parser_;
  boost::beast::http::response<boost::beast::http::string_body> response_;
  std::size_t drained_ = 0;
  bool is_answered_ = false;
  bool is_sent_ = false;
};

}  // namespace saga::http
