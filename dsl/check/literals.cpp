#include "dsl/check/literals.hpp"

#include <array>
#include <cctype>
#include <charconv>

namespace saga::dsl {

using base::Decimal;
using base::Duration;
using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array<Unit, 6> kUnits = {{{"w", 604'800'000},
                                         {"d", 86'400'000},
                                         {"h", 3'600'000},
                                         {"m", 60'000},
                                         {"s", 1'000},
                                         {"ms", 1}}};

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// Cuts `12.5` off the front of `text`.
std::string_view take_digits(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && (is_digit(text[end]) || text[end] == '.')) ++end;
  const std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  return digits;
}

std::string_view take_unit(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && !is_digit(text[end])) ++end;
  const std::string_view unit = text.substr(0, end);
  text.remove_prefix(end);
  return unit;
}

Result<std::int64_t> milliseconds_of(std::string_view digits, std::int64_t unit) {
  const auto number = Decimal::parse(digits);
  if (!number) return fail(number.error());
  const auto product = number->times(Decimal(unit));
  if (!product) return fail(product.error());
  if (!(product->floor() == *product)) {
    return fail(ErrorCode::kInvalidArgument, "a duration is a whole number of milliseconds");
  }
  const auto whole = product->to_integer();
  if (!whole) return fail(ErrorCode::kInvalidArgument, "this duration is too long");
  return *whole;
}

Result<NumberLiteral> duration_literal(std::string_view digits, std::string_view rest) {
  std::int64_t total = 0;
  std::size_t smallest = 0;  // units before this index may not come any more
  while (true) {
    const std::string_view name = take_unit(rest);
    std::size_t found = smallest;
    while (found < kUnits.size() && kUnits[found].name != name) ++found;
    if (found == kUnits.size()) {
      return fail(ErrorCode::kInvalidArgument,
                  "`" + std::string(name) + "` is no unit here: durations are written with w, d, " +
                      "h, m, s, ms, the largest first, as in 1h30m");
    }
    const auto part = milliseconds_of(digits, kUnits[found].milliseconds);
    if (!part) return fail(part.error());
    if (__builtin_add_overflow(total, *part, &total)) {
      return fail(ErrorCode::kInvalidArgument, "this duration is too long");
    }
    if (rest.empty()) break;
    smallest = found + 1;
    digits = take_digits(rest);
  }
  NumberLiteral literal;
  literal.kind = NumberLiteral::Kind::kDuration;
  literal.duration = Duration(total);
  return literal;
}

// Digits that count: a number that has more would be rounded in silence.
std::size_t significant_digits(std::string_view digits) {
  std::size_t count = 0;
  for (const char c : digits) count += c != '.' && (c != '0' || count > 0) ? 1 : 0;
  return count;
}

Result<NumberLiteral> decimal_literal(std::string_view digits, bool is_percent) {
  const auto number = Decimal::parse(digits);
  if (!number || significant_digits(digits) > Decimal::kMaxDigits) {
    return fail(ErrorCode::kInvalidArgument, "a decimal has at most 34 digits");
  }
  NumberLiteral literal;
  literal.kind = NumberLiteral::Kind::kDecimal;
  literal.decimal = *number;
  if (is_percent) {
    const auto share = number->divided_by(Decimal(100));
    if (!share) return fail(share.error());
    literal.decimal = *share;
  }
  return literal;
}

}  // namespace

Result<NumberLiteral> parse_number(std::string_view text) {
  std::string_view rest = text;
  const std::string_view digits = take_digits(rest);
  if (rest == "%") return decimal_literal(digits, true);
  if (rest.starts_with('_')) {
    return fail(ErrorCode::kInvalidArgument,
                "the digits of a number stand together: `" + std::string(digits) + "…`");
  }
  if (!rest.empty()) return duration_literal(digits, rest);
  if (digits.find('.') != std::string_view::npos) return decimal_literal(digits, false);
  NumberLiteral literal;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), literal.integer);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return fail(ErrorCode::kInvalidArgument, "an int has 64 bits: at most 9223372036854775807");
  }
  return literal;
}

}  // namespace saga::dsl
