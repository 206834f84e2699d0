#include "tests/runtime/shop.hpp"

#include <doctest/doctest.h>

#include "dsl/compile.hpp"
#include "engine/journal/hash.hpp"

namespace saga::test {

Definitions compile_workflow(std::string_view source) {
  const dsl::Compilation compilation =
      dsl::compile({dsl::SourceFile("shop.saga", std::string(source))}, {journal::sha256_hex});
  for (const dsl::Diagnostic& diagnostic : compilation.diagnostics) {
    if (diagnostic.severity == dsl::Severity::kError) FAIL(diagnostic.message);
  }
  return compilation.definitions;
}

const std::string_view kShop = R"(
module test.shop
error Declined { reason: string }

service S {
  write make(id: string) -> string errors Declined idempotent by key
  write undo(id: string) idempotent
  read  find(key: string) -> string?
  write pay(id: string) -> string errors Declined idempotent by key resolve find(key)
  write ship(id: string) idempotent by key
}

saga Part(id: string) -> string {
  step first = S.make(id) timeout 2s retry 1s, 2s compensate S.undo(id)
  step second = S.make(id) timeout 2s compensate S.undo(id)
  return second
}

saga Buy(id: string, items: list<string>) -> string
  key id
{
  step a = S.make(id) timeout 2s retry 1s, 2s, 5s compensate S.undo(id)
  parallel {
    step b = S.make(id) timeout 2s compensate S.undo(id)
    branch c {
      step d = S.make(id) timeout 2s compensate S.undo(id)
      sleep 3s
    }
  }
  for item in items parallel 2 {
    step e = S.make(item) timeout 2s retry 1s compensate S.undo(item)
  }
  step part = Part(id)
  sleep 1h
  pivot step p = S.pay(part) timeout 2s retry 1s, 3s
  step s = S.ship(id) timeout 2s retry 1s, 10s, ...
  return p
}
)";

}  // namespace saga::test
