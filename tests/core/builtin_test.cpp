#include <doctest/doctest.h>

#include "tests/core/compiled.hpp"

namespace saga::test {
namespace {

struct Row {
  const char* expression;
  const char* value;
};

void check(std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    CAPTURE(std::string(row.expression));
    CHECK(evaluated(row.expression) == std::string(row.value));
  }
}

}  // namespace

TEST_CASE("numbers: abs min max floor ceil round") {
  check(
      {{"abs(-i)", "7"},
       {"abs(-d)", "\"12.50\""},
       {"abs(CNY(-1) * j)", R"({"amount":"3","currency":"CNY"})"},
       {"min(i, j)", "3"},
       {"max(d, 12.6)", "\"12.6\""},
       {"floor(d)", "12"},
       {"floor(-d)", "-13"},
       {"ceil(d)", "13"},
       {"d.round()", "\"12\""},
       {"(d + 1).round()", "\"14\""},
       {"(d / 3).round(2)", "\"4.17\""},
       {"d.round(-i)", "defect: `round` can't be used on this value"},
       {"floor(d * 1000000000000000000)", "defect: 12500000000000000000 doesn't fit into an int"}});
}

TEST_CASE("money is rounded to its currency's smallest unit, half-even") {
  check({{"(m / 3).round()", R"({"amount":"3.33","currency":"CNY"})"},
         {"CNY(0.125).round()", R"({"amount":"0.12","currency":"CNY"})"},
         {"JPY(2.5).round()", R"({"amount":"2","currency":"JPY"})"},
         {"KWD(0.0005).round()", R"({"amount":"0.000","currency":"KWD"})"},
         {"(m / 3).round(0)", R"({"amount":"3","currency":"CNY"})"}});
}

TEST_CASE("a split adds up to the whole, the first parts take what is left") {
  check({{"m.split([1, 1, 1])",
          R"([{"amount":"3.34","currency":"CNY"},{"amount":"3.33","currency":"CNY"},)"
          R"({"amount":"3.33","currency":"CNY"}])"},
         {"(-m).split([1, 2])",
          R"([{"amount":"-3.34","currency":"CNY"},{"amount":"-6.66","currency":"CNY"}])"},
         {"JPY(10).split([1, 1, 1])",
          R"([{"amount":"4","currency":"JPY"},{"amount":"3","currency":"JPY"},)"
          R"({"amount":"3","currency":"JPY"}])"},
         {"m.split([0, 1])",
          R"([{"amount":"0.00","currency":"CNY"},{"amount":"10.00","currency":"CNY"}])"},
         {"m.split([zero, zero])", "defect: the weights of a split add up to nothing"},
         {"m.split([i, -i])", "defect: `split` can't be used on this value"},
         {"m.split(none)", "defect: `split` can't be used on this value"}});
}

TEST_CASE("strings count and cut in characters") {
  check({{"s.size", "5"},
         {"s.upper()", "\"HéLLO\""},
         {"\"ABC\".lower()", "\"abc\""},
         {"\"  x y \".trim()", "\"x y\""},
         {"\"   \".trim()", "\"\""},
         {"s.truncate(3)", "\"hé…\""},
         {"s.truncate(5)", "\"héllo\""},
         {"s.truncate(zero)", "\"\""},
         {"s.truncate(-i)", "defect: `truncate` can't be used on this value"},
         {"\"7\".pad(3, \"0\")", "\"007\""},
         {"s.pad(6)", "\" héllo\""},
         {"s.pad(2)", "\"héllo\""},
         {"s.pad(big)", "defect: `pad` can't be used on this value"},
         {"s.pad(9, \"ab\")", "E0114: this can't be computed: `pad` can't be used on this value"}});
}

TEST_CASE("strings are searched, replaced and split") {
  check({{"s.starts_with(\"hé\")", "true"},
         {"s.ends_with(\"x\")", "false"},
         {"s.contains(\"ll\")", "true"},
         {"\"a-b-c\".replace(\"-\", \"+\")", "\"a+b+c\""},
         {"s.replace(\"\", \"x\")", "\"héllo\""},
         {"\"a,b,,c\".split(\",\")", R"(["a","b","","c"])"},
         {"s.split(\"\")", "E0114: this can't be computed: `split` can't be used on this value"},
         {"\"foobar\".hash64()", "402018224477661160"}});
}

TEST_CASE("patterns match the whole text, and a bad one is a defect") {
  check({{"\"AB-12\".matches(\"[A-Z]+-[0-9]+\")", "true"},
         {"\"xAB-12\".matches(\"[A-Z]+-[0-9]+\")", "false"},
         {"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaab\".matches(\"(a*)*c\")", "false"},
         {"s.matches(words.first ?? \"\")", "false"},
         {"s.matches(\"({s}\")", "defect: `(héllo` is no pattern: missing ): (héllo"}});
}

TEST_CASE("lists are measured, cut and joined") {
  check({{"xs.size", "4"},
         {"xs.last", "3"},
         {"xs.take(2)", "[3,1]"},
         {"xs.take(9)", "[3,1,2,3]"},
         {"xs.drop(2)", "[2,3]"},
         {"xs.drop(big)", "[]"},
         {"xs.take(-i)", "defect: `take` can't be used on this value"},
         {"xs.chunk(3)", "[[3,1,2],[3]]"},
         {"xs.chunk(zero)", "defect: `chunk` can't be used on this value"},
         {"xs.chunk(2).flatten()", "[3,1,2,3]"},
         {"xs.zip(words.take(2))", R"([{"first":3,"second":"to"},{"first":1,"second":"be"}])"},
         {"xs.distinct()", "[3,1,2]"},
         {"xs.contains(2)", "true"}});
}

TEST_CASE("lists are asked with a function") {
  check({{"xs.map(x => x * 2)", "[6,2,4,6]"},
         {"xs.filter(x => x > 2)", "[3,3]"},
         {"xs.any(x => x == 2)", "true"},
         {"xs.all(x => x > 1)", "false"},
         {"none.all(x => x > 1)", "true"},
         {"none.any(x => x > 1)", "false"},
         {"xs.count(x => x == 3)", "2"},
         {"xs.count()", "4"},
         {"xs.map(x => xs.count(y => y == x))", "[2,1,1,2]"},
         {"xs.map(x => x / zero)", "defect: division by zero"}});
}

TEST_CASE("lists are summed; nothing sums to zero") {
  check({{"xs.sum()", "9"},
         {"lines.sum(l => l.price * l.qty)", R"({"amount":"13.00","currency":"CNY"})"},
         {"none.sum()", "0"},
         {"none.sum(x => x * 0.5)", "\"0\""},
         {"none.sum(x => u)", "\"PT0S\""}});
}

TEST_CASE("lists are ordered, and equal keys keep their order") {
  check({{"words.sort_by(w => w.size)", R"(["to","be","or","be"])"},
         {"words.sort_by(w => w)", R"(["be","be","or","to"])"},
         {"lines.min_by(l => l.price)?.sku", "\"a\""},
         {"lines.max_by(l => l.qty)?.sku", "\"a\""},
         {"words.min_by(w => w.size)", "\"to\""},
         {"none.min_by(x => x)", "null"}});
}

TEST_CASE("lists become maps") {
  check({{"words.group_by(w => w)", R"({"be":["be","be"],"or":["or"],"to":["to"]})"},
         {"lines.to_map(l => l.sku, l => l.qty)", R"({"a":2,"b":1})"},
         {"words.to_map(w => w, w => w.size)", R"({"be":2,"or":2,"to":2})"}});
}

TEST_CASE("maps are read by key, in the order of their keys") {
  check({{"names.get(\"a\")", "1"},
         {"names.get(\"z\")", "null"},
         {"names.has(\"b\")", "true"},
         {"names.keys()", R"(["a","b"])"},
         {"names.values()", "[1,2]"},
         {"names.size", "2"},
         {"tags.size", "2"}});
}

}  // namespace saga::test
