#include <doctest/doctest.h>

#include <string>

#include "tests/dsl/check_support.hpp"

namespace saga::dsl {
namespace {

constexpr const char* kServices = R"(module demo
error Declined
service Bank {
  write pay(id: string) idempotent by key
  write post(id: string) errors Declined idempotent by key
}
)";

}  // namespace

TEST_CASE("a scope around the pivot doesn't catch what fails behind it") {
  const std::string saga = R"(saga Demo(id: string) key id {
  scope all {
    pivot step paid = Bank.pay(id) timeout 2s
    step posted = Bank.post(id) timeout 2s
  } else { note "never" }
}
)";
  CHECK_EQ(codes_of(compile_text(kServices + saga)), "E0302 E0303");
}

TEST_CASE("a scope behind the pivot catches what fails in it") {
  const std::string saga = R"(saga Demo(id: string) key id {
  pivot step paid = Bank.pay(id) timeout 2s
  scope extras {
    step posted = Bank.post(id) timeout 2s compensate none "a posting may stand"
  } else { note "without" }
}
)";
  CHECK_EQ(codes_of(compile_text(kServices + saga)), "");
}

}  // namespace saga::dsl
