#include "engine/core/type_codec.hpp"

#include <doctest/doctest.h>

#include "engine/core/machine.hpp"
#include "tests/core/compiled.hpp"

namespace saga::test {
namespace {

using core::Strictness;

// One parameter `x` of the type; declarations may come before.
struct Typed {
  explicit Typed(const std::string& type, const std::string& declarations = "")
      : definition(compiled("module test.types\n" + declarations + "\nsaga T(x: " + type +
                            ") {\n  note \"{x}\"\n}\n")) {}

  std::string read(const std::string& json, Strictness strictness = Strictness::kClosed) const {
    const base::Result<core::Decoded> decoded =
        core::decode(*definition, definition->input, "{\"x\":" + json + "}", strictness);
    if (!decoded) return decoded.error().message;
    dropped = decoded->dropped_fields;
    return base::to_json((*decoded->value.record()->fields)[0].value);
  }

  std::shared_ptr<const core::Definition> definition;
  mutable std::uint32_t dropped = 0;
};

constexpr const char* kOrder = R"(
type Item { sku: string, qty: Qty }
type Qty = int where it > 0
enum Size { small, large }
type Order { id: string, items: list<Item>, note: string?, size: Size = Size.small }
)";

}  // namespace

TEST_CASE("ints are whole numbers of 64 bits") {
  const Typed typed("int");
  CHECK(typed.read("5") == "5");
  CHECK(typed.read("-9223372036854775808") == "-9223372036854775808");
  CHECK(typed.read("3.0") == "3");
  CHECK(typed.read("1e3") == "1000");
  CHECK(typed.read("1.5") == "`x` must be an int, but is 1.5");
  CHECK(typed.read("9223372036854775808") == "`x` must be an int, but is 9223372036854775808");
  CHECK(typed.read("\"5\"") == "`x` must be an int, but is a string");
}

TEST_CASE("decimals are read exactly, from a string or a number") {
  const Typed typed("decimal");
  CHECK(typed.read("\"12.50\"") == "\"12.50\"");
  CHECK(typed.read("0.1") == "\"0.1\"");
  CHECK(typed.read("0.30000000000000000000001") == "\"0.30000000000000000000001\"");
  CHECK(typed.read("\"12,5\"") == "`x` must be a decimal such as \"12.50\", but is `12,5`");
  CHECK(typed.read("true") == "`x` must be a decimal such as \"12.50\", but is a bool");
}

TEST_CASE("money has an amount and a currency of three capital letters") {
  const Typed typed("money");
  CHECK(typed.read(R"({"amount":"12.50","currency":"CNY"})") ==
        R"({"amount":"12.50","currency":"CNY"})");
  CHECK(typed.read(R"({"amount":1,"currency":"EUR"})") == R"({"amount":"1","currency":"EUR"})");
  for (const char* bad : {R"({"amount":"1"})", R"({"amount":"1","currency":"eur"})",
                          R"({"currency":"EUR"})", R"({"amount":null,"currency":"EUR"})"}) {
    CAPTURE(std::string(bad));
    CHECK(typed.read(bad).starts_with(
        R"(`x` must be money such as {"amount":"12.50","currency":"CNY"}, but is {)"));
  }
}

TEST_CASE("texts with a form must have it") {
  CHECK(Typed("uuid").read("\"01234567-89AB-7000-8000-000000000000\"") ==
        "\"01234567-89ab-7000-8000-000000000000\"");
  CHECK(Typed("uuid").read("\"x\"") == "`x` must be a uuid, but is `x`");
  CHECK(Typed("time").read("\"2026-11-22T08:00:00+08:00\"") == "\"2026-11-22T00:00:00.000Z\"");
  CHECK(Typed("time").read("\"soon\"") ==
        "`x` must be a time such as \"2026-11-22T08:00:00.000Z\", but is `soon`");
  CHECK(Typed("date").read("\"2026-02-28\"") == "\"2026-02-28\"");
  CHECK(Typed("date").read("\"2026-02-30\"") ==
        "`x` must be a date such as \"2026-11-22\", but is `2026-02-30`");
  CHECK(Typed("duration").read("\"PT90M\"") == "\"PT1H30M\"");
  CHECK(Typed("duration").read("\"90m\"") ==
        "`x` must be a duration such as \"PT1H30M\", but is `90m`");
  CHECK(Typed("bytes").read("\"aGk=\"") == "\"aGk=\"");
  CHECK(Typed("bytes").read("\"a\"") == "`x` must be bytes in base64, but is `a`");
  CHECK(Typed("string").read("7") == "`x` must be a string, but is a number");
  CHECK(Typed("bool").read("0") == "`x` must be a bool, but is a number");
}

TEST_CASE("a null is read only where one may be") {
  CHECK(Typed("string?").read("null") == "null");
  CHECK(Typed("string").read("null") == "`x` must be a string, but is null");
}

TEST_CASE("sets are sorted and distinct, maps sorted by key") {
  CHECK(Typed("set<string>").read(R"(["b","a","b"])") == R"(["a","b"])");
  CHECK(Typed("map<string, int>").read(R"({"b":1,"a":2})") == R"({"a":2,"b":1})");
  CHECK(Typed("map<string, int>").read(R"({"b":"1"})") ==
        "`x[\"b\"]` must be an int, but is a string");
}

TEST_CASE("a map's keys have their type, too") {
  const Typed typed("map<int, bool>");
  CHECK(typed.read(R"({"7":true})") == R"({"7":true})");
  CHECK(typed.read(R"({"7":true,"07":false})") ==
        "`x` must be map<bool>, but is a map with the key `7` twice");
  CHECK(typed.read(R"({"seven":true})") == "a key of `x` must be an int, but is `seven`");
}

TEST_CASE("JSON of no type stays as it is, its numbers exact") {
  CHECK(Typed("json").read(R"({"b":[1,null],"a":"x"})") == R"({"b":[1,null],"a":"x"})");
}

TEST_CASE("a mismatch names its path and both types") {
  const Typed typed("Order", kOrder);
  CHECK(typed.read(R"({"id":"o","items":[{"sku":"a","qty":1},{"sku":"b","qty":"2"}]})") ==
        "`x.items[1].qty` must be Qty, but is a string");
  CHECK(typed.read(R"({"id":"o","items":[{"sku":"a","qty":0}]})") ==
        "`x.items[0].qty` must be Qty, but is 0, which breaks its `where`");
  CHECK(typed.read(R"({"id":"o","items":[{"qty":1}]})") ==
        "`x.items[0].sku` is missing; it must be a string");
  CHECK(typed.read(R"({"id":"o","items":[],"size":"huge"})") ==
        "`x.size` must be Size, but is `huge`");
  CHECK(typed.read("[]") == "`x` must be Order, but is an array");
}

TEST_CASE("defaults are filled in, members put in order") {
  const Typed typed("Order", kOrder);
  CHECK(typed.read(R"({"items":[],"id":"o"})") ==
        R"({"id":"o","items":[],"note":null,"size":"small"})");
}

TEST_CASE("an unknown field is refused in an input, dropped and counted in an answer") {
  const Typed typed("Order", kOrder);
  const std::string json = R"({"id":"o","items":[{"sku":"a","qty":1,"color":"red"}],"more":1})";
  CHECK(typed.read(json) == "`x.items[0].color` is no known field");
  CHECK(typed.read(json, Strictness::kOpen) ==
        R"({"id":"o","items":[{"sku":"a","qty":1}],"note":null,"size":"small"})");
  CHECK(typed.dropped == 2);
}

TEST_CASE("a union is an object that names its case, with that case's fields") {
  const Typed typed("Verdict",
                    "union Verdict { approved(by: string), rejected(by: string, why: string = "
                    "\"none\"), open }");
  CHECK(typed.read(R"({"case":"approved","by":"Ann"})") == R"({"case":"approved","by":"Ann"})");
  CHECK(typed.read(R"({"by":"Ann","case":"rejected"})") ==
        R"({"case":"rejected","by":"Ann","why":"none"})");
  CHECK(typed.read(R"({"case":"open"})") == R"({"case":"open"})");
  CHECK(typed.read(R"({"case":"approved"})") == "`x.by` is missing; it must be a string");
  CHECK(typed.read(R"({"case":"open","by":"Ann"})") == "`x.by` is no known field");
  CHECK(typed.read(R"({"case":"open","by":"Ann"})", Strictness::kOpen) == R"({"case":"open"})");
  CHECK(typed.dropped == 1);
  CHECK(typed.read(R"({"case":"aproved"})") ==
        "`x` must be Verdict, but is an object of the case `aproved`, where `approved`, "
        "`rejected`, `open` are known");
  CHECK(typed.read(R"({"by":"Ann"})") ==
        "`x` must be Verdict, but is an object without a `case`, where `approved`, `rejected`, "
        "`open` are known");
  CHECK(typed.read(R"("open")") == "`x` must be Verdict, but is a string");
}

TEST_CASE("the least deep case of a union is found, however its cases hold each other") {
  const Typed typed("Tree",
                    "union Tree { node(left: Tree, right: Pair), leaf(of: Leaf), none }\n"
                    "type Pair { first: Tree, second: Leaf }\ntype Leaf { size: int }");
  const std::vector<core::Type>& types = typed.definition->types;
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (types[i].kind != core::TypeKind::kUnion) continue;
    CHECK(core::simplest_case(types, static_cast<core::TypeId>(i), 64) == 2);
    CHECK(core::least_depths(types, 64)[i] == 1);
  }
}

TEST_CASE("a stored union that holds only itself has no least deep case") {
  core::Type record;
  record.kind = core::TypeKind::kRecord;
  record.fields = {{"again", 1, false, core::kNone}};
  core::Type only;
  only.kind = core::TypeKind::kUnion;
  only.cases = {"a"};
  only.case_types = {0};
  CHECK(core::simplest_case({record, only}, 1, 64) == 1);
  CHECK(core::least_depths({record, only}, 64) ==
        std::vector<std::uint32_t>{core::kNone, core::kNone});
}

TEST_CASE("text that is no JSON is another error than a wrong type") {
  const Typed typed("int");
  const base::Result<core::Decoded> broken =
      core::decode(*typed.definition, typed.definition->input, "{\"x\":", Strictness::kClosed);
  REQUIRE_FALSE(broken.has_value());
  CHECK(broken.error().code == base::ErrorCode::kInvalidJson);
  const base::Result<core::Decoded> wrong =
      core::decode(*typed.definition, typed.definition->input, "{}", Strictness::kClosed);
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().code == base::ErrorCode::kTypeMismatch);
}

}  // namespace saga::test
