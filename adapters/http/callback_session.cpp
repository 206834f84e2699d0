#include "adapters/http/callback_session.hpp"

#include <boost/asio/post.hpp>

#include "adapters/http/retry_after.hpp"
#include "engine/base/json.hpp"
#include "engine/base/limits.hpp"

namespace saga::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using boost::system::error_code;
using core::Outcome;

constexpr std::string_view kPath = "/v1/callbacks/";
constexpr std::chrono::seconds kLastReply{1};  // for what is on its way while the listener ends
constexpr std::size_t kMaxDrained = 4 * base::limits::kMaxPayloadBytes;
constexpr base::JsonLimits kLimits{base::limits::kMaxPayloadBytes, base::limits::kMaxJsonDepth};

// What a callback's body and its Saga-Outcome say about the attempt.
base::Result<Outcome> outcome_of(const std::string& body, beast::string_view verdict) {
  base::Result<base::Json> json =
      body.empty() ? base::Result<base::Json>(base::Json{}) : base::parse_json(body, kLimits);
  if (!json) return base::fail(json.error());
  const std::string error = json->string("error").value_or("");
  Outcome outcome;
  outcome.body = body.empty() ? "null" : body;
  if (beast::iequals(verdict, "rejected") || (verdict.empty() && !error.empty())) {
    outcome.kind = Outcome::Kind::kRejected;
    outcome.error = error.empty() ? "Rejected" : error;
  } else if (beast::iequals(verdict, "transient")) {
    outcome.kind = Outcome::Kind::kTransient;
    outcome.error = error.empty() ? core::kUnavailable : error;
  } else if (beast::iequals(verdict, "unknown")) {
    outcome.kind = Outcome::Kind::kUnknown;
    outcome.error = core::kReset;
  } else if (verdict.empty() || beast::iequals(verdict, "done")) {
    outcome.kind = Outcome::Kind::kDone;
    return outcome;
  } else {
    return base::fail(
        base::ErrorCode::kInvalidArgument,
        "Saga-Outcome is `done`, `rejected`, `transient` or `unknown`, or isn't there");
  }
  outcome.message = json->string("message").value_or("");
  if (json->kind != base::Json::Kind::kObject) outcome.body.clear();
  return outcome;
}

std::string problem_text(const std::string& detail) {
  std::string out;
  base::JsonWriter(out).begin_object().key("detail").string(detail).end_object();
  return out;
}

}  // namespace

CallbackSession::CallbackSession(const std::shared_ptr<CallbackHouse>& house,
                                 asio::ip::tcp::socket socket)
    : house_(*house), weak_house_(house), socket_(std::move(socket)), timer_(house->loop) {
  house_.sessions.insert(this);
}

CallbackSession::~CallbackSession() { house_.sessions.erase(this); }

void CallbackSession::run() {
  parser_.header_limit(base::limits::kMaxHeaderBytes);
  parser_.body_limit(base::limits::kMaxPayloadBytes);
  timer_.expires_after(house_.limits.time);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->close();
  });
  wire::async_read(
      socket_, buffer_, parser_, [self = shared_from_this()](error_code error, std::size_t) {
        if (!error) return self->take();
        if (error == wire::error::body_limit)
          return self->refuse(wire::status::payload_too_large, "the answer is too long");
        if (error == wire::error::header_limit)
          return self->refuse(wire::status::request_header_fields_too_large,
                              "the header is too long");
        if (error.category() == make_error_code(wire::error::bad_method).category() &&
            error != wire::error::end_of_stream && error != wire::error::partial_message)
          return self->refuse(wire::status::bad_request, "no HTTP request: " + error.message());
        self->close();
      });
}

void CallbackSession::take() {
  const auto& request = parser_.get();
  const std::string_view target(request.target().data(), request.target().size());
  if (!target.starts_with(kPath)) return refuse(wire::status::not_found, "there is nothing here");
  if (request.method() != wire::verb::post) {
    response_.set(wire::field::allow, "POST");
    return refuse(wire::status::method_not_allowed, "POST the answer");
  }
  const base::Result<CallbackTokens::Parsed> token =
      house_.tokens.parse(target.substr(kPath.size()));
  if (!token) return refuse(wire::status::not_found, token.error().message);
  base::Result<Outcome> outcome = outcome_of(request.body(), request["Saga-Outcome"]);
  if (!outcome) return refuse(wire::status::bad_request, outcome.error().message);
  core::AnswerInput answer{token->frame, token->phase, token->attempt, std::move(*outcome), true};
  house_.on_answer(token->saga_id, std::move(answer),
                   [weak_house = weak_house_, weak = weak_from_this()](bool taken) {
                     const std::shared_ptr<CallbackHouse> house = weak_house.lock();
                     if (!house) return;
                     asio::post(house->loop, [weak, taken] {
                       const std::shared_ptr<CallbackSession> self = weak.lock();
                       if (!self) return;
                       if (taken) return self->reply(wire::status::ok, "{}");
                       self->refuse(wire::status::service_unavailable,
                                    "the answer wasn't taken: send it again");
                     });
                   });
}

void CallbackSession::refuse(wire::status status, const std::string& problem) {
  response_.set(wire::field::content_type, "application/problem+json");
  reply(status, problem_text(problem));
}

void CallbackSession::reply(wire::status status, std::string body) {
  if (std::exchange(is_answered_, true)) return;
  response_.result(status);
  if (response_.count(wire::field::content_type) == 0)
    response_.set(wire::field::content_type, "application/json");
  response_.body() = std::move(body);
  response_.keep_alive(false);
  response_.prepare_payload();
  wire::async_write(socket_, response_, [self = shared_from_this()](error_code error, std::size_t) {
    self->is_sent_ = true;
    if (error || self->house_.is_closing) return self->close();
    error_code ignored;
    self->socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    self->drain();
  });
}

// Closing with unread bytes would reset the connection, and the reply with it.
void CallbackSession::drain() {
  buffer_.consume(buffer_.size());
  socket_.async_read_some(buffer_.prepare(4'096),
                          [self = shared_from_this()](error_code error, std::size_t bytes) {
                            self->drained_ += bytes;
                            error || self->drained_ > kMaxDrained ? self->close() : self->drain();
                          });
}

void CallbackSession::end() {
  if (!is_answered_ || is_sent_) return close();
  timer_.expires_after(kLastReply);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->close();
  });
}

void CallbackSession::close() {
  error_code ignored;
  timer_.cancel();
  socket_.close(ignored);
}

}  // namespace saga::http
