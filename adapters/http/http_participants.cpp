#include "adapters/http/http_participants.hpp"

#include <boost/asio/post.hpp>
#include <unordered_map>
#include <unordered_set>

#include "adapters/http/pool.hpp"
#include "adapters/http/request.hpp"
#include "adapters/http/verdict.hpp"

namespace saga::http {
namespace {

namespace asio = boost::asio;
using core::Outcome;

Outcome not_executed(std::string message) {
  Outcome outcome;
  outcome.kind = Outcome::Kind::kTransient;
  outcome.error = core::kUnavailable;
  outcome.message = std::move(message);
  return outcome;
}

Outcome misconfigured(std::string message) {
  Outcome outcome = not_executed(std::move(message));
  outcome.misconfigured = true;
  return outcome;
}

Outcome left_alone(const Pool& pool, base::Duration wait) {
  Outcome outcome = not_executed("it is left alone for a while, after: " + pool.last_failure);
  outcome.retry_after = wait;
  return outcome;
}

// Where it failed, for whoever reads the history. What a participant tells in words of its own is
// left as it is.
void name_place(const Pool& pool, Outcome& outcome) {
  const bool failed = outcome.kind == Outcome::Kind::kTransient ||
                      outcome.kind == Outcome::Kind::kUnknown ||
                      outcome.kind == Outcome::Kind::kDefect;
  if (failed && outcome.body.empty()) outcome.message += ", at " + pool.url();
}

// A request that can't be built: for want of a secret, or by what its arguments are.
Outcome unprepared(const base::Error& error) {
  if (error.code == base::ErrorCode::kNotFound) return misconfigured(error.message);
  Outcome outcome = not_executed(error.message);
  outcome.kind = Outcome::Kind::kDefect;
  outcome.error.clear();
  return outcome;
}

// What a request without an answer is.
Outcome outcome_of_failure(const Exchange& exchange) {
  Outcome outcome = not_executed(exchange.why);
  if (exchange.kind == Exchange::Kind::kNotSent || exchange.kind == Exchange::Kind::kNotTried)
    return outcome;
  outcome.kind =
      exchange.kind == Exchange::Kind::kTooLong ? Outcome::Kind::kDefect : Outcome::Kind::kUnknown;
  outcome.error = exchange.kind == Exchange::Kind::kTimedOut ? core::kTimeout : core::kReset;
  if (exchange.kind == Exchange::Kind::kLost) outcome.message = "no answer: " + exchange.why;
  if (exchange.kind == Exchange::Kind::kTooLong) outcome.message = "it answered " + exchange.why;
  if (outcome.kind == Outcome::Kind::kDefect) outcome.error.clear();
  return outcome;
}

}  // namespace

class HttpParticipants::Parts {
 public:
  Parts(asio::io_context& loop, const ports::Clock& clock, Config config)
      : loop_(loop), clock_(clock), config_(std::move(config)) {
    for (const auto& [name, target] : config_.services) add_pool(target);
  }
  ~Parts() {
    for (const auto& [url, pool] : by_url_) pool->close();
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  void call(ports::CallRequest request, Done done) {
    const core::Operation& operation = request.definition->operations[request.effect.operation];
    Pool* pool = pool_of(operation.service);
    if (pool == nullptr)
      return later(std::move(done),
                   misconfigured("no address is configured for `" + operation.service + "`"));
    const base::Duration left = std::min(request.effect.until - clock_.now(), kLongest);
    if (left <= base::Duration{0})
      return later(std::move(done), not_executed("its time was over before it was sent"));
    const auto now = std::chrono::steady_clock::now();
    const Breaker::Permit permit = pool->breaker().ask(now);
    if (permit == Breaker::Permit::kNo)
      return later(std::move(done), left_alone(*pool, pool->breaker().wait(now)));
    base::Result<std::string> bytes = prepare(*pool, operation, request);
    if (!bytes) {
      pool->breaker().withdrawn(permit);
      Outcome outcome = unprepared(bytes.error());
      tell_people(operation.service, outcome);
      return later(std::move(done), std::move(outcome));
    }
    send(*pool, {std::move(*bytes), now + left, permit, std::move(request.definition),
                 request.effect.operation, purpose_of(request.effect), std::move(done)});
  }

 private:
  static constexpr base::Duration kLongest = std::chrono::hours{24 * 30};

  static Purpose purpose_of(const core::CallEffect& effect) {
    // A compensation's own call, or a step of its block.
    const bool undoes = effect.phase != core::Phase::kResolve && !effect.compensates.empty();
    return {undoes, !effect.poll_url.empty()};
  }

  base::Result<std::string> prepare(const Pool& pool, const core::Operation& operation,
                                    const ports::CallRequest& request) const {
    std::string secret;
    if (!operation.secret.empty()) {
      if (!config_.secret)
        return base::fail(base::ErrorCode::kNotFound, "no secrets are configured");
      base::Result<std::string> value = config_.secret(operation.secret);
      if (!value) return base::fail(value.error());
      secret = std::move(*value);
    }
    return build_request(pool.address(), operation, request, secret);
  }

  void send(Pool& pool, Job job) {
    if (pool.submit(job)) return;
    pool.breaker().withdrawn(job.permit);
    later(std::move(job.done), not_executed("too many calls wait for it"));
  }

  void ended(Pool& pool, const Job& job, Exchange exchange) {
    Outcome outcome = outcome_of(job, exchange);
    tell_people(job.definition->operations[job.operation].service, outcome);
    name_place(pool, outcome);
    tell(pool, job, exchange, outcome);
    job.done(std::move(outcome));
  }

  Outcome outcome_of(const Job& job, Exchange& exchange) const {
    const core::Operation& operation = job.definition->operations[job.operation];
    // What is too long is a defect only where the body matters: 503 is 503.
    const bool is_known = exchange.answer.status != 0 && exchange.kind == Exchange::Kind::kTooLong;
    if (is_known) exchange.answer.unreadable = exchange.why;
    if (exchange.kind != Exchange::Kind::kAnswered && !is_known)
      return outcome_of_failure(exchange);
    return classify(*job.definition, operation, job.purpose, std::move(exchange.answer),
                    clock_.now());
  }

  static bool is_failure(const Outcome& outcome) {
    return outcome.kind == Outcome::Kind::kUnknown ||
           (outcome.kind == Outcome::Kind::kTransient && outcome.error == core::kUnavailable);
  }

  void tell_people(const std::string& service, const Outcome& outcome) {
    if (!outcome.misconfigured) {
      if (!is_failure(outcome)) misconfigured_.erase(service);
      return;
    }
    if (!misconfigured_.insert(service).second || !config_.on_misconfigured) return;
    const Target* target = find_target(config_, service);
    config_.on_misconfigured(service, target == nullptr ? "" : target->url, outcome.message);
  }

  static void tell(Pool& pool, const Job& job, const Exchange& exchange, const Outcome& outcome) {
    Breaker& breaker = pool.breaker();
    const bool failed = is_failure(outcome);
    if (failed) pool.last_failure = outcome.message;
    if (exchange.kind == Exchange::Kind::kNotTried) {
      breaker.withdrawn(job.permit);
    } else if (failed) {
      breaker.failed(job.permit, std::chrono::steady_clock::now(), outcome.misconfigured);
    } else {
      breaker.succeeded();
    }
  }

  void later(Done done, Outcome outcome) {
    asio::post(loop_, [weak = std::weak_ptr<bool>(alive_), done = std::move(done),
                       outcome = std::move(outcome)]() mutable {
      if (weak.lock()) done(std::move(outcome));
    });
  }

  // Services at one address share its connections and its breaker.
  void add_pool(const Target& target) {
    base::Result<Address> address = parse_address(target.url);
    std::shared_ptr<Pool>& pool = by_url_[target.url];
    if (pool || !address) return;
    pool = std::make_shared<Pool>(loop_, *address, target,
                                  [this](Pool& from, const Job& job, Exchange exchange) {
                                    ended(from, job, std::move(exchange));
                                  });
  }

  Pool* pool_of(const std::string& service) {
    const auto found = pools_.find(service);
    if (found != pools_.end()) return found->second;
    const Target* target = find_target(config_, service);
    if (target == nullptr) return nullptr;
    return pools_[service] = by_url_[target->url].get();
  }

  asio::io_context& loop_;
  const ports::Clock& clock_;
  const Config config_;
  std::unordered_map<std::string, std::shared_ptr<Pool>> by_url_;
  std::unordered_map<std::string, Pool*> pools_;
  std::unordered_set<std::string> misconfigured_;  // services of which people were told
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

HttpParticipants::HttpParticipants(asio::io_context& loop, const ports::Clock& clock, Config config)
    : parts_(std::make_unique<Parts>(loop, clock, std::move(config))) {}
HttpParticipants::~HttpParticipants() = default;

void HttpParticipants::call(ports::CallRequest request, Done done) {
  parts_->call(std::move(request), std::move(done));
}

}  // namespace saga::http
