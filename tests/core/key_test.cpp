#include "engine/core/entity/key.hpp"

#include <doctest/doctest.h>

namespace saga::core::entity {

TEST_CASE("a free key is granted, and the state is what its events make") {
  KeyState state;
  const KeyDecision decision = advance(state, {"saga-1", "digest-1"});
  CHECK(decision.kind == KeyDecision::Kind::kGranted);
  CHECK(decision.saga_id == "saga-1");
  REQUIRE(decision.events.size() == 1);
  KeyState replayed;
  for (const KeyEvent& event : decision.events) apply(replayed, event);
  CHECK(replayed.saga_id == state.saga_id);
  CHECK(replayed.digest == state.digest);
  CHECK(replayed.seq == 1);
}

TEST_CASE("an equal start gets the saga that holds the key") {
  KeyState state;
  (void)advance(state, {"saga-1", "digest-1"});
  const KeyDecision decision = advance(state, {"saga-2", "digest-1"});
  CHECK(decision.kind == KeyDecision::Kind::kKnown);
  CHECK(decision.saga_id == "saga-1");
  CHECK(decision.events.empty());
}

TEST_CASE("a start with another input is a conflict") {
  KeyState state;
  (void)advance(state, {"saga-1", "digest-1"});
  const KeyDecision decision = advance(state, {"saga-2", "digest-2"});
  CHECK(decision.kind == KeyDecision::Kind::kConflict);
  CHECK(decision.saga_id == "saga-1");
  CHECK(decision.events.empty());
  CHECK(state.seq == 1);
}

TEST_CASE("a key belongs to its definition, and equal inputs have one digest") {
  CHECK(key_entity_id("shop.Order", "O1") == "key/default/shop.Order/O1");
  CHECK(input_digest("{\"a\":1}") == input_digest("{\"a\":1}"));
  CHECK(input_digest("{\"a\":1}") != input_digest("{\"a\":2}"));
}

TEST_CASE("a key's events are read back, corrupt ones refused") {
  const std::vector<KeyEvent> events = {{1, "saga-1", "digest-1"}};
  CHECK(encode_events(events) ==
        R"([{"seq":1,"kind":"claimed","saga_id":"saga-1","digest":"digest-1"}])");
  const auto read = decode_key_events(encode_events(events));
  REQUIRE(read.has_value());
  CHECK(encode_events(*read) == encode_events(events));
  CHECK(encode(KeyClaim{"saga-1", "digest-1"}) ==
        R"({"kind":"claim","saga_id":"saga-1","digest":"digest-1"})");
  for (const char* bad : {"", "{}", "[1]", R"([{"seq":1,"kind":"claimed","saga_id":"s"}])",
                          R"([{"seq":1,"kind":"freed","saga_id":"s","digest":"d"}])",
                          R"([{"seq":-1,"kind":"claimed","saga_id":"s","digest":"d"}])"}) {
    CAPTURE(std::string(bad));
    const auto refused = decode_key_events(bad);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == base::ErrorCode::kCorrupt);
  }
}

}  // namespace saga::core::entity
