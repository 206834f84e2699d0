#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <chrono>
#include <optional>

#include "adapters/http/answer.hpp"

namespace saga::http {

// One response of HTTP/1.1, by Beast's parser, kept as the few things that decide: no table of
// header fields is built. Limits are Beast's (`header_limit`, `body_limit`); past them, and for
// what is no HTTP, `put` gives an error. A field that comes twice counts as it came first.
class AnswerParser final : public boost::beast::http::basic_parser<false> {
 public:
  AnswerParser();

  Answer& answer() { return answer_; }
  // How long the participant says that it keeps an idle connection (`Keep-Alive: timeout=5`).
  [[nodiscard]] std::optional<std::chrono::seconds> idle_time() const { return idle_time_; }

 private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;
  using field = boost::beast::http::field;

  void on_request_impl(boost::beast::http::verb, string_view, string_view, int,
                       error_code&) override {}
  void on_response_impl(int code, string_view reason, int version, error_code& error) override;
  void on_field_impl(field name, string_view text, string_view value, error_code& error) override;
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& error) override;
  std::size_t on_body_impl(string_view body, error_code& error) override;
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t left, string_view body, error_code& error) override;
  void on_finish_impl(error_code&) override {}

  Answer answer_;
  std::optional<std::chrono::seconds> idle_time_;
};

}  // namespace saga::http
