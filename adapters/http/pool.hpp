#pragma once

#include <deque>
#include <list>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "adapters/http/breaker.hpp"
#include "adapters/http/connection.hpp"

namespace saga::http {

// The connections to one participant: kept alive, at most so many, the rest of the calls waiting in
// order, at most so many. A call whose deadline comes while it waits is told so in time.
// Thread-safety: the loop's thread only.
class Pool {
 public:
  Pool(boost::asio::io_context& loop, Address address, Target target);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  [[nodiscard]] const Address& address() const { return address_; }
  Breaker& breaker() { return breaker_; }
  // False if too many calls wait already; `done` doesn't run then.
  bool submit(std::string request, std::chrono::steady_clock::time_point deadline,
              Connection::Done done);

 private:
  struct Job {
    std::string request;
    std::chrono::steady_clock::time_point deadline;
    Connection::Done done;
  };
  std::shared_ptr<Connection> take_connection();
  void run(std::shared_ptr<Connection> connection, Job job);
  void finished(const std::shared_ptr<Connection>& connection);
  void arm();
  void expire();

  boost::asio::io_context& loop_;
  const Address address_;
  const Target target_;
  Breaker breaker_;
  std::optional<boost::asio::ssl::context> tls_;
  std::vector<std::shared_ptr<Connection>> idle_;  // the one used last at the back
  std::set<std::shared_ptr<Connection>> busy_;
  std::list<Job> waiting_;
  boost::asio::steady_timer timer_;  // for the earliest deadline among the waiting
  std::optional<std::chrono::steady_clock::time_point> armed_;
};

}  // namespace saga::http
