#include <algorithm>

#include "engine/base/json.hpp"
#include "engine/core/builtin.hpp"

namespace saga::core::detail {

using base::Date;
using base::Decimal;
using base::Duration;
using base::Money;
using base::TimePoint;

base::Unexpected defect(std::string message) {
  return base::fail(base::ErrorCode::kDefect, std::move(message));
}

base::Unexpected wrong_argument(std::string_view function) {
  return defect("`" + std::string(function) + "` can't be used on this value");
}

bool as_decimal(const Value& value, Decimal& out) {
  if (const auto* integer = value.as<std::int64_t>()) {
    out = Decimal(*integer);
    return true;
  }
  if (const auto* decimal = value.as<Decimal>()) {
    out = *decimal;
    return true;
  }
  return false;
}

namespace {

Result<Value> wrap(Result<Decimal> decimal) {
  if (!decimal) return base::fail(decimal.error());
  return Value(*decimal);
}

Result<Value> wrap_money(Result<Decimal> amount, const std::string& currency) {
  if (!amount) return base::fail(amount.error());
  return Value(Money{*amount, currency});
}

Result<Value> integer(bool overflow, std::int64_t value) {
  if (overflow) return defect("an int overflows");
  return Value(value);
}

template <class T>
const T* both(const Value& left, const Value& right, const T*& other) {
  other = right.as<T>();
  return other == nullptr ? nullptr : left.as<T>();
}

base::Unexpected mixed(const Money& left, const Money& right) {
  return defect("money of two currencies is mixed: " + left.currency + " and " + right.currency);
}

Result<Value> add_money(const Money& left, const Money& right, bool negative) {
  if (left.currency != right.currency) return mixed(left, right);
  return wrap_money(negative ? left.amount.minus(right.amount) : left.amount.plus(right.amount),
                    left.currency);
}

Result<Value> shift(std::int64_t left, std::int64_t right, bool negative, std::int64_t& sum) {
  const bool overflow = negative ? __builtin_sub_overflow(left, right, &sum)
                                 : __builtin_add_overflow(left, right, &sum);
  if (overflow) return defect("a time or duration overflows");
  return Value();
}

// time +- duration and duration +- duration; null if neither fits.
Result<Value> add_times(const Value& left, const Value& right, bool negative) {
  std::int64_t sum = 0;
  const Duration* by = right.as<Duration>();
  if (by == nullptr) return Value();
  if (const auto* time = left.as<TimePoint>()) {
    Result<Value> ok = shift(time->time_since_epoch().count(), by->count(), negative, sum);
    if (!ok) return ok;
    const TimePoint shifted{Duration(sum)};
    if (shifted < base::kFirstTime || shifted > base::kLastTime) {
      return defect("a time or duration overflows");
    }
    return Value(shifted);
  }
  if (const auto* duration = left.as<Duration>()) {
    Result<Value> ok = shift(duration->count(), by->count(), negative, sum);
    if (!ok) return ok;
    return Value(Duration(sum));
  }
  return Value();
}

}  // namespace

Result<Value> add(const Value& left, const Value& right) {
  const std::int64_t* n = nullptr;
  if (const auto* m = both<std::int64_t>(left, right, n)) {
    std::int64_t sum = 0;
    const bool overflow = __builtin_add_overflow(*m, *n, &sum);
    return integer(overflow, sum);
  }
  Decimal a;
  Decimal b;
  if (as_decimal(left, a) && as_decimal(right, b)) return wrap(a.plus(b));
  const Money* other = nullptr;
  if (const auto* money = both<Money>(left, right, other)) return add_money(*money, *other, false);
  const std::string* text = nullptr;
  if (const auto* head = both<std::string>(left, right, text)) return Value(*head + *text);
  if (left.list() != nullptr && right.list() != nullptr) {
    base::List joined = *left.list();
    joined.insert(joined.end(), right.list()->begin(), right.list()->end());
    return Value(std::move(joined));
  }
  if (left.as<Duration>() != nullptr && right.as<TimePoint>() != nullptr) {
    return add_times(right, left, false);
  }
  Result<Value> times = add_times(left, right, false);
  if (!times || !times->is_null()) return times;
  return wrong_argument("+");
}

Result<Value> subtract(const Value& left, const Value& right) {
  const std::int64_t* n = nullptr;
  if (const auto* m = both<std::int64_t>(left, right, n)) {
    std::int64_t difference = 0;
    const bool overflow = __builtin_sub_overflow(*m, *n, &difference);
    return integer(overflow, difference);
  }
  Decimal a;
  Decimal b;
  if (as_decimal(left, a) && as_decimal(right, b)) return wrap(a.minus(b));
  const Money* other = nullptr;
  if (const auto* money = both<Money>(left, right, other)) return add_money(*money, *other, true);
  const TimePoint* since = nullptr;
  if (const auto* time = both<TimePoint>(left, right, since))
    return Value(Duration(*time - *since));
  Result<Value> times = add_times(left, right, true);
  if (!times || !times->is_null()) return times;
  return wrong_argument("-");
}

Result<Value> multiply(const Value& left, const Value& right) {
  const std::int64_t* n = nullptr;
  if (const auto* m = both<std::int64_t>(left, right, n)) {
    std::int64_t product = 0;
    const bool overflow = __builtin_mul_overflow(*m, *n, &product);
    return integer(overflow, product);
  }
  Decimal a;
  Decimal b;
  if (as_decimal(left, a) && as_decimal(right, b)) return wrap(a.times(b));
  if (const auto* money = left.as<Money>(); money != nullptr && as_decimal(right, b)) {
    return wrap_money(money->amount.times(b), money->currency);
  }
  if (const auto* money = right.as<Money>(); money != nullptr && as_decimal(left, a)) {
    return wrap_money(money->amount.times(a), money->currency);
  }
  const bool left_lasts = left.as<Duration>() != nullptr;
  const auto* duration = left_lasts ? left.as<Duration>() : right.as<Duration>();
  if (duration != nullptr && as_decimal(left_lasts ? right : left, b)) {
    Result<Decimal> product = Decimal(duration->count()).times(b);
    if (!product) return base::fail(product.error());
    Result<std::int64_t> whole = product->rounded(0).to_integer();
    if (!whole) return base::fail(whole.error());
    return Value(Duration(*whole));
  }
  return wrong_argument("*");
}

Result<Value> divide(const Value& left, const Value& right) {
  Decimal a;
  Decimal b;
  if (as_decimal(left, a) && as_decimal(right, b)) return wrap(a.divided_by(b));
  const Money* other = nullptr;
  if (const auto* money = both<Money>(left, right, other)) {
    if (money->currency != other->currency) return mixed(*money, *other);
    return wrap(money->amount.divided_by(other->amount));
  }
  if (const auto* money = left.as<Money>(); money != nullptr && as_decimal(right, b)) {
    return wrap_money(money->amount.divided_by(b), money->currency);
  }
  const Duration* by = nullptr;
  if (const auto* duration = both<Duration>(left, right, by)) {
    return wrap(Decimal(duration->count()).divided_by(Decimal(by->count())));
  }
  if (const auto* duration = left.as<Duration>(); duration != nullptr && as_decimal(right, b)) {
    Result<Decimal> quotient = Decimal(duration->count()).divided_by(b);
    if (!quotient) return base::fail(quotient.error());
    Result<std::int64_t> whole = quotient->rounded(0).to_integer();
    if (!whole) return base::fail(whole.error());
    return Value(Duration(*whole));
  }
  return wrong_argument("/");
}

Result<Value> remainder(const Value& left, const Value& right) {
  const std::int64_t* n = nullptr;
  if (const auto* m = both<std::int64_t>(left, right, n)) {
    if (*n == 0) return defect("division by zero");
    return Value(*n == -1 ? std::int64_t{0} : *m % *n);
  }
  Decimal a;
  Decimal b;
  if (as_decimal(left, a) && as_decimal(right, b)) return wrap(a.remainder(b));
  return wrong_argument("%");
}

Result<Value> negate(const Value& value) {
  if (const auto* number = value.as<std::int64_t>()) {
    if (*number == INT64_MIN) return defect("an int overflows");
    return Value(-*number);
  }
  if (const auto* decimal = value.as<Decimal>()) return Value(decimal->negated());
  if (const auto* money = value.as<Money>()) {
    return Value(Money{money->amount.negated(), money->currency});
  }
  if (const auto* duration = value.as<Duration>()) {
    if (*duration == Duration::min()) return defect("a time or duration overflows");
    return Value(-*duration);
  }
  return wrong_argument("-");
}

Result<int> compare(const Value& left, const Value& right) {
  const auto sign = [](auto order) { return order < 0 ? -1 : order > 0 ? 1 : 0; };
  Decimal a;
  Decimal b;
  if (const auto* m = left.as<std::int64_t>()) {
    if (const auto* n = right.as<std::int64_t>()) return sign(*m <=> *n);
  }
  if (as_decimal(left, a) && as_decimal(right, b)) return sign(a <=> b);
  const Money* other = nullptr;
  if (const auto* money = both<Money>(left, right, other)) {
    if (money->currency != other->currency) return mixed(*money, *other);
    return sign(money->amount <=> other->amount);
  }
  const std::string* text = nullptr;
  if (const auto* mine = both<std::string>(left, right, text)) return sign(mine->compare(*text));
  const TimePoint* time = nullptr;
  if (const auto* mine = both<TimePoint>(left, right, time)) return sign(*mine <=> *time);
  const Duration* duration = nullptr;
  if (const auto* mine = both<Duration>(left, right, duration)) return sign(*mine <=> *duration);
  const Date* date = nullptr;
  if (const auto* mine = both<Date>(left, right, date)) return sign(*mine <=> *date);
  const bool* flag = nullptr;
  if (const auto* mine = both<bool>(left, right, flag)) return int{*mine} - int{*flag};
  return defect("these values have no order");
}

std::string describe(const Value& value) {
  if (const auto* text = value.as<std::string>()) return *text;
  if (const auto* money = value.as<Money>())
    return money->amount.to_string() + " " + money->currency;
  if (const auto* duration = value.as<Duration>()) return base::describe_duration(*duration);
  if (const auto* decimal = value.as<Decimal>()) return decimal->to_string();
  if (const auto* time = value.as<TimePoint>()) return base::format_time(*time);
  std::string json = base::to_json(value);
  if (value.as<Date>() != nullptr) return json.substr(1, json.size() - 2);
  return json;
}

int minor_digits(std::string_view currency) {
  static constexpr std::string_view kNone[] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY",
                                               "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
                                               "VND", "VUV", "XAF", "XOF", "XPF"};
  static constexpr std::string_view kThree[] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
  if (std::find(std::begin(kNone), std::end(kNone), currency) != std::end(kNone)) return 0;
  if (std::find(std::begin(kThree), std::end(kThree), currency) != std::end(kThree)) return 3;
  return 2;
}

}  // namespace saga::core::detail
