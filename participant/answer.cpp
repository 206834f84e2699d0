#include "participant/answer.hpp"

#include <cstdio>

#include "participant/sha256.hpp"

namespace saga::participant {

namespace {

constexpr std::size_t kMaxKeyBytes = 240;

std::string error_body(std::string_view name, std::string_view message,
                       std::string_view fields = {}) {
  std::string body = "{\"error\":" + json_string(name) + ",\"message\":" + json_string(message);
  body.append(fields).append("}");
  return body;
}

bool is_key(std::string_view key) {
  if (key.empty() || key.size() > kMaxKeyBytes) return false;
  for (const char c : key) {
    if (c < 0x20 || c > 0x7e) return false;
  }
  return true;
}

std::optional<Op> op_of(std::string_view name) {
  if (name.empty() || name == "action") return Op::kAction;
  if (name == "compensate") return Op::kCompensate;
  if (name == "resolve") return Op::kResolve;
  return std::nullopt;
}

// "S1/pay/compensate/b" belongs to "S1/pay". The last marker counts: a step may bear its name.
std::string action_key_of(std::string_view key, Op op) {
  const std::string_view marker = op == Op::kResolve ? "/resolve" : "/compensate";
  const std::size_t at = key.rfind(marker);
  if (at == std::string_view::npos || at == 0) return {};
  const std::string_view rest = key.substr(at + marker.size());
  return rest.empty() || rest.front() == '/' ? std::string(key.substr(0, at)) : std::string();
}

Parsed refuse(std::string_view message) {
  return Parsed{{}, defect(400, "saga-bad-request", message)};
}

}  // namespace

Answer done(std::string body) { return Answer{.status = 200, .body = std::move(body)}; }

Answer accepted(std::string body) {
  return Answer{.status = 202, .body = std::move(body), .outcome = Outcome::kPending};
}

Answer rejected(std::string_view name, std::string_view message, std::string_view fields) {
  return Answer{
      .status = 409, .body = error_body(name, message, fields), .outcome = Outcome::kRejected};
}

Answer transient(std::string_view message, std::chrono::seconds retry_after) {
  return Answer{.status = 503,
                .body = error_body("saga-not-now", message),
                .outcome = Outcome::kTransient,
                .retry_after = retry_after};
}

Answer unknown(std::string_view message) {
  return Answer{.status = 500,
                .body = error_body("saga-outcome-unknown", message),
                .outcome = Outcome::kUnknown};
}

Answer defect(int status, std::string_view name, std::string_view message) {
  return Answer{.status = status, .body = error_body(name, message), .outcome = Outcome::kDefect};
}

std::vector<std::pair<std::string, std::string>> headers_of(const Answer& answer) {
  std::vector<std::pair<std::string, std::string>> headers;
  if (answer.outcome == Outcome::kRejected) headers.emplace_back("Saga-Outcome", "rejected");
  if (answer.outcome == Outcome::kTransient) headers.emplace_back("Saga-Outcome", "transient");
  if (answer.outcome == Outcome::kUnknown) headers.emplace_back("Saga-Outcome", "unknown");
  if (answer.fenced) headers.emplace_back("Saga-Fenced", "true");
  if (answer.retry_after) {
    headers.emplace_back("Retry-After", std::to_string(answer.retry_after->count()));
  }
  return headers;
}

Parsed request_of(const HeaderOf& header, std::string_view operation, std::string_view body) {
  Parsed parsed;
  Request& request = parsed.request;
  request.key = header("Idempotency-Key").value_or("");
  if (!is_key(request.key)) {
    return refuse("the header Idempotency-Key must be 1 to 240 bytes of printable ASCII");
  }
  const std::optional<Op> op = op_of(header("Saga-Op").value_or(""));
  if (!op) return refuse("the header Saga-Op must be action, compensate or resolve");
  request.op = *op;
  request.fingerprint = fingerprint_of(operation, body);
  if (request.op == Op::kAction) return parsed;
  request.compensates = header("Saga-Compensates").value_or(action_key_of(request.key, request.op));
  if (!is_key(request.compensates)) {
    return refuse("the header Saga-Compensates must name the action's key");
  }
  if (request.compensates == request.key) {
    return refuse("a compensation or resolve must not have its action's own key");
  }
  return parsed;
}

std::string fingerprint_of(std::string_view operation, std::string_view arguments) {
  // A newline can't be in an operation's name: the two parts can't run into each other.
  std::string text(operation);
  text.append("\n").append(arguments);
  return sha256_hex(text);
}

std::string json_string(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (byte < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(byte));
      json += escape;
    } else {
      json += c;
    }
  }
  return json + '"';
}

}  // namespace saga::participant
