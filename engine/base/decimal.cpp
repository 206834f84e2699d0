#include "engine/base/decimal.hpp"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>

namespace saga::base {
namespace {

using Wide = boost::multiprecision::int256_t;
__extension__ using Narrow = __int128;

constexpr int kMaxScale = 6144;

Wide power_of_ten(int exponent) {
  Wide power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

const Wide& limit() {
  static const Wide value = power_of_ten(Decimal::kMaxDigits);
  return value;
}

Wide widen(Narrow narrow) {
  const bool negative = narrow < 0;
  __extension__ using Unsigned = unsigned __int128;
  const Unsigned magnitude =
      negative ? -static_cast<Unsigned>(narrow) : static_cast<Unsigned>(narrow);
  Wide wide = static_cast<std::uint64_t>(magnitude >> 64);
  wide <<= 64;
  wide |= static_cast<std::uint64_t>(magnitude);
  return negative ? Wide(-wide) : wide;
}

// Requires: fewer than 38 digits.
Narrow narrow(const Wide& wide) {
  const bool negative = wide < 0;
  const Wide magnitude = negative ? Wide(-wide) : wide;
  const auto high = static_cast<std::uint64_t>(magnitude >> 64);
  const auto low = static_cast<std::uint64_t>(magnitude & Wide(UINT64_MAX));
  const auto joined = static_cast<Narrow>((static_cast<Narrow>(high) << 64) | low);
  return negative ? -joined : joined;
}

int digits_of(Wide value) {
  if (value < 0) value = -value;
  int digits = 1;
  for (; value >= 10; value /= 10) ++digits;
  return digits;
}

// Divides, rounding half to even.
Wide divide_half_even(const Wide& dividend, const Wide& divisor) {
  Wide quotient = dividend / divisor;
  Wide rest = dividend % divisor;
  const bool negative = (dividend < 0) != (divisor < 0);
  if (rest < 0) rest = -rest;
  const Wide magnitude = divisor < 0 ? Wide(-divisor) : divisor;
  const Wide twice = rest * 2;
  const bool odd = (quotient & 1) != 0;
  if (twice > magnitude || (twice == magnitude && odd)) quotient += negative ? -1 : 1;
  return quotient;
}

}  // namespace

// Builds decimals from wide results: rounds to 34 digits, refuses what is out of range.
struct DecimalAccess {
  static Result<Decimal> make(Wide coefficient, int scale) {
    if (coefficient >= limit() || coefficient <= -limit()) {
      const int excess = digits_of(coefficient) - Decimal::kMaxDigits;
      coefficient = divide_half_even(coefficient, power_of_ten(excess));
      scale -= excess;
      if (coefficient >= limit() || coefficient <= -limit()) {
        coefficient /= 10;
        --scale;
      }
    }
    while (scale < 0 && coefficient < limit() / 10 && coefficient > -limit() / 10) {
      coefficient *= 10;
      ++scale;
    }
    if (scale < 0 && coefficient != 0) return fail(ErrorCode::kDefect, "a number is too large");
    if (coefficient == 0) scale = std::clamp(scale, 0, kMaxScale);
    if (scale > kMaxScale) return fail(ErrorCode::kDefect, "a number is too small");
    return Decimal(narrow(coefficient), scale);
  }
  static Wide coefficient(const Decimal& decimal) { return widen(decimal.coefficient_); }
  // The sum of two that align() can't bring together: the one with the larger scale lies more than
  // 40 digits lower, so it only nudges the other, and one digit that stands for its rest is enough
  // to round half-even.
  static Result<Decimal> far_sum(const Decimal& high, const Decimal& low) {
    if (high.is_zero()) return low;
    if (low.is_zero()) return high;
    constexpr int kRoom = 70;
    const int shift = kRoom - digits_of(coefficient(high));
    Wide sum = coefficient(high) * power_of_ten(shift);
    const int cut = low.scale_ - (high.scale_ + shift);  // digits of `low` below `sum`
    Wide rest = coefficient(low);
    if (cut <= 0) {
      return make(sum + rest * power_of_ten(-cut), high.scale_ + shift);
    }
    if (cut <= Decimal::kMaxDigits) {
      const Wide unit = power_of_ten(cut);
      sum += rest / unit;
      rest %= unit;
    }
    sum = sum * 10 + (rest < 0 ? -1 : rest > 0 ? 1 : 0);
    return make(sum, high.scale_ + shift + 1);
  }
  // Both coefficients at the larger scale; false if that would need more than 76 digits.
  static bool align(const Decimal& left, const Decimal& right, Wide& a, Wide& b, int& scale) {
    scale = std::max(left.scale_, right.scale_);
    if (scale - std::min(left.scale_, right.scale_) > 40) return false;
    a = coefficient(left) * power_of_ten(scale - left.scale_);
    b = coefficient(right) * power_of_ten(scale - right.scale_);
    return true;
  }
};

Decimal::Decimal(std::int64_t integer) : coefficient_(integer) {}

Result<Decimal> Decimal::parse(std::string_view text) {
  const auto bad = [&] {
    return fail(ErrorCode::kInvalidArgument,
                "`" + std::string(text.substr(0, 40)) + "` is no decimal number");
  };
  std::size_t at = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) ++at;
  Wide coefficient = 0;
  int scale = 0;
  int digits = 0;
  int significant = 0;
  bool point = false;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !point && digits > 0) {
      point = true;
      if (at + 1 == text.size()) return bad();
      continue;
    }
    if (text[at] < '0' || text[at] > '9') break;
    ++digits;
    if (coefficient != 0 || text[at] != '0') ++significant;
    if (significant > 70) return bad();
    coefficient = coefficient * 10 + (text[at] - '0');
    if (point) ++scale;
  }
  if (digits == 0 || digits > kMaxScale) return bad();
  int exponent = 0;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    const bool minus = at < text.size() && text[at] == '-';
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (at == text.size()) return bad();
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && exponent <= kMaxScale; ++at) {
      exponent = exponent * 10 + (text[at] - '0');
    }
    if (minus) exponent = -exponent;
  }
  if (at != text.size()) return bad();
  Result<Decimal> made =
      DecimalAccess::make(negative ? Wide(-coefficient) : coefficient, scale - exponent);
  if (!made) return bad();
  return made;
}

std::string Decimal::to_string() const {
  std::string digits = widen(coefficient_ < 0 ? -coefficient_ : coefficient_).str();
  const auto after = static_cast<std::size_t>(std::max(scale_, 0));
  if (digits.size() <= after) digits.insert(0, after + 1 - digits.size(), '0');
  if (after > 0) digits.insert(digits.size() - after, 1, '.');
  return is_negative() ? "-" + digits : digits;
}

Decimal Decimal::negated() const { return Decimal(-coefficient_, scale_); }

Result<Decimal> Decimal::plus(const Decimal& other) const {
  Wide a;
  Wide b;
  int scale = 0;
  if (DecimalAccess::align(*this, other, a, b, scale)) return DecimalAccess::make(a + b, scale);
  return scale_ < other.scale_ ? DecimalAccess::far_sum(*this, other)
                               : DecimalAccess::far_sum(other, *this);
}

Result<Decimal> Decimal::minus(const Decimal& other) const { return plus(other.negated()); }

Result<Decimal> Decimal::times(const Decimal& other) const {
  return DecimalAccess::make(widen(coefficient_) * widen(other.coefficient_),
                             scale_ + other.scale_);
}

Result<Decimal> Decimal::divided_by(const Decimal& other) const {
  if (other.is_zero()) return fail(ErrorCode::kDefect, "division by zero");
  // Enough digits that the quotient has 34 and one rest decides the rounding.
  const int shift = std::max(
      0, kMaxDigits + 2 + digits_of(widen(other.coefficient_)) - digits_of(widen(coefficient_)));
  const Wide dividend = widen(coefficient_) * power_of_ten(shift);
  const Wide divisor = widen(other.coefficient_);
  Wide quotient = dividend / divisor;
  int scale = scale_ + shift - other.scale_;
  if (dividend % divisor != 0) {
    // A sticky digit keeps half-even exact.
    quotient = quotient * 10 + ((dividend < 0) != (divisor < 0) ? -1 : 1);
    ++scale;
    return DecimalAccess::make(quotient, scale);
  }
  const int wanted = std::max(scale_ - other.scale_, 0);
  for (; scale > wanted && quotient % 10 == 0; --scale) quotient /= 10;
  return DecimalAccess::make(quotient, scale);
}

Result<Decimal> Decimal::remainder(const Decimal& other) const {
  if (other.is_zero()) return fail(ErrorCode::kDefect, "division by zero");
  Wide a;
  Wide b;
  int scale = 0;
  if (!DecimalAccess::align(*this, other, a, b, scale)) {
    return fail(ErrorCode::kDefect, "a remainder of numbers this far apart isn't exact");
  }
  return DecimalAccess::make(a % b, scale);
}

Decimal Decimal::rounded(int digits) const {
  if (scale_ <= digits) return *this;
  const int cut = scale_ - digits;
  if (cut > kMaxDigits + 1) return Decimal(0, digits);
  return Decimal(narrow(divide_half_even(widen(coefficient_), power_of_ten(cut))), digits);
}

Decimal Decimal::floor() const {
  if (scale_ <= 0) return *this;
  if (scale_ > kMaxDigits + 1) return Decimal(is_negative() ? -1 : 0, 0);
  const Wide unit = power_of_ten(scale_);
  Wide whole = widen(coefficient_) / unit;
  if (is_negative() && widen(coefficient_) % unit != 0) whole -= 1;
  return Decimal(narrow(whole), 0);
}

Decimal Decimal::ceil() const { return negated().floor().negated(); }

Result<std::int64_t> Decimal::to_integer() const {
  const Decimal whole = floor();
  if (whole != *this) return fail(ErrorCode::kDefect, to_string() + " is no whole number");
  if (whole.coefficient_ > INT64_MAX || whole.coefficient_ < INT64_MIN) {
    return fail(ErrorCode::kDefect, to_string() + " doesn't fit into an int");
  }
  return static_cast<std::int64_t>(whole.coefficient_);
}

std::strong_ordering operator<=>(const Decimal& left, const Decimal& right) {
  const int left_sign = (left.coefficient_ > 0) - (left.coefficient_ < 0);
  const int right_sign = (right.coefficient_ > 0) - (right.coefficient_ < 0);
  if (left_sign != right_sign || left_sign == 0) return left_sign <=> right_sign;
  if (left.scale_ == right.scale_) return left.coefficient_ <=> right.coefficient_;
  Wide a;
  Wide b;
  int scale = 0;
  if (!DecimalAccess::align(left, right, a, b, scale)) {
    const bool left_is_larger = (left.scale_ < right.scale_) == (left_sign > 0);
    return left_is_larger ? std::strong_ordering::greater : std::strong_ordering::less;
  }
  return a < b   ? std::strong_ordering::less
         : a > b ? std::strong_ordering::greater
                 : std::strong_ordering::equal;
}

}  // namespace saga::base
