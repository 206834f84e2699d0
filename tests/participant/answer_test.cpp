#include "participant/answer.hpp"

#include <doctest/doctest.h>

#include <map>

#include "participant/sha256.hpp"

namespace saga::participant::test {

namespace {

Parsed parse(const std::map<std::string, std::string>& headers) {
  return request_of(
      [&](std::string_view name) -> std::optional<std::string> {
        const auto found = headers.find(std::string(name));
        return found == headers.end() ? std::nullopt : std::optional(found->second);
      },
      "reserve", "{}");
}

}  // namespace

TEST_CASE("a compensation carries its action's key") {
  const Parsed parsed = parse({{"Idempotency-Key", "S1/pay/compensate/void"},
                               {"Saga-Op", "compensate"},
                               {"Saga-Compensates", "order-7"}});
  REQUIRE_FALSE(parsed.refusal);
  CHECK(parsed.request.op == Op::kCompensate);
  CHECK(parsed.request.compensates == "order-7");
}

TEST_CASE("without Saga-Compensates the action's key is read off the key") {
  CHECK(parse({{"Idempotency-Key", "S1/pay/compensate/void"}, {"Saga-Op", "compensate"}})
            .request.compensates == "S1/pay");
  CHECK(parse({{"Idempotency-Key", "S1/pay[2]/resolve"}, {"Saga-Op", "resolve"}})
            .request.compensates == "S1/pay[2]");
}

TEST_CASE("what can't be kept safe is refused with a 400 that says which header is wrong") {
  const std::vector<std::map<std::string, std::string>> wrong = {
      {},
      {{"Idempotency-Key", ""}},
      {{"Idempotency-Key", std::string(241, 'k')}},
      {{"Idempotency-Key", "caf\xc3\xa9"}},
      {{"Idempotency-Key", "S1/pay"}, {"Saga-Op", "undo"}},
      {{"Idempotency-Key", "S1/pay"}, {"Saga-Op", "compensate"}},
      {{"Idempotency-Key", "S1/pay"}, {"Saga-Op", "resolve"}, {"Saga-Compensates", "S1/pay"}}};
  for (const auto& headers : wrong) {
    const Parsed parsed = parse(headers);
    REQUIRE(parsed.refusal);
    CHECK(parsed.refusal->status == 400);
    CHECK(parsed.refusal->outcome == Outcome::kDefect);
  }
}

TEST_CASE("the longest allowed key is taken") {
  CHECK_FALSE(parse({{"Idempotency-Key", std::string(240, 'k')}}).refusal);
}

TEST_CASE("each outcome has its headers") {
  using Headers = std::vector<std::pair<std::string, std::string>>;
  CHECK(headers_of(done()).empty());
  CHECK(headers_of(rejected("Declined", "no")) == Headers{{"Saga-Outcome", "rejected"}});
  CHECK(headers_of(transient("busy", std::chrono::seconds(2))) ==
        Headers{{"Saga-Outcome", "transient"}, {"Retry-After", "2"}});
  CHECK(headers_of(unknown("?")) == Headers{{"Saga-Outcome", "unknown"}});
}

TEST_CASE("an error body is JSON whatever its message holds") {
  CHECK(rejected("OutOfStock", "no \"S1\"\n", ",\"sku\":\"S1\"").body ==
        R"({"error":"OutOfStock","message":"no \"S1\"\u000a","sku":"S1"})");
}

TEST_CASE("SHA-256 gives the standard's values, at the edges of its blocks too") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256_hex(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("the operation is part of what a key was used for") {
  CHECK(fingerprint_of("void", "{}") != fingerprint_of("capture", "{}"));
}

}  // namespace saga::participant::test
