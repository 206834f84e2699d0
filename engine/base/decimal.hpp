#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace saga::base {

// An exact decimal: coefficient x 10^-scale, at most 34 significant digits, rounded half-even when
// an operation needs more. Values compare by amount: 1.50 == 1.5; text keeps the scale (`12.50`).
// Errors: kDefect for more than 34 digits before the point, a scale past 6144, division by zero.
class Decimal {
 public:
  static constexpr int kMaxDigits = 34;

  Decimal() = default;
  Decimal(std::int64_t integer);

  // `-12.50`, `1e3`; kInvalidArgument for anything else. No NaN, no infinity.
  static Result<Decimal> parse(std::string_view text);

  [[nodiscard]] std::string to_string() const;  // plain notation, never an exponent
  [[nodiscard]] bool is_zero() const { return coefficient_ == 0; }
  [[nodiscard]] bool is_negative() const { return coefficient_ < 0; }
  [[nodiscard]] int scale() const { return scale_; }

  [[nodiscard]] Decimal negated() const;
  [[nodiscard]] Result<Decimal> plus(const Decimal& other) const;
  [[nodiscard]] Result<Decimal> minus(const Decimal& other) const;
  [[nodiscard]] Result<Decimal> times(const Decimal& other) const;
  [[nodiscard]] Result<Decimal> divided_by(const Decimal& other) const;
  [[nodiscard]] Result<Decimal> remainder(const Decimal& other) const;  // sign of the dividend
  // Rounds half-even to `digits` after the point (>= 0); floor and ceil go to an integer.
  [[nodiscard]] Decimal rounded(int digits) const;
  [[nodiscard]] Decimal floor() const;
  [[nodiscard]] Decimal ceil() const;
  // kDefect if it has a fraction or doesn't fit.
  [[nodiscard]] Result<std::int64_t> to_integer() const;

  friend std::strong_ordering operator<=>(const Decimal& left, const Decimal& right);
  friend bool operator==(const Decimal& left, const Decimal& right) {
    return (left <=> right) == std::strong_ordering::equal;
  }

 private:
  __extension__ using Coefficient = __int128;
  Decimal(Coefficient coefficient, int scale) : coefficient_(coefficient), scale_(scale) {}
  friend struct DecimalAccess;

  Coefficient coefficient_ = 0;
  int scale_ = 0;  // digits after the point; negative only inside operations
};

}  // namespace saga::base
