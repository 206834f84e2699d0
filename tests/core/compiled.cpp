#include "tests/core/compiled.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "dsl/compile.hpp"
#include "engine/base/ids.hpp"
#include "engine/core/type_codec.hpp"

namespace saga::test {
namespace {

dsl::Compilation compile(const std::string& source) {
  // Any steady hash does: nothing here is stored.
  const auto hash = [](std::string_view text) { return base::derive_uuid("", text); };
  return dsl::compile({dsl::SourceFile("test.saga", source)}, {hash});
}

std::string codes(const dsl::Compilation& compilation) {
  std::string all;
  for (const dsl::Diagnostic& diagnostic : compilation.diagnostics) {
    if (diagnostic.severity != dsl::Severity::kError) continue;
    all += (all.empty() ? "" : " ") + std::string(diagnostic.code) + ": " + diagnostic.message;
  }
  return all;
}

constexpr const char* kTypes = R"(module test.expressions
type Line { sku: string, qty: int, price: money, note: string? = null }
enum State { open, closed }
error Refused { reason: string }
)";

constexpr const char* kParameters =
    "i: int, j: int, zero: int, big: int, least: int, d: decimal, zero_d: decimal, s: string, "
    "n: string?, m: money, eur: money, yes: bool, xs: list<int>, none: list<int>, "
    "lines: list<Line>, names: map<string, int>, t: time, u: duration, tags: set<string>, "
    "line: Line, maybe: Line?, state: State, many: list<int>, words: list<string>, day: date";

std::string arguments() {
  std::string many;
  for (int i = 0; i < 5'000; ++i) many += (i == 0 ? "" : ",") + std::to_string(i);
  const std::string line = R"({"sku":"a","qty":2,"price":{"amount":"1.50","currency":"CNY"}})";
  const std::string other =
      R"({"sku":"b","qty":1,"price":{"amount":"10","currency":"CNY"},"note":"gift"})";
  return R"({"i":7,"j":3,"zero":0,"big":9223372036854775807,"least":-9223372036854775808,)"
         R"("d":"12.50","zero_d":"0.0","s":"héllo","n":null,)"
         R"("m":{"amount":"10.00","currency":"CNY"},"eur":{"amount":"1","currency":"EUR"},)"
         R"("yes":true,"xs":[3,1,2,3],"none":[],"lines":[)" +
         line + "," + other +
         R"(],"names":{"b":2,"a":1},"t":"2026-11-22T08:00:00Z","u":"PT1H30M",)" +
         R"("tags":["y","x","y"],"line":)" + line + R"(,"maybe":null,"state":"open","many":[)" +
         many + R"(],"words":["to","be","or","be"],"day":"2026-02-28"})";
}

// Serves the parameters, and draws that count up.
class Parameters final : public core::Environment {
 public:
  Parameters(const core::Definition& definition, base::Value input)
      : definition_(definition), input_(std::move(input)) {}
  base::Result<base::Value> slot(core::SlotId slot) override {
    for (std::size_t i = 0; i < definition_.parameters.size(); ++i) {
      if (definition_.parameters[i] == slot) return (*input_.record()->fields)[i].value;
    }
    return base::fail(base::ErrorCode::kDefect, "not bound");
  }
  base::Result<std::string> key_of(core::NodeId) override { return std::string("the key"); }
  bool started(core::NodeId) override { return true; }
  std::string saga_id() override { return "the id"; }
  std::int64_t attempt() override { return 4; }
  base::TimePoint now() override { return base::TimePoint{base::Duration{1'800'000'000'000}}; }
  std::uint64_t draw() override { return ++draws_; }

 private:
  const core::Definition& definition_;
  base::Value input_;
  std::uint64_t draws_ = 0;
};

}  // namespace

std::shared_ptr<const core::Definition> compiled(const std::string& source) {
  const dsl::Compilation compilation = compile(source);
  REQUIRE_MESSAGE(!compilation.definitions.empty(), codes(compilation));
  return compilation.definitions.back();
}

std::string evaluated(const std::string& expression) {
  const dsl::Compilation compilation = compile(std::string(kTypes) + "saga Test(" + kParameters +
                                               ") {\n  let v = " + expression + "\n}\n");
  if (compilation.definitions.empty()) return codes(compilation);
  const core::Definition& definition = *compilation.definitions.back();
  static const std::string input = arguments();
  base::Result<core::Decoded> decoded =
      core::decode(definition, definition.input, input, core::Strictness::kClosed);
  REQUIRE_MESSAGE(decoded.has_value(), decoded.error().message);
  Parameters parameters(definition, decoded->value);
  for (const core::Node& node : definition.nodes) {
    const auto* let = std::get_if<core::LetNode>(&node.body);
    if (let == nullptr) continue;
    const base::Result<base::Value> value = core::evaluate(definition, let->value, parameters);
    if (value) return base::to_json(*value);
    CHECK(value.error().code == base::ErrorCode::kDefect);
    return "defect: " + value.error().message;
  }
  return "no `let`";
}

}  // namespace saga::test
