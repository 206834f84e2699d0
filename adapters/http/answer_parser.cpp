#include "adapters/http/answer_parser.hpp"

#include <algorithm>
#include <charconv>

#include "engine/base/limits.hpp"

namespace saga::http {
namespace {

namespace beast = boost::beast;

std::string lower(beast::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

void keep_first(std::string& out, beast::string_view value) {
  if (out.empty()) out.assign(value.data(), value.size());
}

std::optional<std::chrono::seconds> idle_time_of(beast::string_view value) {
  static constexpr beast::string_view kName = "timeout=";
  const std::size_t at = value.find(kName);
  if (at == beast::string_view::npos) return std::nullopt;
  const char* begin = value.data() + at + kName.size();
  std::uint32_t seconds = 0;
  const auto [stop, error] = std::from_chars(begin, value.data() + value.size(), seconds);
  if (error != std::errc{}) return std::nullopt;
  return std::chrono::seconds(seconds);
}

}  // namespace

AnswerParser::AnswerParser() {
  eager(true);
  header_limit(base::limits::kMaxHeaderBytes);
  body_limit(base::limits::kMaxPayloadBytes);
}

void AnswerParser::on_response_impl(int code, string_view, int, error_code&) {
  answer_.status = code;
}

void AnswerParser::on_field_impl(field name, string_view text, string_view value, error_code&) {
  switch (name) {
    case field::retry_after: return keep_first(answer_.retry_after, value);
    case field::location: return keep_first(answer_.location, value);
    case field::keep_alive: idle_time_ = idle_time_of(value); return;
    case field::content_encoding:
      if (!value.empty() && !beast::iequals(value, "identity"))
        answer_.unreadable = "a Content-Encoding, which is never decoded";
      return;
    case field::unknown: break;
    default: return;
  }
  if (beast::iequals(text, "Saga-Outcome")) {
    if (answer_.outcome.empty()) answer_.outcome = lower(value);
  } else if (beast::iequals(text, "Saga-Fenced")) {
    answer_.is_fenced = beast::iequals(value, "true");
  }
}

void AnswerParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
  // A length that is announced isn't there yet.
  static constexpr std::uint64_t kReserve = 16'384;
  if (length) answer_.body.reserve(static_cast<std::size_t>(std::min(*length, kReserve)));
}

std::size_t AnswerParser::on_body_impl(string_view body, error_code&) {
  answer_.body.append(body.data(), body.size());
  return body.size();
}

std::size_t AnswerParser::on_chunk_body_impl(std::uint64_t, string_view body, error_code&) {
  answer_.body.append(body.data(), body.size());
  return body.size();
}

}  // namespace saga::http
