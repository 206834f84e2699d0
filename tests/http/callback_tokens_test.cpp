#include <doctest/doctest.h>

#include "adapters/http/callback_listener.hpp"

namespace saga::http::test {
namespace {

const std::string kSaga = "01990c1e-7d5a-7000-8000-5f1c2a9be001";

core::CallEffect call(core::FrameId frame, core::Phase phase, std::uint32_t attempt) {
  core::CallEffect made;
  made.frame = frame;
  made.phase = phase;
  made.attempt = attempt;
  return made;
}

}  // namespace

TEST_CASE("a token tells which attempt it was made for") {
  const CallbackTokens tokens("secret");
  for (const core::Phase phase :
       {core::Phase::kAction, core::Phase::kResolve, core::Phase::kCompensate}) {
    for (const std::uint32_t number : {0U, 1U, 77U, 4'294'967'295U}) {
      const auto parsed = tokens.parse(tokens.make(kSaga, call(number, phase, number)));
      REQUIRE(parsed);
      CHECK(parsed->saga_id == kSaga);
      CHECK(parsed->frame == number);
      CHECK(parsed->phase == phase);
      CHECK(parsed->attempt == number);
    }
  }
}

TEST_CASE("a token with any one byte changed, gone or more is refused") {
  const CallbackTokens tokens("secret");
  const std::string token = tokens.make(kSaga, call(3, core::Phase::kAction, 2));
  REQUIRE(tokens.parse(token));
  for (std::size_t at = 0; at < token.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = token;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      CHECK_FALSE(tokens.parse(changed));
    }
    CHECK_FALSE(tokens.parse(token.substr(0, at)));
    CHECK_FALSE(tokens.parse(token.substr(0, at) + token.substr(at + 1)));
    CHECK_FALSE(tokens.parse(token.substr(0, at) + "0" + token.substr(at)));
  }
  CHECK_FALSE(tokens.parse(token + "0"));
  CHECK_FALSE(tokens.parse(token + "."));
  CHECK_FALSE(tokens.parse(token + token));
}

TEST_CASE("a token of another store is refused") {
  const std::string token = CallbackTokens("one").make(kSaga, call(3, core::Phase::kAction, 2));
  CHECK_FALSE(CallbackTokens("two").parse(token));
  CHECK_FALSE(CallbackTokens("").parse(token));
}

TEST_CASE("what only looks like a token is refused as not found") {
  const CallbackTokens tokens("secret");
  for (const std::string& text :
       {std::string(), std::string("."), std::string("...."), std::string("....."), kSaga,
        kSaga + ".1.0.1.", std::string(100'000, '.'), std::string(100'000, 'a'),
        std::string("a\0b", 3)}) {
    const auto parsed = tokens.parse(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == base::ErrorCode::kNotFound);
  }
}

TEST_CASE("one attempt's signature fits no other") {
  const CallbackTokens tokens("secret");
  const std::string first = tokens.make(kSaga, call(3, core::Phase::kAction, 2));
  const std::string second = tokens.make(kSaga, call(3, core::Phase::kAction, 3));
  const std::string mixed = second.substr(0, second.rfind('.')) + first.substr(first.rfind('.'));
  CHECK(mixed != second);
  CHECK_FALSE(tokens.parse(mixed));
}

}  // namespace saga::http::test
