#include "engine/core/input.hpp"

#include "engine/core/input_records.hpp"

namespace saga::core {

std::string_view name_of(Phase phase) {
  return detail::kPhaseNames[static_cast<std::size_t>(phase)];
}
std::string_view name_of(Status status) {
  return detail::kStatusNames[static_cast<std::size_t>(status)];
}
std::string_view name_of(Cause cause) {
  return detail::kCauseNames[static_cast<std::size_t>(cause)];
}
std::string_view name_of(OperatorVerb verb) {
  return detail::kVerbNames[static_cast<std::size_t>(verb)];
}

namespace {

template <class Enum, std::size_t N>
std::optional<Enum> find_name(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Status> status_from(std::string_view name) {
  return find_name<Status>(detail::kStatusNames, name);
}
std::optional<Cause> cause_from(std::string_view name) {
  return find_name<Cause>(detail::kCauseNames, name);
}

base::JsonText encode(const Input& input) { return detail::encode_record(input); }

base::Result<Input> decode_input(std::string_view text) {
  base::Result<base::Json> json = base::parse_json(text, detail::kStoredLimits);
  if (!json) return base::fail(base::ErrorCode::kCorrupt, json.error().message);
  return detail::decode_record<Input>(*json, "input");
}

base::JsonText encode(const MessageBody& body) { return detail::encode_record(body); }

base::Result<MessageBody> decode_message(std::string_view text) {
  base::Result<base::Json> json = base::parse_json(text, detail::kStoredLimits);
  if (!json) return base::fail(base::ErrorCode::kCorrupt, json.error().message);
  return detail::decode_record<MessageBody>(*json, "message");
}

}  // namespace saga::core
