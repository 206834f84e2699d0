#include "engine/base/json.hpp"

#include <doctest/doctest.h>

#include <string>

namespace saga::base {
namespace {

constexpr JsonLimits kLimits{1'000'000, 8};

std::string refusal(std::string_view text, JsonLimits limits = kLimits) {
  const Result<Json> parsed = parse_json(text, limits);
  const Result<void> validated = validate_json(text, limits);
  CHECK(parsed.has_value() == validated.has_value());
  if (parsed) return "";
  CHECK(parsed.error().code == ErrorCode::kInvalidJson);
  CHECK(parsed.error().message == validated.error().message);
  return parsed.error().message;
}

std::string round_trip(std::string_view text) {
  const Result<Json> parsed = parse_json(text, kLimits);
  REQUIRE_MESSAGE(parsed.has_value(), std::string(text));
  return to_text(*parsed);
}

}  // namespace

TEST_CASE("JSON is read and written back in its compact form") {
  CHECK(round_trip(" { \"b\" : [ 1 , true , null ] , \"a\" : \"x\" } ") ==
        R"({"b":[1,true,null],"a":"x"})");
  CHECK(round_trip("[]") == "[]");
  CHECK(round_trip("{}") == "{}");
  CHECK(round_trip("\"\\u00e9\\n\\u0001\"") == "\"\xC3\xA9\\n\\u0001\"");
}

TEST_CASE("numbers keep their exact text") {
  CHECK(round_trip("[0.10,123456789012345678901234567890,1e2,-5]") ==
        "[0.10,123456789012345678901234567890,1e2,-5]");
  CHECK(round_trip("9223372036854775808") == "9223372036854775808");
}

TEST_CASE("nesting is allowed up to the limit and refused past it") {
  CHECK(refusal("[[[[[[[[]]]]]]]]") == "");
  CHECK(refusal("[[[[[[[[[]]]]]]]]]") == "nested deeper than 8 levels");
  CHECK(refusal(R"({"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}}}})") ==
        "nested deeper than 8 levels");
  CHECK(refusal(std::string(500'000, '[')) == "nested deeper than 8 levels");
}

TEST_CASE("a text over the limit of bytes is refused before it is read") {
  CHECK(refusal("[1,2]", {4, 8}) == "has 5 bytes; at most 4 are allowed");
}

TEST_CASE("a member that appears twice is refused, in small and large objects") {
  CHECK(refusal(R"({"a":1,"a":1})") == "the member `a` appears twice");
  CHECK(refusal(R"({"a":{"a":1}})") == "");
  std::string large = "{";
  for (int i = 0; i < 50'000; ++i) large += "\"" + std::to_string(i) + "\":0,";
  CHECK(refusal(large + "\"x\":0}") == "");
  CHECK(refusal(large + "\"49999\":0}") == "the member `49999` appears twice");
  CHECK(refusal(large + "\"3\":0}") == "the member `3` appears twice");
}

TEST_CASE("what is no JSON is refused with its place") {
  CHECK(refusal("{\"a\":1").starts_with("not valid JSON at byte 7"));
  CHECK(refusal("[1,]").starts_with("not valid JSON at byte 4"));
  CHECK(refusal("1 2").starts_with("not valid JSON at byte 3"));
  for (const char* bad : {"", "NaN", "Infinity", "01", "'a'", "{a:1}", "\"\t\"", "tru", "[1}"}) {
    CAPTURE(std::string(bad));
    CHECK(refusal(bad).starts_with("not valid JSON"));
  }
}

TEST_CASE("invalid UTF-8 is refused") {
  for (const char* bad : {"\"\xff\"", "\"\xc3\"", "\"\xed\xa0\x80\"", "\"\xc0\xaf\"",
                          "\"\xf4\x90\x80\x80\"", "{\"\x80\":1}"}) {
    CHECK(refusal(bad).starts_with("not valid JSON"));
  }
  CHECK(refusal("\"\xF0\x9F\x98\x80\"") == "");
  CHECK(refusal("\"\\ud83d\"").starts_with("not valid JSON"));
}

TEST_CASE("typed reads tell an absent or other member from a value") {
  const Json json =
      *parse_json(R"({"n":5,"s":"x","f":true,"d":1.5,"u":18446744073709551615})", kLimits);
  CHECK(json.integer("n") == 5);
  CHECK(json.string("s") == "x");
  CHECK(json.flag("f") == true);
  CHECK_FALSE(json.integer("d").has_value());
  CHECK_FALSE(json.integer("u").has_value());
  CHECK_FALSE(json.integer("s").has_value());
  CHECK_FALSE(json.string("missing").has_value());
  CHECK_FALSE(json.flag("n").has_value());
}

TEST_CASE("written strings are always valid JSON") {
  std::string out;
  JsonWriter(out).string("a\"\\\n\x01\xff\xC3\xA9\xED\xA0\x80z");
  CHECK(out == "\"a\\\"\\\\\\n\\u0001\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\"");
  CHECK(refusal(out) == "");
}

TEST_CASE("valid_utf8 replaces exactly what the writer replaces") {
  CHECK(valid_utf8("plain \xC3\xA9 \xF0\x9F\x98\x80") == "plain \xC3\xA9 \xF0\x9F\x98\x80");
  CHECK(valid_utf8("a\xff") == "a\xEF\xBF\xBD");
  CHECK(valid_utf8("\xE2\x82") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(valid_utf8("\xE2\x82z") == "\xEF\xBF\xBD\xEF\xBF\xBDz");
  CHECK(valid_utf8("") == "");
}

TEST_CASE("values are written in the language's JSON forms") {
  CHECK(to_json(Value(*Decimal::parse("12.50"))) == "\"12.50\"");
  CHECK(to_json(Value(Money{*Decimal::parse("1.5"), "EUR"})) ==
        R"({"amount":"1.5","currency":"EUR"})");
  CHECK(to_json(Value(Duration(5'400'000))) == "\"PT1H30M\"");
  CHECK(to_json(Value(Date{std::chrono::year(2026) / 11 / 22})) == "\"2026-11-22\"");
  CHECK(to_json(Value(List{Value(true), Value(), Value(std::int64_t{-3})})) == "[true,null,-3]");
  CHECK(to_json(Value::union_case("rejected", {{"by", Value("me")}})) ==
        R"({"case":"rejected","by":"me"})");
  CHECK(to_json(Value::error("Declined", {{"message", Value("no")}})) ==
        R"({"error":"Declined","message":"no"})");
  CHECK(to_json(Value::map({})) == "{}");
}

TEST_CASE("an object is split into its members' texts") {
  const auto split = [](std::string_view json) {
    std::string all;
    const auto members = split_object(json);
    if (!members) return std::string("no object");
    for (const auto& [name, value] : *members) {
      all.append(name).append("=").append(value).append(";");
    }
    return all;
  };
  CHECK(split(R"({"a":1,"b":"x,}\"","c":{"d":[1,"]"]},"e":null})") ==
        R"(a=1;b="x,}\"";c={"d":[1,"]"]};e=null;)");
  CHECK(split(R"( { "a" : [ ] , "b\"" : true } )") == R"(a=[ ];b\"=true;)");
  CHECK(split("{}") == "");
  CHECK(split(" { } ") == "");
  CHECK(split("[1]") == "no object");
}

}  // namespace saga::base
