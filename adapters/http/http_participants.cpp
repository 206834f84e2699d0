#include "adapters/http/http_participants.hpp"

#include <boost/asio/post.hpp>
#include <unordered_map>

#include "adapters/http/pool.hpp"
#include "adapters/http/request.hpp"
#include "adapters/http/verdict.hpp"

namespace saga::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using core::Outcome;

Outcome not_executed(std::string message) {
  Outcome outcome;
  outcome.kind = Outcome::Kind::kTransient;
  outcome.error = core::kUnavailable;
  outcome.message = std::move(message);
  return outcome;
}

Answer answer_of(Exchange& exchange, base::TimePoint now) {
  auto& response = exchange.response;
  const auto header = [&](const char* name) { return std::string(response[name]); };
  Answer answer;
  answer.status = static_cast<int>(response.result_int());
  answer.body = std::move(response.body());
  answer.outcome = header("Saga-Outcome");
  for (char& c : answer.outcome) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  answer.location = header("Location");
  answer.is_fenced = header("Saga-Fenced") == "true";
  const std::string encoding = header("Content-Encoding");
  answer.is_encoded = !encoding.empty() && encoding != "identity";
  const std::string after = header("Retry-After");
  if (!after.empty()) answer.retry_after = parse_retry_after(after, now);
  return answer;
}

// What a request without an answer is.
Outcome outcome_of_failure(const Exchange& exchange) {
  Outcome outcome = not_executed(exchange.why);
  if (exchange.kind == Exchange::Kind::kNotSent) return outcome;
  outcome.kind =
      exchange.kind == Exchange::Kind::kTooLong ? Outcome::Kind::kDefect : Outcome::Kind::kUnknown;
  outcome.error = exchange.kind == Exchange::Kind::kTimedOut ? core::kTimeout : core::kReset;
  if (outcome.kind == Outcome::Kind::kDefect) outcome.error.clear();
  return outcome;
}

}  // namespace

class HttpParticipants::Parts {
 public:
  Parts(asio::io_context& loop, const ports::Clock& clock, Config config)
      : loop_(loop), clock_(clock), config_(std::move(config)) {}

  void call(ports::CallRequest request, Done done) {
    const core::Operation& operation = request.definition->operations[request.effect.operation];
    Pool* pool = pool_of(operation.service);
    if (pool == nullptr)
      return later(std::move(done),
                   not_executed("no address is configured for `" + operation.service + "`"));
    const auto now = std::chrono::steady_clock::now();
    if (const auto wait = pool->breaker().try_begin(now)) {
      Outcome outcome = not_executed("`" + operation.service +
                                     "` failed too often and is left alone for a while");
      outcome.retry_after = *wait;
      return later(std::move(done), std::move(outcome));
    }
    base::Result<std::string> bytes = prepare(*pool, operation, request);
    if (!bytes) return later(std::move(done), unprepared(bytes.error()));
    send(*pool, std::move(*bytes), now, std::move(request), std::move(done));
  }

 private:
  base::Result<std::string> prepare(const Pool& pool, const core::Operation& operation,
                                    const ports::CallRequest& request) const {
    std::string secret;
    if (!operation.secret.empty()) {
      if (!config_.secret)
        return base::fail(base::ErrorCode::kNotFound, "no secrets are configured");
      base::Result<std::string> value = config_.secret(operation.secret);
      if (!value) return base::fail(value.error());
      secret = *value;
    }
    return build_request(pool.address(), operation, request, secret);
  }

  static Outcome unprepared(const base::Error& error) {
    Outcome outcome = not_executed(error.message);
    if (error.code == base::ErrorCode::kNotFound) {
      outcome.misconfigured = true;
    } else {
      outcome.kind = Outcome::Kind::kDefect;
      outcome.error.clear();
    }
    return outcome;
  }

  void send(Pool& pool, std::string bytes, std::chrono::steady_clock::time_point now,
            ports::CallRequest request, Done done) {
    const base::Duration left = std::max(request.effect.until - clock_.now(), base::Duration{0});
    auto shared =
        std::make_shared<std::pair<ports::CallRequest, Done>>(std::move(request), std::move(done));
    const bool taken =
        pool.submit(std::move(bytes), now + left, [this, &pool, shared](Exchange exchange) {
          Outcome outcome = outcome_of(exchange, shared->first);
          tell(pool.breaker(), outcome);
          shared->second(std::move(outcome));
        });
    if (!taken) later(std::move(shared->second), not_executed("too many calls wait for it"));
  }

  Outcome outcome_of(Exchange& exchange, const ports::CallRequest& request) const {
    if (exchange.kind != Exchange::Kind::kAnswered) return outcome_of_failure(exchange);
    const core::Operation& operation = request.definition->operations[request.effect.operation];
    // A compensation's own call, or a step of its block.
    const bool undoes =
        request.effect.phase != core::Phase::kResolve && !request.effect.compensates.empty();
    return classify(*request.definition, operation, undoes, answer_of(exchange, clock_.now()));
  }

  static void tell(Breaker& breaker, const Outcome& outcome) {
    const bool failed =
        outcome.kind == Outcome::Kind::kUnknown ||
        (outcome.kind == Outcome::Kind::kTransient && outcome.error == core::kUnavailable);
    if (failed) {
      breaker.failed(std::chrono::steady_clock::now(), outcome.misconfigured);
    } else {
      breaker.succeeded();
    }
  }

  void later(Done done, Outcome outcome) {
    asio::post(loop_, [done = std::move(done), outcome = std::move(outcome)]() mutable {
      done(std::move(outcome));
    });
  }

  Pool* pool_of(const std::string& service) {
    const auto found = pools_.find(service);
    if (found != pools_.end()) return found->second;
    const Target* target = find_target(config_, service);
    if (target == nullptr) return nullptr;
    base::Result<Address> address = parse_address(target->url);
    if (!address) return nullptr;
    // Services at one address share its connections and its breaker.
    std::unique_ptr<Pool>& pool = by_url_[target->url];
    if (!pool) pool = std::make_unique<Pool>(loop_, *address, *target);
    return pools_[service] = pool.get();
  }

  asio::io_context& loop_;
  const ports::Clock& clock_;
  const Config config_;
  std::unordered_map<std::string, std::unique_ptr<Pool>> by_url_;
  std::unordered_map<std::string, Pool*> pools_;
};

HttpParticipants::HttpParticipants(asio::io_context& loop, const ports::Clock& clock, Config config)
    : parts_(std::make_unique<Parts>(loop, clock, std::move(config))) {}
HttpParticipants::~HttpParticipants() = default;

void HttpParticipants::call(ports::CallRequest request, Done done) {
  parts_->call(std::move(request), std::move(done));
}

}  // namespace saga::http
