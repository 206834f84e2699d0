#include "workflows/participants/money.hpp"

#include <algorithm>

namespace saga::demo {

namespace {

constexpr std::size_t kMaxDigits = 15;

bool are_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::int64_t number_of(std::string_view digits) {
  std::int64_t number = 0;
  for (const char digit : digits) number = number * 10 + (digit - '0');
  return number;
}

}  // namespace

std::optional<std::int64_t> cents_of(std::string_view decimal) {
  const bool negative = decimal.substr(0, 1) == "-";
  if (negative) decimal.remove_prefix(1);
  const std::size_t point = decimal.find('.');
  const std::string_view whole = decimal.substr(0, point);
  const bool has_point = point != std::string_view::npos;
  const std::string_view fraction = has_point ? decimal.substr(point + 1) : "00";
  if (whole.empty() || fraction.empty() || !are_digits(whole) || !are_digits(fraction)) return {};
  if (whole.size() > kMaxDigits) return {};
  const std::string_view beyond = fraction.substr(std::min<std::size_t>(2, fraction.size()));
  if (beyond.find_first_not_of('0') != std::string_view::npos) return {};
  std::string two(fraction.substr(0, 2));
  two.resize(2, '0');
  const std::int64_t cents = number_of(whole) * 100 + number_of(two);
  return negative ? -cents : cents;
}

std::string decimal_of(std::int64_t cents) {
  const std::int64_t size = cents < 0 ? -cents : cents;
  std::string text = cents < 0 ? "-" : "";
  text += std::to_string(size / 100) + '.';
  text += static_cast<char>('0' + size / 10 % 10);
  text += static_cast<char>('0' + size % 10);
  return text;
}

}  // namespace saga::demo
