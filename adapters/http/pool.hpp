#pragma once

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "adapters/http/breaker.hpp"
#include "adapters/http/connection.hpp"
#include "adapters/http/verdict.hpp"
#include "engine/ports/participant_caller.hpp"

namespace saga::http {

// One call on its way: the request's bytes, and what is needed to judge the answer.
struct Job {
  std::string request;
  std::chrono::steady_clock::time_point deadline;
  Breaker::Permit permit = Breaker::Permit::kYes;
  std::shared_ptr<const core::Definition> definition;
  core::OperationId operation = 0;
  Purpose purpose;
  ports::ParticipantCaller::Done done;
};

// The connections to one participant: kept alive, at most so many, the rest of the calls waiting in
// order, at most so many. One timer watches over the deadlines of all. Thread-safety: the loop's
// thread only. Ownership: shared with its pending timer; `close` before letting go of it.
class Pool final : public Connection::Owner, public std::enable_shared_from_this<Pool> {
 public:
  // Runs once for each job taken, at its deadline at the latest, never from inside submit; not
  // after close.
  using OnEnd = std::function<void(Pool& pool, Job job, Exchange exchange)>;

  Pool(boost::asio::io_context& loop, Address address, Target target, OnEnd on_end);

  [[nodiscard]] const Address& address() const { return address_; }
  [[nodiscard]] const std::string& url() const { return target_.url; }
  Breaker& breaker() { return breaker_; }
  // Why the breaker is open, or may soon be.
  std::string last_failure;
  // False if too many calls wait already; the job is untouched then.
  bool submit(Job& job);
  // Forgets all calls and closes all connections.
  void close();

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  struct Idle {
    std::shared_ptr<Connection> connection;
    TimePoint until;
  };
  struct Busy {
    std::shared_ptr<Connection> connection;
    Job job;
  };

  void exchange_ended(Connection& connection, Exchange exchange) override;
  std::shared_ptr<Connection> take_connection();
  void run(std::shared_ptr<Connection> connection, Job job);
  void keep(std::shared_ptr<Connection> connection);
  void watch(TimePoint deadline);
  void expire();
  void expire_waiting(TimePoint now);
  void expire_busy(TimePoint now);

  boost::asio::io_context& loop_;
  const Address address_;
  const Target target_;
  const OnEnd on_end_;
  Breaker breaker_;
  std::optional<boost::asio::ssl::context> tls_;
  std::vector<Idle> idle_;  // the one used last at the back
  std::vector<Busy> busy_;  // a connection's `place` is its position here
  std::deque<Job> waiting_;
  boost::asio::steady_timer timer_;
  std::optional<TimePoint> watched_;  // when the timer is due: no deadline comes before
  bool is_closed_ = false;
};

}  // namespace saga::http
