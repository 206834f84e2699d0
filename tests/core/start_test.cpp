#include <doctest/doctest.h>

#include "engine/core/machine.hpp"
#include "tests/core/compiled.hpp"

namespace saga::test {
namespace {

constexpr const char* kSource = R"(module test.buy
type Qty = int where it > 0
saga Buy(order: string, qty: Qty, gift: bool = false) key KEY {
  note "{order} {qty} {gift}"
}
)";

std::shared_ptr<const core::Definition> keyed(const std::string& key) {
  std::string source = kSource;
  source.replace(source.find("KEY"), 3, key);
  return compiled(source);
}

base::Error refusal(const core::Definition& definition, const std::string& json) {
  const base::Result<core::PreparedStart> start = core::prepare_start(definition, json);
  REQUIRE_FALSE(start.has_value());
  return start.error();
}

}  // namespace

TEST_CASE("a start's input is put into its canonical form, its key computed") {
  const auto start = core::prepare_start(*keyed("order"), R"({ "qty": 2, "order": "O1" })");
  REQUIRE(start.has_value());
  CHECK(start->canonical == R"({"order":"O1","qty":2,"gift":false})");
  CHECK(start->key == "O1");
}

TEST_CASE("a key may be an int or put together") {
  CHECK(core::prepare_start(*keyed("qty"), R"({"qty":2,"order":"O1"})")->key == "2");
  CHECK(core::prepare_start(*keyed("\"{order}/{qty}\""), R"({"qty":2,"order":"O1"})")->key ==
        "O1/2");
}

TEST_CASE("a saga without a key has none") {
  const auto definition = compiled("module t\nsaga T(x: int) {\n  note \"{x}\"\n}\n");
  CHECK(core::prepare_start(*definition, R"({"x":1})")->key == "");
}

TEST_CASE("a wrong input is refused with its field and both types") {
  const auto definition = keyed("order");
  CHECK(refusal(*definition, R"({"qty":2})").message == "`order` is missing; it must be a string");
  CHECK(refusal(*definition, R"({"qty":"2","order":"O1"})").message ==
        "`qty` must be Qty, but is a string");
  CHECK(refusal(*definition, R"({"qty":2,"order":"O1","color":1})").message ==
        "`color` is no known field");
  CHECK(refusal(*definition, R"({"qty":2,"order":"O1","color":1})").code ==
        base::ErrorCode::kTypeMismatch);
  CHECK(refusal(*definition, "[]").code == base::ErrorCode::kTypeMismatch);
  CHECK(refusal(*definition, "{").code == base::ErrorCode::kInvalidJson);
}

TEST_CASE("a key that is empty or too long is refused") {
  const auto definition = keyed("order");
  CHECK(refusal(*definition, R"({"qty":2,"order":""})").code == base::ErrorCode::kInvalidArgument);
  const std::string longest(240, 'x');
  CHECK(core::prepare_start(*definition, R"({"qty":2,"order":")" + longest + "\"}").has_value());
  CHECK(refusal(*definition, R"({"qty":2,"order":")" + longest + "x\"}").code ==
        base::ErrorCode::kInvalidArgument);
}

TEST_CASE("a start's key that can't be computed is a defect") {
  CHECK(refusal(*keyed("if 10 / (qty - 2) > 1 then order else order"), R"({"qty":2,"order":"O1"})")
            .code == base::ErrorCode::kDefect);
}

TEST_CASE("no verb is taken by a saga that hasn't started") {
  const auto definition = keyed("order");
  for (const core::OperatorVerb verb :
       {core::OperatorVerb::kCancel, core::OperatorVerb::kTerminate, core::OperatorVerb::kRetry}) {
    core::OperatorInput input;
    input.verb = verb;
    const base::Result<void> allowed = core::check_operator(*definition, core::State(), input);
    REQUIRE_FALSE(allowed.has_value());
    CHECK(allowed.error().code == base::ErrorCode::kNotFound);
  }
}

}  // namespace saga::test
