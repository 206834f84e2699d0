#include "engine/base/ids.hpp"

#include <doctest/doctest.h>

#include <set>

namespace saga::base {

TEST_CASE("a v7 id holds its time, version and variant, and the caller's random bytes") {
  const TimePoint now{Duration{0x0123456789ab}};
  CHECK(make_uuid_v7(now, {}) == "01234567-89ab-7000-8000-000000000000");
  std::array<std::uint8_t, 10> ones;
  ones.fill(0xff);
  CHECK(make_uuid_v7(now, ones) == "01234567-89ab-7fff-bfff-ffffffffffff");
}

TEST_CASE("v7 ids of later times sort later") {
  std::array<std::uint8_t, 10> ones;
  ones.fill(0xff);
  const TimePoint now{Duration{1'800'000'000'000}};
  CHECK(make_uuid_v7(now, ones) < make_uuid_v7(now + Duration(1), {}));
}

TEST_CASE("a derived id is the same for ever and tells parent from path") {
  CHECK(derive_uuid("p", "a/b") == derive_uuid("p", "a/b"));
  CHECK(derive_uuid("p", "a/b") == "f80beece-a083-894f-b081-7552d2354651");
  const std::set<std::string> ids = {derive_uuid("p", "a"),    derive_uuid("pa", ""),
                                     derive_uuid("", "pa"),    derive_uuid("p", "b"),
                                     derive_uuid("p", "a[0]"), derive_uuid("p", "a[1]")};
  CHECK(ids.size() == 6);
  for (const std::string& id : ids) {
    CHECK(is_uuid(id));
    CHECK(id[14] == '8');
  }
}

TEST_CASE("only 36 lower-case characters in their places are an id") {
  CHECK(is_uuid("01234567-89ab-7000-8000-000000000000"));
  for (const char* bad :
       {"", "01234567-89AB-7000-8000-000000000000", "0123456789ab70008000000000000000",
        "01234567-89ab-7000-8000-00000000000", "01234567-89ab-7000-8000-0000000000000",
        "0123456-789ab-7000-8000-000000000000", "g1234567-89ab-7000-8000-000000000000"}) {
    CAPTURE(std::string(bad));
    CHECK_FALSE(is_uuid(bad));
  }
}

TEST_CASE("hash64 is FNV-1a for ever") {
  CHECK(hash64("") == 0xcbf29ce484222325);
  CHECK(hash64("a") == 0xaf63dc4c8601ec8c);
  CHECK(hash64("foobar") == 0x85944171f73967e8);
}

TEST_CASE("a seed gives the same draws for ever, within their bounds") {
  SeededRandom first(7);
  CHECK(first.next() == 7191089600892374487u);
  SeededRandom again(7);
  for (int i = 0; i < 1'000; ++i) {
    const std::int64_t drawn = again.between(-2, 3);
    CHECK(drawn >= -2);
    CHECK(drawn <= 3);
  }
  CHECK(again.between(5, 5) == 5);
  (void)again.between(INT64_MIN, INT64_MAX);
}

}  // namespace saga::base
