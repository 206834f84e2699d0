#include "adapters/http/pool.hpp"

#include <algorithm>

namespace saga::http {
namespace {

namespace asio = boost::asio;

}  // namespace

Pool::Pool(asio::io_context& loop, Address address, Target target)
    : loop_(loop),
      address_(std::move(address)),
      target_(std::move(target)),
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

Pool::~Pool() {
  timer_.cancel();
  for (const auto& connection : busy_) connection->abandon();
  for (const auto& connection : idle_) connection->abandon();
}

bool Pool::submit(std::string request, std::chrono::steady_clock::time_point deadline,
                  Connection::Done done) {
  Job job{std::move(request), deadline, std::move(done)};
  if (std::shared_ptr<Connection> connection = take_connection()) {
    run(std::move(connection), std::move(job));
    return true;
  }
  if (waiting_.size() >= target_.waiting) return false;
  waiting_.push_back(std::move(job));
  arm();
  return true;
}

std::shared_ptr<Connection> Pool::take_connection() {
  while (!idle_.empty()) {
    std::shared_ptr<Connection> connection = std::move(idle_.back());
    idle_.pop_back();
    if (connection->is_reusable()) return connection;
    connection->abandon();
  }
  const std::size_t most = std::min(target_.connections, base::limits::kMaxConnectionsPerTarget);
  if (busy_.size() >= most) return nullptr;
  return std::make_shared<Connection>(loop_, address_, tls_ ? &*tls_ : nullptr);
}

void Pool::run(std::shared_ptr<Connection> connection, Job job) {
  busy_.insert(connection);
  Connection& used = *connection;
  used.exchange(std::move(job.request), job.deadline,
                [this, connection, done = std::move(job.done)](Exchange exchange) {
                  finished(connection);
                  done(std::move(exchange));
                });
}

void Pool::finished(const std::shared_ptr<Connection>& connection) {
  busy_.erase(connection);
  if (connection->is_reusable()) idle_.push_back(connection);
  if (waiting_.empty()) return;
  if (std::shared_ptr<Connection> next = take_connection()) {
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    run(std::move(next), std::move(job));
  }
}

void Pool::arm() {
  if (waiting_.empty()) {
    armed_.reset();
    return;
  }
  const auto first =
      std::min_element(waiting_.begin(), waiting_.end(), [](const Job& a, const Job& b) {
        return a.deadline < b.deadline;
      })->deadline;
  if (armed_ && *armed_ <= first) return;
  armed_ = first;
  timer_.expires_at(first);
  timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    armed_.reset();
    expire();
  });
}

void Pool::expire() {
  const auto now = std::chrono::steady_clock::now();
  std::vector<Connection::Done> late;
  for (auto job = waiting_.begin(); job != waiting_.end();) {
    if (job->deadline > now) {
      ++job;
      continue;
    }
    late.push_back(std::move(job->done));
    job = waiting_.erase(job);
  }
  arm();
  for (Connection::Done& done : late) {
    Exchange exchange;
    exchange.kind = Exchange::Kind::kNotSent;
    exchange.why = "it waited too long for a connection";
    done(std::move(exchange));
  }
}

}  // namespace saga::http
