// What comes from a file or a participant, on any bytes: JSON, times, amounts, and the stored forms
// of the core. What is read is written again, and reads the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/assert.hpp"
#include "engine/base/decimal.hpp"
#include "engine/base/json.hpp"
#include "engine/base/time.hpp"
#include "engine/core/definition_codec.hpp"
#include "engine/core/event.hpp"
#include "engine/core/machine.hpp"

namespace {

namespace base = saga::base;
namespace core = saga::core;

void check_plain(std::string_view text) {
  if (const auto json = base::parse_json(text, {65'536, 64})) {
    const base::JsonText compact = base::to_text(*json);
    const auto again = base::parse_json(compact, {65'536 * 8, 64});
    SAGA_ASSERT(again && base::to_text(*again) == compact);
  }
  if (const auto time = base::parse_time(text)) {
    SAGA_ASSERT(base::parse_time(base::format_time(*time)).has_value());
  }
  if (const auto duration = base::parse_duration(text)) {
    SAGA_ASSERT(*base::parse_duration(base::format_duration(*duration)) == *duration);
  }
  if (const auto amount = base::Decimal::parse(text)) {
    SAGA_ASSERT(*base::Decimal::parse(amount->to_string()) == *amount);
  }
}

// Any events may be folded: what doesn't fit marks the state, and nothing else happens.
void check_events(std::string_view text) {
  const core::RowHead row{"01930000-0000-7000-8000-000000000001", 1, base::TimePoint{}};
  const auto events = core::decode_row_events(text, row);
  if (!events) return;
  const base::JsonText stored = core::encode_row_events(*events, row);
  const auto again = core::decode_row_events(stored, row);
  SAGA_ASSERT(again && core::encode_row_events(*again, row) == stored);
  core::State state;
  for (const core::Event& event : *events) core::apply(state, event);
  (void)state.status();
  (void)core::next_due(state);
  (void)core::current_steps(state);
}

void check_stored(std::string_view text) {
  check_events(text);
  if (const auto input = core::decode_input(text)) {
    const base::JsonText stored = core::encode(*input);
    const auto again = core::decode_input(stored);
    SAGA_ASSERT(again && core::encode(*again) == stored);
  }
  if (const auto definition = core::decode_definition(text)) {
    const std::string stored = core::encode(*definition);
    const auto again = core::decode_definition(stored);
    SAGA_ASSERT(again && core::encode(*again) == stored);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_plain(text);
  check_stored(text);
  return 0;
}
