#include "adapters/http/request_path.hpp"

#include <algorithm>

#include "engine/base/json.hpp"

namespace saga::http {
namespace {

using base::ErrorCode;

constexpr base::JsonLimits kLimits{base::limits::kMaxPayloadBytes, base::limits::kMaxJsonDepth + 2};

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

bool is_visible(char c) { return c > 0x20 && c < 0x7f; }

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

base::Unexpected misfit(const core::Operation& operation, const std::string& what) {
  return base::fail(ErrorCode::kDefect,
                    "the path `" + operation.http_path + "` of `" + operation.name + "` " + what);
}

// Whether a segment of the path is `.` or `..`, which the other side would resolve.
bool climbs(const std::string& path) {
  const std::size_t end = std::min(path.find('?'), path.size());
  for (std::size_t at = 0; at <= end;) {
    const std::size_t slash = std::min(path.find('/', at), end);
    const std::string segment = path.substr(at, slash - at);
    if (segment == "." || segment == "..") return true;
    at = slash + 1;
  }
  return false;
}

// Fills `{name}`; `used` tells which arguments it took.
base::Result<std::string> fill(const core::Operation& operation, const base::Json& arguments,
                               std::vector<bool>& used) {
  const std::string& form = operation.http_path;
  std::string path;
  for (std::size_t at = 0; at < form.size();) {
    const std::size_t open = std::min(form.find('{', at), form.size());
    path.append(form, at, open - at);
    if (open == form.size()) break;
    const std::size_t close = form.find('}', open);
    if (close == std::string::npos) return misfit(operation, "has an open `{`");
    const std::string name = form.substr(open + 1, close - open - 1);
    const base::Json* value = arguments.find(name);
    const std::string text = value == nullptr || value->is_null() ? "" : plain(*value);
    if (text.empty()) return misfit(operation, "needs `" + name + "`, which has no value");
    used[static_cast<std::size_t>(
        std::find_if(arguments.members.begin(), arguments.members.end(),
                     [&](const auto& each) { return each.first == name; }) -
        arguments.members.begin())] = true;
    append_encoded(path, text);
    at = close + 1;
  }
  const bool sound = std::all_of(path.begin(), path.end(), is_visible) &&
                     path.find('#') == std::string::npos && !climbs(path);
  if (!sound) return misfit(operation, "doesn't make a path that can be asked for");
  return path;
}

void append_query(std::string& path, const base::Json& arguments, const std::vector<bool>& used) {
  char separator = path.find('?') == std::string::npos ? '?' : '&';
  for (std::size_t i = 0; i < arguments.members.size(); ++i) {
    const auto& [name, value] = arguments.members[i];
    if (used[i] || value.is_null()) continue;
    path += separator;
    separator = '&';
    append_encoded(path, name);
    path += '=';
    append_encoded(path, plain(value));
  }
}

}  // namespace

base::Result<std::string> fill_path(const core::Operation& operation,
                                    const base::JsonText& arguments, bool with_query) {
  base::Result<base::Json> json = base::parse_json(arguments, kLimits);
  if (!json) return base::fail(json.error());
  std::vector<bool> used(json->members.size(), false);
  base::Result<std::string> path = fill(operation, *json, used);
  if (!path) return path;
  if (with_query) append_query(*path, *json, used);
  return path->starts_with("/") ? std::move(*path) : "/" + *path;
}

base::Result<std::string> poll_path(const Address& address, const std::string& url) {
  const auto bad = [&](const std::string& why) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "the Location of a pending answer " + why + ": " + url.substr(0, 200));
  };
  if (!std::all_of(url.begin(), url.end(), is_visible)) return bad("is no path");
  std::string path = url.substr(0, url.find('#'));
  if (const std::size_t scheme = path.find("://"); scheme != std::string::npos) {
    const std::size_t slash = std::min(path.find_first_of("/?", scheme + 3), path.size());
    const base::Result<Address> there = parse_address(path.substr(0, slash));
    const bool is_same = there && there->is_tls == address.is_tls && there->host == address.host &&
                         there->port == address.port;
    if (!is_same) return bad("leads elsewhere");
    path.erase(0, slash);
    if (!path.starts_with("/")) path.insert(0, "/");
  }
  if (!path.starts_with("/") || path.starts_with("//"))
    return bad("must be a path from the root, or a URL of the same address");
  return path;
}

}  // namespace saga::http
