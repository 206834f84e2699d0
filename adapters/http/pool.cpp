#include "adapters/http/pool.hpp"

#include <algorithm>

namespace saga::http {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

Exchange not_tried() {
  Exchange exchange;
  exchange.kind = Exchange::Kind::kNotTried;
  exchange.why = "it waited too long for a connection";
  return exchange;
}

}  // namespace

Pool::Pool(asio::io_context& loop, Address address, Target target, OnEnd on_end)
    : loop_(loop),
      address_(std::move(address)),
      target_(std::move(target)),
      on_end_(std::move(on_end)),
      breaker_(target_.breaker),
      timer_(loop) {
  if (!address_.is_tls) return;
  tls_.emplace(asio::ssl::context::tls_client);
  boost::system::error_code ignored;  // without certificates every handshake fails, closed
  if (target_.ca_file.empty()) {
    tls_->set_default_verify_paths(ignored);
  } else {
    tls_->load_verify_file(target_.ca_file, ignored);
  }
  tls_->set_options(asio::ssl::context::no_sslv2 | asio::ssl::context::no_sslv3 |
                        asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1,
                    ignored);
}

bool Pool::submit(Job& job) {
  if (waiting_.empty()) {
    if (std::shared_ptr<Connection> connection = take_connection()) {
      run(std::move(connection), std::move(job));
      return true;
    }
  }
  if (waiting_.size() >= target_.waiting) return false;
  watch(job.deadline);
  waiting_.push_back(std::move(job));
  return true;
}

void Pool::close() {
  is_closed_ = true;
  timer_.cancel();
  for (const Busy& busy : busy_) busy.connection->abandon();
  for (const Idle& idle : idle_) idle.connection->abandon();
  busy_.clear();
  idle_.clear();
  waiting_.clear();
}

std::shared_ptr<Connection> Pool::take_connection() {
  while (!idle_.empty()) {
    Idle idle = std::move(idle_.back());
    idle_.pop_back();
    if (steady_clock::now() < idle.until && idle.connection->is_reusable()) return idle.connection;
    idle.connection->abandon();
  }
  const std::size_t most = std::min(target_.connections, base::limits::kMaxConnectionsPerTarget);
  if (busy_.size() >= most) return nullptr;
  return std::make_shared<Connection>(loop_, address_, tls_ ? &*tls_ : nullptr, *this);
}

void Pool::run(std::shared_ptr<Connection> connection, Job job) {
  watch(job.deadline);
  Connection& used = *connection;
  used.place = busy_.size();
  std::string request = std::move(job.request);
  busy_.push_back({std::move(connection), std::move(job)});
  used.exchange(std::move(request));
}

void Pool::exchange_ended(Connection& connection, Exchange exchange) {
  const std::shared_ptr<Pool> self = shared_from_this();
  Busy ended = std::move(busy_[connection.place]);
  if (connection.place + 1 < busy_.size()) {
    busy_[connection.place] = std::move(busy_.back());
    busy_[connection.place].connection->place = connection.place;
  }
  busy_.pop_back();
  if (connection.may_be_kept()) keep(std::move(ended.connection));
  if (!waiting_.empty()) {
    if (std::shared_ptr<Connection> next = take_connection()) {
      Job job = std::move(waiting_.front());
      waiting_.pop_front();
      run(std::move(next), std::move(job));
    }
  }
  if (busy_.empty()) {
    timer_.cancel();
    watched_.reset();
  }
  on_end_(*this, std::move(ended.job), std::move(exchange));
}

// The other side closes what is idle too, at a time of its own: a connection that is dropped before
// is one that can't break under a request.
void Pool::keep(std::shared_ptr<Connection> connection) {
  steady_clock::duration idle_time = target_.idle;
  if (const auto told = connection->idle_time())
    idle_time = std::min<steady_clock::duration>(idle_time, *told - std::chrono::seconds{1});
  idle_.push_back({std::move(connection), steady_clock::now() + idle_time});
}

void Pool::watch(TimePoint deadline) {
  if (watched_ && *watched_ <= deadline) return;
  watched_ = deadline;
  timer_.expires_at(deadline);
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const std::shared_ptr<Pool> self = weak.lock();
    if (!error && self && !self->is_closed_) self->expire();
  });
}

void Pool::expire() {
  const TimePoint now = steady_clock::now();
  watched_.reset();
  expire_waiting(now);
  if (!is_closed_) expire_busy(now);
  if (is_closed_) return;
  for (const Busy& busy : busy_) watch(busy.job.deadline);
  for (const Job& job : waiting_) watch(job.deadline);
}

void Pool::expire_waiting(TimePoint now) {
  std::deque<Job> all = std::move(waiting_);
  std::vector<Job> late;
  waiting_.clear();
  for (Job& job : all) {
    if (job.deadline > now) {
      waiting_.push_back(std::move(job));
    } else {
      late.push_back(std::move(job));
    }
  }
  for (Job& job : late) {
    if (!is_closed_) on_end_(*this, std::move(job), not_tried());
  }
}

void Pool::expire_busy(TimePoint now) {
  std::vector<std::shared_ptr<Connection>> late;
  for (const Busy& busy : busy_) {
    if (busy.job.deadline <= now) late.push_back(busy.connection);
  }
  for (const std::shared_ptr<Connection>& connection : late) {
    if (!is_closed_) connection->time_out();
  }
}

}  // namespace saga::http
