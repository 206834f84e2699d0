#include <algorithm>

#include "engine/core/builtin.hpp"

namespace saga::core::detail {

// builtin_text.cpp: `split` is of texts and of money.
Result<Value> split_text(Caller& caller, Arguments arguments);

namespace {

using base::Decimal;
using base::Money;

Result<Value> absolute(Caller&, Arguments arguments) {
  const Value& value = arguments[0];
  const auto* decimal = value.as<Decimal>();
  const auto* number = value.as<std::int64_t>();
  const auto* money = value.as<Money>();
  const auto* duration = value.as<base::Duration>();
  const bool negative = (number != nullptr && *number < 0) ||
                        (decimal != nullptr && decimal->is_negative()) ||
                        (money != nullptr && money->amount.is_negative()) ||
                        (duration != nullptr && duration->count() < 0);
  return negative ? negate(value) : Result<Value>(value);
}

// The least or greatest of the arguments, or of a list.
template <int Sign>
Result<Value> extreme(Caller& caller, Arguments arguments) {
  const base::List* items = arguments.size() == 1 ? arguments[0].list() : nullptr;
  const std::vector<Value>& values = items != nullptr ? *items : arguments;
  if (values.empty()) return Value();
  const Value* best = &values[0];
  for (const Value& value : values) {
    if (Result<void> ok = caller.step(); !ok) return base::fail(ok.error());
    Result<int> order = compare(value, *best);
    if (!order) return base::fail(order.error());
    if (*order * Sign > 0) best = &value;
  }
  return *best;
}

Result<Value> round(Caller&, Arguments arguments) {
  const std::int64_t* digits = arguments.size() > 1 ? arguments[1].as<std::int64_t>() : nullptr;
  if (digits != nullptr && (*digits < 0 || *digits > Decimal::kMaxDigits))
    return wrong_argument("round");
  const Value& value = arguments[0];
  if (const auto* money = value.as<Money>()) {
    const int places =
        digits != nullptr ? static_cast<int>(*digits) : minor_digits(money->currency);
    return Value(Money{money->amount.rounded(places), money->currency});
  }
  Decimal decimal;
  if (!as_decimal(value, decimal)) return wrong_argument("round");
  return Value(decimal.rounded(digits != nullptr ? static_cast<int>(*digits) : 0));
}

Result<Value> to_floor(Caller&, Arguments arguments) {
  Decimal decimal;
  if (!as_decimal(arguments[0], decimal)) return wrong_argument("floor");
  Result<std::int64_t> whole = decimal.floor().to_integer();
  if (!whole) return base::fail(whole.error());
  return Value(*whole);
}

Result<Value> to_ceil(Caller&, Arguments arguments) {
  Decimal decimal;
  if (!as_decimal(arguments[0], decimal)) return wrong_argument("ceil");
  Result<std::int64_t> whole = decimal.ceil().to_integer();
  if (!whole) return base::fail(whole.error());
  return Value(*whole);
}

// Shares by weight that add up to the whole exactly: each is cut to the smallest unit, what is left
// goes by one unit to the first ones (largest remainder would depend on ties; this never does).
Result<Value> split_money(const Money& money, const base::List& weights) {
  Decimal total(0);
  for (const Value& weight : weights) {
    Decimal part;
    if (!as_decimal(weight, part) || part.is_negative()) return wrong_argument("split");
    Result<Decimal> sum = total.plus(part);
    if (!sum) return base::fail(sum.error());
    total = *sum;
  }
  if (total.is_zero()) return defect("the weights of a split add up to nothing");
  const int digits = std::max(minor_digits(money.currency), money.amount.scale());
  Result<Decimal> scale = Decimal::parse("1e" + std::to_string(digits));
  if (!scale) return base::fail(scale.error());
  Result<Decimal> units = money.amount.times(*scale);
  if (!units) return base::fail(units.error());
  Result<std::int64_t> left = units->to_integer();
  if (!left) return base::fail(left.error());
  std::vector<std::int64_t> shares;
  std::int64_t rest = *left;
  for (const Value& weight : weights) {
    Decimal part;
    as_decimal(weight, part);
    Result<Decimal> share = units->times(part);
    if (share) share = share->divided_by(total);
    if (!share) return base::fail(share.error());
    Result<std::int64_t> cut = (share->is_negative() ? share->ceil() : share->floor()).to_integer();
    if (!cut) return base::fail(cut.error());
    shares.push_back(*cut);
    rest -= *cut;
  }
  const std::int64_t unit = rest < 0 ? -1 : 1;
  for (std::size_t i = 0; rest != 0; i = (i + 1) % shares.size(), rest -= unit) shares[i] += unit;
  base::List parts;
  for (const std::int64_t share : shares) {
    Result<Decimal> amount = Decimal(share).divided_by(*scale);
    if (!amount) return base::fail(amount.error());
    Result<Decimal> shown = amount->plus(
        Decimal::parse("0." + std::string(static_cast<std::size_t>(std::max(digits, 1)), '0'))
            .value());
    if (!shown) return base::fail(shown.error());
    parts.emplace_back(Money{digits == 0 ? *amount : *shown, money.currency});
  }
  return Value(std::move(parts));
}

Result<Value> split(Caller& caller, Arguments arguments) {
  const auto* money = arguments[0].as<Money>();
  if (money == nullptr) return split_text(caller, arguments);
  const base::List* weights = arguments.size() > 1 ? arguments[1].list() : nullptr;
  if (weights == nullptr || weights->empty()) return wrong_argument("split");
  return split_money(*money, *weights);
}

}  // namespace

const std::vector<Row>& number_functions() {
  static const std::vector<Row> rows = {
      {"abs", 1, 1, absolute}, {"min", 1, 16, extreme<-1>}, {"max", 1, 16, extreme<1>},
      {"round", 1, 2, round},  {"floor", 1, 1, to_floor},   {"ceil", 1, 1, to_ceil},
      {"split", 2, 2, split},
  };
  return rows;
}

}  // namespace saga::core::detail
