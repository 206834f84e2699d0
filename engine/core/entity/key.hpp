#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.hpp"
#include "engine/base/result.hpp"

// The entity behind a saga's `key`: who holds it (LANGUAGE #20, #23). A machine of its own with the
// same advance/apply split and history as a saga; it is claimed in the same batch that starts its
// saga.
namespace saga::core::entity {

// Its machine id: `key/default/<definition>/<key>`; the namespace is `default` until there are
// more.
std::string key_entity_id(std::string_view definition, std::string_view key);

// Stable text by which equal starts are told from others: a UUID derived from the canonical input.
std::string input_digest(std::string_view canonical_input);

struct KeyState {
  std::string saga_id;  // empty while nobody holds it
  std::string digest;
  std::uint64_t seq = 0;
};

struct KeyClaim {
  std::string saga_id;  // of the saga that would be started
  std::string digest;
};

struct KeyEvent {
  std::uint64_t seq = 0;
  std::string saga_id;
  std::string digest;
};

struct KeyDecision {
  enum class Kind : std::uint8_t {
    kGranted,   // events holds one `claimed`, already applied
    kKnown,     // the same start came before: saga_id is its saga
    kConflict,  // another input holds the key: saga_id is its saga
  };
  Kind kind = Kind::kGranted;
  std::string saga_id;
  std::vector<KeyEvent> events;
};

KeyDecision advance(KeyState& state, const KeyClaim& claim);
void apply(KeyState& state, const KeyEvent& event);

// The journal's forms (FORMAT.md, "key").
base::JsonText encode(const KeyClaim& claim);
base::JsonText encode_events(const std::vector<KeyEvent>& events);
base::Result<std::vector<KeyEvent>> decode_key_events(std::string_view json);

}  // namespace saga::core::entity
