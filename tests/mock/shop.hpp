#pragma once

#include <doctest/doctest.h>

#include <string>

#include "adapters/mock/participants.hpp"
#include "dsl/compile.hpp"

namespace saga::mock::test {

// Every sort of operation that a mock tells apart.
constexpr const char* kShop = R"(module shop
type Receipt { number: string, total: money }
type Items = list<string> where it.size > 0
error Declined { reason: string, code: int }
error Busy transient
error Gone
service Payment {
  write charge(order: string, amount: money) -> Receipt
    errors Declined, Busy
    idempotent by key
    resolve charge_of(key)
  write refund(order: string) idempotent
  read charge_of(key: string) -> Receipt?
  read look(id: string, kind: string) -> string?
    http GET "charges/{id}"
}
service Printer {
  write print(order: string) -> string idempotent by key async
  write drop(order: string) errors Gone idempotent
}
saga Sell(order: string) -> Receipt? key order {
  step found = Payment.look(order, "a") timeout 5s
  step job = Printer.print(order) timeout 5s within 1h 
    compensate Printer.drop(order) { timeout 5s on Gone { note "gone" } }
  pivot step paid = Payment.charge(order, CNY(5)) timeout 5s
  return paid
}
)";

inline MockParticipants shop() {
  const dsl::Compilation compilation = dsl::compile(
      {dsl::SourceFile("shop.saga", kShop)}, {[](std::string_view) { return std::string("h"); }});
  REQUIRE(!compilation.definitions.empty());
  return MockParticipants(compilation.definitions);
}

inline Request post(const std::string& path, const std::string& body, const std::string& key,
                    Headers more = {}) {
  Request request{"POST", path, {{"idempotency-key", key}}, body};
  request.headers.insert(request.headers.end(), more.begin(), more.end());
  return request;
}

inline std::string header_of(const Reply& reply, const std::string& name) {
  for (const auto& [each, value] : reply.headers) {
    if (each == name) return value;
  }
  return {};
}

}  // namespace saga::mock::test
