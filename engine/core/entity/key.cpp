#include "engine/core/entity/key.hpp"

#include "engine/base/ids.hpp"
#include "engine/core/input_records.hpp"

namespace saga::core::entity {

std::string key_entity_id(std::string_view definition, std::string_view key) {
  std::string id = "key/default/";
  id.append(definition).append("/").append(key);
  return id;
}

std::string input_digest(std::string_view canonical_input) {
  return base::derive_uuid("input", canonical_input);
}

KeyDecision advance(KeyState& state, const KeyClaim& claim) {
  KeyDecision decision;
  if (!state.saga_id.empty()) {
    decision.kind =
        state.digest == claim.digest ? KeyDecision::Kind::kKnown : KeyDecision::Kind::kConflict;
    decision.saga_id = state.saga_id;
    return decision;
  }
  decision.saga_id = claim.saga_id;
  decision.events.push_back(KeyEvent{state.seq + 1, claim.saga_id, claim.digest});
  apply(state, decision.events.back());
  return decision;
}

void apply(KeyState& state, const KeyEvent& event) {
  state.seq = event.seq;
  state.saga_id = event.saga_id;
  state.digest = event.digest;
}

base::JsonText encode(const KeyClaim& claim) {
  base::JsonText out;
  base::JsonWriter json(out);
  json.begin_object().key("kind").string("claim").key("saga_id").string(claim.saga_id);
  json.key("digest").string(claim.digest).end_object();
  return out;
}

base::JsonText encode_events(const std::vector<KeyEvent>& events) {
  base::JsonText out;
  base::JsonWriter json(out);
  json.begin_array();
  for (const KeyEvent& event : events) {
    json.begin_object().key("seq").integer(static_cast<std::int64_t>(event.seq));
    json.key("kind").string("claimed").key("saga_id").string(event.saga_id);
    json.key("digest").string(event.digest).end_object();
  }
  json.end_array();
  return out;
}

base::Result<std::vector<KeyEvent>> decode_key_events(std::string_view text) {
  base::Result<base::Json> json = base::parse_json(text, detail::kStoredLimits);
  if (!json || json->kind != base::Json::Kind::kArray) {
    return base::fail(base::ErrorCode::kCorrupt, "stored events of a key are no array");
  }
  std::vector<KeyEvent> events;
  for (const base::Json& item : json->items) {
    const std::optional<std::int64_t> seq = item.integer("seq");
    std::optional<std::string> saga_id = item.string("saga_id");
    std::optional<std::string> digest = item.string("digest");
    if (!seq || *seq < 1 || !saga_id || !digest || item.string("kind") != "claimed") {
      return base::fail(base::ErrorCode::kCorrupt, "a stored event of a key can't be read");
    }
    events.push_back({static_cast<std::uint64_t>(*seq), std::move(*saga_id), std::move(*digest)});
  }
  return events;
}

}  // namespace saga::core::entity
