#include "adapters/http/request.hpp"

#include "engine/base/json.hpp"

namespace saga::http {
namespace {

constexpr base::JsonLimits kLimits{base::limits::kMaxPayloadBytes, base::limits::kMaxJsonDepth + 2};

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

void append_encoded(std::string& out, const std::string& text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
}

// A scalar as it stands in a path or query: text without its quotes.
std::string plain(const base::Json& json) {
  return json.kind == base::Json::Kind::kString ? json.text : base::to_text(json);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  for (const char c : value) {
    if (c >= 0x20 && c != 0x7f) out += c;  // a line end can't come in through a value
  }
  out += "\r\n";
}

struct Content {
  std::string path;
  std::string body;
};

// Fills `{name}` of the template; what is left goes into query or body.
base::Result<Content> fill_template(const core::Operation& operation,
                                    const base::JsonText& arguments) {
  base::Result<base::Json> json = base::parse_json(arguments, kLimits);
  if (!json) return base::fail(json.error());
  Content content;
  const std::string& form = operation.http_path;
  std::vector<bool> used(json->members.size(), false);
  for (std::size_t at = 0; at < form.size();) {
    const std::size_t open = form.find('{', at);
    content.path.append(form, at, open == std::string::npos ? open : open - at);
    if (open == std::string::npos) break;
    const std::size_t close = form.find('}', open);
    if (close == std::string::npos)
      return base::fail(base::ErrorCode::kDefect, "a `{` is open in the path `" + form + "`");
    const std::string name = form.substr(open + 1, close - open - 1);
    const base::Json* value = json->find(name);
    if (value == nullptr || value->is_null()) {
      return base::fail(base::ErrorCode::kDefect,
                        "the path `" + form + "` needs `" + name + "`, which has no value");
    }
    for (std::size_t i = 0; i < json->members.size(); ++i)
      used[i] = used[i] || json->members[i].first == name;
    append_encoded(content.path, plain(*value));
    at = close + 1;
  }
  const bool has_body = operation.http_method != "GET" && operation.http_method != "DELETE";
  base::JsonWriter body(content.body);
  if (has_body) body.begin_object();
  char separator = '?';
  for (std::size_t i = 0; i < json->members.size(); ++i) {
    const auto& [name, value] = json->members[i];
    if (used[i] || (!has_body && value.is_null())) continue;
    if (has_body) {
      body.key(name).raw(base::to_text(value));
      continue;
    }
    content.path += separator;
    separator = '&';
    append_encoded(content.path, name);
    content.path += '=';
    append_encoded(content.path, plain(value));
  }
  if (has_body) body.end_object();
  return content;
}

// The path of a poll URL: relative, or absolute at the same place.
base::Result<std::string> poll_path(const Address& address, const std::string& url) {
  const std::string origin = (address.is_tls ? "https://" : "http://") + address.authority();
  std::string path = url;
  if (path.starts_with(origin)) path.erase(0, origin.size());
  const bool plain_path = path.starts_with("/") && !path.starts_with("//");
  for (const char c : path) {
    if (c <= 0x20 || c == 0x7f)
      return base::fail(base::ErrorCode::kInvalidArgument,
                        "the Location of a pending answer is no path");
  }
  if (!plain_path)
    return base::fail(base::ErrorCode::kInvalidArgument,
                      "the Location of a pending answer leads elsewhere: " + url.substr(0, 200));
  return path;
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

}  // namespace

base::Result<std::string> build_request(const Address& address, const core::Operation& operation,
                                        const ports::CallRequest& call, const std::string& secret) {
  const bool asks = !call.effect.poll_url.empty();
  std::string method = asks ? "GET" : operation.http_method;
  Content content;
  if (asks) {
    base::Result<std::string> path = poll_path(address, call.effect.poll_url);
    if (!path) return base::fail(path.error());
    content.path = *path;
  } else if (operation.http_path.empty()) {
    content = {address.prefix + "/" + operation.name, call.effect.arguments};
  } else {
    base::Result<Content> filled = fill_template(operation, call.effect.arguments);
    if (!filled) return base::fail(filled.error());
    const char* slash = filled->path.starts_with("/") ? "" : "/";
    content = {address.prefix + slash + filled->path, std::move(filled->body)};
  }
  std::string out;
  out.reserve(content.body.size() + 640);
  out.append(method).append(" ").append(content.path).append(" HTTP/1.1\r\n");
  append_header(out, "Host", address.authority());
  append_header(out, "Accept", "application/json");
  append_saga_headers(out, call);
  if (!secret.empty()) append_header(out, "Authorization", "Bearer " + secret);
  if (!content.body.empty()) append_header(out, "Content-Type", "application/json");
  if (method != "GET") append_header(out, "Content-Length", std::to_string(content.body.size()));
  out.append("\r\n").append(content.body);
  return out;
}

}  // namespace saga::http
