#include "adapters/http/request.hpp"

#include <algorithm>
#include <iterator>

#include "adapters/http/request_path.hpp"

namespace saga::http {
namespace {

using base::ErrorCode;

void append_header(std::string& out, std::string_view name, std::string_view value) {
  const auto is_plain = [](char c) { return c >= 0x20 && c != 0x7f; };
  out.append(name).append(": ");
  if (std::all_of(value.begin(), value.end(), is_plain)) {
    out += value;
  } else {  // a line end can't come in through a value
    std::copy_if(value.begin(), value.end(), std::back_inserter(out), is_plain);
  }
  out += "\r\n";
}

// Whether a header carries it as it is: neither changed nor trimmed.
bool is_carried(const std::string& value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string_view operation_word(const core::CallEffect& effect) {
  const bool undoes = effect.phase == core::Phase::kAction && !effect.compensates.empty();
  return undoes ? core::name_of(core::Phase::kCompensate) : core::name_of(effect.phase);
}

void append_saga_headers(std::string& out, const ports::CallRequest& call) {
  const core::CallEffect& effect = call.effect;
  append_header(out, "Idempotency-Key", effect.key);
  append_header(out, "Saga-Id", call.saga_id);
  append_header(out, "Saga-Step", effect.step);
  append_header(out, "Saga-Op", operation_word(effect));
  append_header(out, "Saga-Attempt", std::to_string(effect.attempt));
  if (effect.deadline) append_header(out, "Saga-Deadline", base::format_time(*effect.deadline));
  if (!effect.compensates.empty()) append_header(out, "Saga-Compensates", effect.compensates);
  if (!call.callback_url.empty()) append_header(out, "Saga-Callback", call.callback_url);
  if (!call.traceparent.empty()) append_header(out, "traceparent", call.traceparent);
}

bool has_body(const std::string& method) { return method != "GET" && method != "DELETE"; }

// Where to, under the prefix. A poll's path is whole already.
base::Result<std::string> path_of(const Address& address, const core::Operation& operation,
                                  const core::CallEffect& effect) {
  if (!effect.poll_url.empty()) return poll_path(address, effect.poll_url);
  const bool is_plain = operation.http_path.empty();
  if (is_plain && has_body(operation.http_method)) return address.prefix + "/" + operation.name;
  core::Operation named;
  if (is_plain) {
    named.name = named.http_path = operation.name;
  }
  base::Result<std::string> filled =
      fill_path(is_plain ? named : operation, effect.arguments, !has_body(operation.http_method));
  if (!filled) return filled;
  return address.prefix + *filled;
}

}  // namespace

base::Result<std::string> build_request(const Address& address, const core::Operation& operation,
                                        const ports::CallRequest& call, const std::string& secret) {
  const core::CallEffect& effect = call.effect;
  if (!is_carried(effect.key) || !is_carried(effect.compensates))
    return base::fail(ErrorCode::kDefect, "its key has a character that no header can carry");
  if (!is_carried(secret)) {
    return base::fail(ErrorCode::kNotFound, "the secret `" + operation.secret +
                                                "` has a character that no header can carry");
  }
  const base::Result<std::string> path = path_of(address, operation, effect);
  if (!path) return base::fail(path.error());
  const std::string method = effect.poll_url.empty() ? operation.http_method : "GET";
  std::string out;
  out.reserve(effect.arguments.size() + path->size() + 640);
  out.append(method).append(" ").append(*path).append(" HTTP/1.1\r\n");
  append_header(out, "Host", address.authority());
  append_header(out, "Accept", "application/json");
  append_saga_headers(out, call);
  if (!secret.empty()) append_header(out, "Authorization", "Bearer " + secret);
  if (has_body(method)) {
    append_header(out, "Content-Type", "application/json");
    append_header(out, "Content-Length", std::to_string(effect.arguments.size()));
  }
  out += "\r\n";
  if (has_body(method)) out += effect.arguments;
  return out;
}

}  // namespace saga::http
