#include "engine/base/decimal.hpp"

#include <doctest/doctest.h>

#include <string>

namespace saga::base {
namespace {

Decimal decimal(const char* text) {
  const Result<Decimal> parsed = Decimal::parse(text);
  REQUIRE_MESSAGE(parsed.has_value(), text);
  return *parsed;
}

std::string text(const Result<Decimal>& result) {
  return result ? result->to_string() : "error: " + result.error().message;
}

std::string sum(const char* a, const char* b) { return text(decimal(a).plus(decimal(b))); }
std::string product(const char* a, const char* b) { return text(decimal(a).times(decimal(b))); }
std::string quotient(const char* a, const char* b) {
  return text(decimal(a).divided_by(decimal(b)));
}

const std::string k34Nines(34, '9');

}  // namespace

TEST_CASE("a decimal keeps the scale it was written with") {
  CHECK(decimal("12.50").to_string() == "12.50");
  CHECK(decimal("-0.00").to_string() == "0.00");
  CHECK(decimal("1e3").to_string() == "1000");
  CHECK(decimal("25e-3").to_string() == "0.025");
  CHECK(decimal("007").to_string() == "7");
}

TEST_CASE("decimals compare by amount") {
  CHECK(decimal("1.50") == decimal("1.5"));
  CHECK(decimal("-0") == decimal("0.000"));
  CHECK(decimal("-2") < decimal("-1.999"));
  CHECK(decimal("1") > decimal("9e-60"));
  CHECK(decimal("-1") < decimal("-9e-60"));
}

TEST_CASE("what is no decimal is refused") {
  for (const char* bad : {"", "-", ".5", "5.", "1.2.3", "1e", "1e+", "1x", " 1", "+1", "NaN",
                          "Infinity", "0x10", "1e7000", "1e-7000", "--1"}) {
    CAPTURE(std::string(bad));
    const Result<Decimal> parsed = Decimal::parse(bad);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == ErrorCode::kInvalidArgument);
  }
}

TEST_CASE("a number of thousands of digits is refused, not read for ever") {
  CHECK_FALSE(Decimal::parse(std::string(100'000, '1')).has_value());
  CHECK_FALSE(Decimal::parse("0." + std::string(100'000, '0')).has_value());
}

TEST_CASE("sums are exact, with the larger scale") {
  CHECK(sum("0.1", "0.2") == "0.3");
  CHECK(sum("12.50", "7.5") == "20.00");
  CHECK(sum("1", "-1.00") == "0.00");
  CHECK(text(decimal("1.00").minus(decimal("0.999"))) == "0.001");
}

TEST_CASE("a sum of more than 34 digits rounds half-even") {
  CHECK(sum("9999999999999999999999999999999999", "0.4") == "9999999999999999999999999999999999");
  CHECK(sum("1000000000000000000000000000000002", "0.5") == "1000000000000000000000000000000002");
  CHECK(sum("1000000000000000000000000000000001", "0.5") == "1000000000000000000000000000000002");
  CHECK(sum("1000000000000000000000000000000002", "0.51") == "1000000000000000000000000000000003");
}

TEST_CASE("a sum of numbers far apart keeps 34 digits of both") {
  CHECK(sum("1", "0.00000009999999999999999999999999999999999999999") ==
        "1.000000100000000000000000000000000");
  CHECK(sum("1", "0.00000001234567890123456789012345678901234567890") ==
        "1.000000012345678901234567890123457");
  CHECK(sum("1", "1e-60") == "1.000000000000000000000000000000000");
  CHECK(decimal("1").minus(decimal("1e-60"))->to_string() == "1.000000000000000000000000000000000");
  CHECK(sum("0", "1e-60") == decimal("1e-60").to_string());
  CHECK(sum("1e-60", "0") == decimal("1e-60").to_string());
}

TEST_CASE("a far smaller number decides a tie") {
  // 34 digits and exactly half a unit of the last: the tiny part says up or down.
  const char* tie = "1.0000000000000000000000000000000005";
  const Decimal half = decimal("5e-34");
  const Decimal above = *decimal("1").plus(half);
  CHECK(above.to_string() == "1.000000000000000000000000000000000");
  CHECK(decimal(tie).to_string() == "1.000000000000000000000000000000000");
  CHECK(sum("1.000000000000000000000000000000001", "5e-34") ==
        "1.000000000000000000000000000000002");
  CHECK(sum("2.000000000000000000000000000000000", "5.1e-34") ==
        "2.000000000000000000000000000000001");
}

TEST_CASE("products are exact up to 34 digits") {
  CHECK(product("12.50", "3") == "37.50");
  CHECK(product("0.1", "0.1") == "0.01");
  CHECK(product("-1.5", "1.5") == "-2.25");
  CHECK(product("1234567890123456789012345678901234", "0.1") ==
        "123456789012345678901234567890123.4");
  CHECK(product("0.3333333333333333333333333333333333", "0.5") ==
        "0.1666666666666666666666666666666666");
}

TEST_CASE("quotients are exact where they end, else 34 digits rounded half-even") {
  CHECK(quotient("10", "4") == "2.5");
  CHECK(quotient("1.00", "4") == "0.25");
  CHECK(quotient("6.00", "3") == "2.00");
  CHECK(quotient("1", "3") == "0.3333333333333333333333333333333333");
  CHECK(quotient("2", "3") == "0.6666666666666666666666666666666667");
  CHECK(quotient("-2", "3") == "-0.6666666666666666666666666666666667");
}

TEST_CASE("a division by zero is a defect") {
  CHECK(decimal("1").divided_by(decimal("0.00")).error().code == ErrorCode::kDefect);
  CHECK(decimal("1").remainder(decimal("0")).error().code == ErrorCode::kDefect);
}

TEST_CASE("a result out of range is a defect") {
  CHECK(decimal("1e33").times(decimal("10")).error().code == ErrorCode::kDefect);
  CHECK(decimal(k34Nines.c_str()).plus(decimal("1")).error().code == ErrorCode::kDefect);
  Decimal tiny = decimal("1e-6000");
  CHECK(tiny.times(tiny).error().code == ErrorCode::kDefect);
}

TEST_CASE("a remainder has the sign of the dividend") {
  CHECK(text(decimal("7.5").remainder(decimal("2"))) == "1.5");
  CHECK(text(decimal("-7.5").remainder(decimal("2"))) == "-1.5");
  CHECK(text(decimal("7.5").remainder(decimal("-2"))) == "1.5");
}

TEST_CASE("rounding is half-even and never adds digits") {
  CHECK(decimal("2.5").rounded(0).to_string() == "2");
  CHECK(decimal("3.5").rounded(0).to_string() == "4");
  CHECK(decimal("-2.5").rounded(0).to_string() == "-2");
  CHECK(decimal("2.51").rounded(0).to_string() == "3");
  CHECK(decimal("1.005").rounded(2).to_string() == "1.00");
  CHECK(decimal("1.015").rounded(2).to_string() == "1.02");
  CHECK(decimal("1.5").rounded(4).to_string() == "1.5");
  CHECK(decimal("9e-60").rounded(2).to_string() == "0.00");
}

TEST_CASE("floor and ceil go to an integer") {
  CHECK(decimal("-1.2").floor().to_string() == "-2");
  CHECK(decimal("-1.2").ceil().to_string() == "-1");
  CHECK(decimal("1.2").ceil().to_string() == "2");
  CHECK(decimal("2.00").ceil().to_string() == "2");
  CHECK(decimal("-9e-60").floor().to_string() == "-1");
}

TEST_CASE("an integer is taken out only if it is whole and fits") {
  CHECK(*decimal("9223372036854775807").to_integer() == INT64_MAX);
  CHECK(*decimal("-9223372036854775808").to_integer() == INT64_MIN);
  CHECK(*decimal("3.00").to_integer() == 3);
  CHECK(decimal("9223372036854775808").to_integer().error().code == ErrorCode::kDefect);
  CHECK(decimal("0.5").to_integer().error().code == ErrorCode::kDefect);
}

}  // namespace saga::base
