#include "bench/workflow.hpp"

#include <cstdio>
#include <cstdlib>

#include "dsl/compile.hpp"
#include "engine/journal/hash.hpp"

namespace saga::bench {
namespace {

constexpr std::string_view kThreeSteps = R"(
module bench
error Declined { reason: string }
service Shop {
  write reserve(order: string, amount: money) -> string idempotent by key
  write release(order: string) idempotent
  write hold(order: string, amount: money) -> string errors Declined idempotent by key
  write drop(order: string) idempotent
  write book(order: string, card: string) -> string errors Declined idempotent by key
  write unbook(order: string) idempotent
}
saga ThreeSteps(order: string, card: string, amount: money) -> string {
  step reserve = Shop.reserve(order, amount) timeout 30s compensate Shop.release(order)
  step hold = Shop.hold(order, amount) timeout 30s compensate Shop.drop(order)
  step book = Shop.book(order, card) timeout 30s compensate Shop.unbook(order)
  return book
}
)";

}  // namespace

std::vector<std::shared_ptr<const core::Definition>> three_steps() {
  dsl::Compilation compilation = dsl::compile(
      {dsl::SourceFile("three_steps.saga", std::string(kThreeSteps))}, {journal::sha256_hex});
  if (compilation.has_errors()) {
    std::fprintf(stderr, "%s\n", compilation.diagnostics.front().message.c_str());
    std::exit(1);
  }
  return std::move(compilation.definitions);
}

std::string three_steps_input(std::uint64_t number, bool is_declined) {
  return R"({"order":"O-)" + std::to_string(number) + R"(","card":")" +
         (is_declined ? "declined" : "tok_4242424242") +
         R"(","amount":{"amount":"37.50","currency":"CNY"}})";
}

}  // namespace saga::bench
