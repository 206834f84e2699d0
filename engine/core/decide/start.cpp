#include "engine/base/limits.hpp"
#include "engine/core/decide/decide.hpp"
#include "engine/core/decide/environment.hpp"
#include "engine/core/type_codec.hpp"

namespace saga::core {

namespace {

base::Result<std::string> key_text(const base::Value& value) {
  if (const auto* text = value.as<std::string>()) return *text;
  if (const auto* number = value.as<std::int64_t>()) return std::to_string(*number);
  return base::fail(base::ErrorCode::kDefect, "a saga's key must be a string, an int or a uuid");
}

}  // namespace

base::Result<PreparedStart> prepare_start(const Definition& definition, std::string_view json) {
  base::Result<Decoded> input = decode(definition, definition.input, json, Strictness::kClosed);
  if (!input) return base::fail(input.error());
  PreparedStart prepared;
  prepared.canonical = base::to_json(input->value);
  if (definition.key == kNone) return prepared;
  decide::StartEnvironment environment(definition, *input->value.record(), "", base::TimePoint{},
                                       base::SeededRandom(0));
  base::Result<base::Value> value = evaluate(definition, definition.key, environment);
  if (!value) return base::fail(value.error());
  base::Result<std::string> key = key_text(*value);
  if (!key) return base::fail(key.error());
  if (key->empty()) {
    return base::fail(
        base::ErrorCode::kInvalidArgument,
        "the saga's `key` is empty: the input that it is made from has nothing there");
  }
  if (key->size() > base::limits::kMaxKeyBytes) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      "the saga's `key` has " + std::to_string(key->size()) +
                          " bytes, and may have " + std::to_string(base::limits::kMaxKeyBytes));
  }
  prepared.key = std::move(*key);
  return prepared;
}

namespace decide {

namespace {

base::Result<std::optional<base::TimePoint>> deadline_of(Turn& turn, const StartInput& input,
                                                         const base::Record& parameters) {
  if (turn.definition.deadline == kNone) return std::optional<base::TimePoint>{};
  StartEnvironment environment(turn.definition, parameters, input.saga_id, turn.now,
                               base::SeededRandom(turn.draw()));
  base::Result<base::Value> value =
      evaluate(turn.definition, turn.definition.deadline, environment);
  if (!value) return base::fail(value.error());
  const auto* duration = value->as<base::Duration>();
  if (duration == nullptr)
    return base::fail(base::ErrorCode::kDefect, "the deadline is no duration");
  return std::optional(turn.after(*duration));
}

}  // namespace

namespace {

// The parameters of a start that prepare_start made: their texts stand in the input as they are.
bool bind_prepared(Turn& turn, const StartInput& input, event::Started& started) {
  const std::vector<FieldType>& fields = turn.definition.types[turn.definition.input].fields;
  const bool is_prepared = !input.parent && turn.definition.deadline == kNone;
  const auto members = is_prepared ? base::split_object(input.input) : std::nullopt;
  if (!members || members->size() != fields.size()) return false;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if ((*members)[i].first != fields[i].name) return false;
    started.parameters.push_back(
        Binding{turn.definition.parameters[i], base::JsonText((*members)[i].second)});
  }
  return true;
}

// What keeps the saga from running, or nothing.
std::string bind_parameters(Turn& turn, const StartInput& input, event::Started& started) {
  base::Result<Decoded> decoded =
      decode(turn.definition, turn.definition.input, input.input, Strictness::kOpen);
  if (!decoded) return "the input: " + decoded.error().message;
  const base::Record& parameters = *decoded->value.record();
  for (std::size_t i = 0; i < turn.definition.parameters.size(); ++i) {
    started.parameters.push_back(
        Binding{turn.definition.parameters[i], base::to_json((*parameters.fields)[i].value)});
  }
  base::Result<std::optional<base::TimePoint>> deadline = deadline_of(turn, input, parameters);
  if (!deadline) return "the deadline: " + deadline.error().message;
  started.deadline = *deadline;
  return {};
}

}  // namespace

void start(Turn& turn, const StartInput& input) {
  if (turn.state.exists()) return;
  event::Started started{input, turn.now, {}, std::nullopt};
  std::string defect;
  if (!bind_prepared(turn, input, started)) {
    started.parameters.clear();
    defect = bind_parameters(turn, input, started);
  }
  turn.emit(std::move(started));
  if (!defect.empty()) turn.park(0, defect);
}

}  // namespace decide
}  // namespace saga::core
