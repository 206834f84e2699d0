#include "adapters/http/callback_listener.hpp"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <thread>

#include "engine/base/json.hpp"
#include "engine/base/limits.hpp"

namespace saga::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::seconds kRequestTime{15};
constexpr std::size_t kMaxConnections = 256;
constexpr std::string_view kPath = "/v1/callbacks/";
constexpr base::JsonLimits kLimits{base::limits::kMaxPayloadBytes, base::limits::kMaxJsonDepth};

struct Reply {
  wire::status status = wire::status::ok;
  std::string problem;  // empty = taken
};

// What a callback's body says about its attempt.
base::Result<core::Outcome> outcome_of(const std::string& body, std::string_view verdict) {
  core::Outcome outcome;
  outcome.kind = core::Outcome::Kind::kDone;
  outcome.body = "null";
  base::Result<base::Json> json =
      body.empty() ? base::Result<base::Json>(base::Json{}) : base::parse_json(body, kLimits);
  if (!json) return base::fail(json.error());
  const std::string error = json->string("error").value_or("");
  if (verdict == "transient") {
    outcome.kind = core::Outcome::Kind::kTransient;
    outcome.error = error.empty() ? std::string(core::kUnavailable) : error;
  } else if (!error.empty()) {
    outcome.kind = core::Outcome::Kind::kRejected;
    outcome.error = error;
    outcome.body = body;
  } else if (const base::Json* result = json->find("result")) {
    outcome.body = base::to_text(*result);
  } else if (!body.empty() && !json->is_null()) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      "the body must be {\"result\":…} or an error object {\"error\":…}");
  }
  return outcome;
}

}  // namespace

class CallbackListener::Parts {
 public:
  Parts(CallbackTokens tokens, OnAnswer on_answer)
      : tokens_(std::move(tokens)), on_answer_(std::move(on_answer)), acceptor_(loop_) {}
  ~Parts() {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
  }

  base::Result<void> listen(std::uint16_t port) {
    error_code error;
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(128, error);
    if (error) {
      return base::fail(
          base::ErrorCode::kUnavailable,
          "callbacks can't be taken at port " + std::to_string(port) + ": " + error.message());
    }
    port_ = acceptor_.local_endpoint().port();
    accept();
    thread_ = std::thread([this] { loop_.run(); });
    return {};
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] const CallbackTokens& tokens() const { return tokens_; }

 private:
  class Session;
  void accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (!error && sessions_ < kMaxConnections) serve(std::move(socket));
      accept();
    });
  }
  void serve(tcp::socket socket);

  Reply take(const wire::request<wire::string_body>& request) {
    const std::string_view target(request.target().data(), request.target().size());
    if (!target.starts_with(kPath)) return {wire::status::not_found, "there is nothing here"};
    if (request.method() != wire::verb::post)
      return {wire::status::method_not_allowed, "POST the answer"};
    base::Result<CallbackTokens::Parsed> token = tokens_.parse(target.substr(kPath.size()));
    if (!token) return {wire::status::not_found, token.error().message};
    const std::string verdict(request["Saga-Outcome"]);
    base::Result<core::Outcome> outcome = outcome_of(request.body(), verdict);
    if (!outcome) return {wire::status::bad_request, outcome.error().message};
    core::AnswerInput answer;
    answer.frame = token->frame;
    answer.phase = token->phase;
    answer.attempt = token->attempt;
    answer.outcome = std::move(*outcome);
    on_answer_(token->saga_id, std::move(answer));
    return {};
  }

  CallbackTokens tokens_;
  OnAnswer on_answer_;
  asio::io_context loop_{1};
  tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::size_t sessions_ = 0;
  std::thread thread_;
};

// One request, one reply, and the connection is closed.
class CallbackListener::Parts::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Parts& parts, tcp::socket socket) : parts_(parts), stream_(std::move(socket)) {
    ++parts_.sessions_;
  }
  ~Session() { --parts_.sessions_; }

  void run() {
    parser_.header_limit(base::limits::kMaxHeaderBytes);
    parser_.body_limit(base::limits::kMaxPayloadBytes);
    stream_.expires_after(kRequestTime);  // for the whole request
    wire::async_read(
        stream_, buffer_, parser_, [self = shared_from_this()](error_code error, std::size_t) {
          if (error == wire::error::body_limit)
            return self->reply({wire::status::payload_too_large, "the answer is too long"});
          if (error == wire::error::end_of_stream || error == beast::error::timeout) return;
          if (error)
            return self->reply({wire::status::bad_request, "no HTTP request: " + error.message()});
          self->reply(self->parts_.take(self->parser_.get()));
        });
  }

 private:
  void reply(const Reply& reply) {
    response_.result(reply.status);
    response_.set(wire::field::content_type,
                  reply.problem.empty() ? "application/json" : "application/problem+json");
    if (reply.problem.empty()) {
      response_.body() = "{}";
    } else {
      base::JsonWriter(response_.body())
          .begin_object()
          .key("detail")
          .string(reply.problem)
          .end_object();
    }
    response_.keep_alive(false);
    response_.prepare_payload();
    wire::async_write(stream_, response_, [self = shared_from_this()](error_code, std::size_t) {
      error_code ignored;
      self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    });
  }

  Parts& parts_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  wire::request_parser<wire::string_body> parser_;
  wire::response<wire::string_body> response_;
};

void CallbackListener::Parts::serve(tcp::socket socket) {
  std::make_shared<Session>(*this, std::move(socket))->run();
}

base::Result<std::unique_ptr<CallbackListener>> CallbackListener::open(std::uint16_t port,
                                                                       CallbackTokens tokens,
                                                                       OnAnswer on_answer) {
  auto parts = std::make_unique<Parts>(std::move(tokens), std::move(on_answer));
  if (base::Result<void> listening = parts->listen(port); !listening)
    return base::fail(listening.error());
  return std::unique_ptr<CallbackListener>(new CallbackListener(std::move(parts)));
}

CallbackListener::CallbackListener(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
CallbackListener::~CallbackListener() = default;
std::uint16_t CallbackListener::port() const { return parts_->port(); }

std::string CallbackListener::url_for(std::string_view saga_id,
                                      const core::CallEffect& call) const {
  return "http://127.0.0.1:" + std::to_string(port()) + std::string(kPath) +
         parts_->tokens().make(saga_id, call);
}

}  // namespace saga::http
