#include "engine/core/expression.hpp"

#include <doctest/doctest.h>

#include "engine/core/definition.hpp"
#include "tests/core/compiled.hpp"

namespace saga::test {
namespace {

struct Row {
  const char* expression;
  const char* value;
};

class NoEnvironment final : public core::Environment {
 public:
  base::Result<base::Value> slot(core::SlotId) override { return base::Value(); }
  base::Result<std::string> key_of(core::NodeId) override { return std::string(); }
  bool started(core::NodeId) override { return false; }
  std::string saga_id() override { return {}; }
  std::int64_t attempt() override { return 1; }
  base::TimePoint now() override { return {}; }
  std::uint64_t draw() override { return 0; }
};

void check(std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    CAPTURE(std::string(row.expression));
    CHECK(evaluated(row.expression) == std::string(row.value));
  }
}

}  // namespace

TEST_CASE("a stored rule that asks for itself is a defect") {
  core::Definition definition;
  core::Type rule;
  rule.kind = core::TypeKind::kInt;
  rule.name = "demo.Qty";
  rule.where = 1;
  rule.where_slot = 0;
  definition.types = {rule};
  core::Expression it;
  it.op = core::Operator::kSlot;
  it.slot = 0;
  core::Expression refined;
  refined.op = core::Operator::kRefined;
  refined.type = 0;
  refined.arguments = {0};
  core::Expression seven;
  seven.literal = base::Value(std::int64_t{7});
  core::Expression held = refined;
  held.arguments = {2};
  definition.expressions = {it, refined, seven, held};
  NoEnvironment environment;
  const base::Result<base::Value> value = core::evaluate(definition, 3, environment);
  REQUIRE_FALSE(value);
  CHECK(value.error().message == "the rule of `Qty` asks for itself");
}

TEST_CASE("ints are computed exactly") {
  check({{"i + 1", "8"},
         {"i - 10", "-3"},
         {"i * j", "21"},
         {"1 + i * 2", "15"},
         {"(1 + i) * 2", "16"},
         {"i % j", "1"},
         {"-i % j", "-1"},
         {"-i", "-7"}});
}

TEST_CASE("an int that overflows is a defect") {
  check({{"big + 1", "defect: an int overflows"},
         {"least - 1", "defect: an int overflows"},
         {"big * 2", "defect: an int overflows"},
         {"-least", "defect: an int overflows"},
         {"abs(least)", "defect: an int overflows"},
         {"[big, 1].sum()", "defect: an int overflows"}});
}

TEST_CASE("an int divided by an int is an exact decimal") {
  check({{"i / 2", "\"3.5\""},
         {"i / j", "\"2.333333333333333333333333333333333\""},
         {"least % (zero - 1)", "0"}});
}

TEST_CASE("a division by zero is a defect") {
  check({{"i / zero", "defect: division by zero"},
         {"i % zero", "defect: division by zero"},
         {"d / zero_d", "defect: division by zero"},
         {"d % zero_d", "defect: division by zero"},
         {"m / zero", "defect: division by zero"},
         {"u / zero", "defect: division by zero"}});
}

TEST_CASE("decimals keep their digits, ints join them exactly") {
  check({{"d + 0.1", "\"12.60\""},
         {"d + i", "\"19.50\""},
         {"d * 3", "\"37.50\""},
         {"d * 10%", "\"1.250\""},
         {"d - 20", "\"-7.50\""},
         {"-d", "\"-12.50\""},
         {"d > 12 && d < 13", "true"},
         {"12.5 == d", "true"}});
}

TEST_CASE("money is computed within one currency") {
  check({{"m + m", R"({"amount":"20.00","currency":"CNY"})"},
         {"m - CNY(0.5)", R"({"amount":"9.50","currency":"CNY"})"},
         {"m * 3", R"({"amount":"30.00","currency":"CNY"})"},
         {"2 * m", R"({"amount":"20.00","currency":"CNY"})"},
         {"m / 4", R"({"amount":"2.50","currency":"CNY"})"},
         {"m / CNY(4)", "\"2.50\""},
         {"-m", R"({"amount":"-10.00","currency":"CNY"})"},
         {"m.amount", "\"10.00\""},
         {"m.currency", "\"CNY\""},
         {"m > CNY(9.99)", "true"}});
}

TEST_CASE("mixed currencies are a defect, but not equal") {
  check({{"m + eur", "defect: money of two currencies is mixed: CNY and EUR"},
         {"m - eur", "defect: money of two currencies is mixed: CNY and EUR"},
         {"m < eur", "defect: money of two currencies is mixed: CNY and EUR"},
         {"m / eur", "defect: money of two currencies is mixed: CNY and EUR"},
         {"[m, eur].sum()", "defect: money of two currencies is mixed: CNY and EUR"},
         {"max(m, eur)", "defect: money of two currencies is mixed: EUR and CNY"},
         {"m == eur", "false"}});
}

TEST_CASE("times and durations") {
  check({{"t + u", "\"2026-11-22T09:30:00.000Z\""},
         {"t - 30m", "\"2026-11-22T07:30:00.000Z\""},
         {"t + u - t", "\"PT1H30M\""},
         {"u * 2", "\"PT3H\""},
         {"u / 4", "\"PT22M30S\""},
         {"u / 30m", "\"3\""},
         {"u - 2h", "\"-PT30M\""},
         {"t < t + 1ms", "true"}});
}

TEST_CASE("a time that no calendar holds is a defect") {
  check({{"t + u * 1000000000", "defect: a time or duration overflows"},
         {"t - u * 1000000000", "defect: a time or duration overflows"},
         {"u * big", "defect: 49806208999015789357800000 doesn't fit into an int"},
         {"u * 1000000000000 + u * 1000000000000 + u * 1000000000000",
          "defect: a time or duration overflows"}});
}

TEST_CASE("null is asked for, replaced and read past") {
  check({{"n ?? \"none\"", "\"none\""},
         {"n == null", "true"},
         {"maybe?.sku", "null"},
         {"maybe?.note ?? s", "\"héllo\""},
         {"maybe?.price?.amount ?? 0.5", "\"0.5\""},
         {"lines.first?.sku", "\"a\""},
         {"xs[1]", "1"},
         {"xs[4]", "null"},
         {"xs[-1]", "null"},
         {"names[\"b\"]", "2"},
         {"names[\"z\"] ?? -1", "-1"},
         {"none.first", "null"}});
}

TEST_CASE("conditions evaluate only what decides") {
  check({{"yes || i / zero > 1", "true"},
         {"!yes && i / zero > 1", "false"},
         {"!yes || i / zero > 1", "defect: division by zero"},
         {"names[\"a\"] ?? i % zero", "1"},
         {"if yes then 1 else i % zero", "1"},
         {"if !yes then 1 else 2", "2"}});
}

TEST_CASE("comparisons and membership") {
  check({{"i >= 7 && i <= 7 && i != 8", "true"},
         {"\"a\" < \"b\"", "true"},
         {"2 in xs", "true"},
         {"9 in xs", "false"},
         {"\"a\" in names", "true"},
         {"\"x\" in tags", "true"},
         {"state == .open", "true"},
         {"xs == [3, 1, 2, 3]", "true"},
         {"line == lines.first", "true"}});
}

TEST_CASE("records, lists, maps and errors are built with their fields in order") {
  check({{"Line(\"x\", 1, CNY(2))",
          R"({"sku":"x","qty":1,"price":{"amount":"2","currency":"CNY"},"note":null})"},
         {"[1, i]", "[1,7]"},
         {"[\"b\": 1, \"a\": 2]", R"({"a":2,"b":1})"},
         {"Refused(\"late\")",
          R"({"error":"Refused","message":"Refused: reason late","reason":"late"})"},
         {"State.closed", "\"closed\""}});
}

TEST_CASE("texts are interpolated as people read them") {
  check({{"\"{i} {d} {m} {u} {s} {yes} {t}\"",
          "\"7 12.50 10.00 CNY 1h30m héllo true 2026-11-22T08:00:00.000Z\""},
         {"\"{names} {xs}\"", R"("{\"a\":1,\"b\":2} [3,1,2,3]")"}});
}

TEST_CASE("what the run knows") {
  check({{"saga_id()", "\"the id\""},
         {"attempt()", "4"},
         {"now()", "\"2027-01-15T08:00:00.000Z\""},
         {"uuid()", "\"01a3185c-5000-7100-8000-000000000200\""},
         {"random(5, 5)", "5"},
         {"random(i, j)", "defect: `random` can't be used on this value"}});
}

TEST_CASE("an expression that does too much is a defect") {
  CHECK(evaluated("many.distinct().size") ==
        "defect: an expression takes more than 10000000 steps");
}

}  // namespace saga::test
