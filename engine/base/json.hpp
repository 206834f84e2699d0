#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/base/value.hpp"

namespace saga::base {

// Text that is known to be one valid JSON value: payloads travel so, a tree is built only where
// something inside is read.
using JsonText = std::string;

struct JsonLimits {
  std::size_t max_bytes;  // of the text
  std::size_t max_depth;  // of nesting
};

// A parsed JSON value without types. Numbers keep their text, so that decimals stay exact; members
// keep their order. Duplicate member names are refused by parse_json.
class Json {
 public:
  enum class Kind : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };
  struct Member;

  Kind kind = Kind::kNull;
  bool boolean = false;
  std::string text;             // a number's digits, or a string's characters
  std::vector<Json> items;      // kArray
  std::vector<Member> members;  // kObject

  [[nodiscard]] const Json* find(std::string_view name) const;  // a member, or null
  [[nodiscard]] bool is_null() const { return kind == Kind::kNull; }
  // Typed reads for stored formats: nullopt if the member is absent or of another kind.
  [[nodiscard]] std::optional<std::string> string(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name) const;
  [[nodiscard]] std::optional<bool> flag(std::string_view name) const;
};
// Not a pair: what a pair asks of a type that isn't complete yet is more than clang 14 can answer.
struct Json::Member {
  Member(std::string name, Json value) : first(std::move(name)), second(std::move(value)) {}
  std::string first;  // the name
  Json second;
};

// kInvalidJson with the byte offset for bad text, invalid UTF-8, NaN, depth or size past the limit,
// trailing bytes. Source: nlohmann::json's SAX interface, whose doubles are never used.
Result<Json> parse_json(std::string_view text, JsonLimits limits);
// The same check without building a tree.
Result<void> validate_json(std::string_view text, JsonLimits limits);

// The members of an object as slices of its text, names without their quotes and as they are
// written. Requires: valid JSON. Nullopt if it is no object.
using MemberText = std::pair<std::string_view, std::string_view>;
std::optional<std::vector<MemberText>> split_object(std::string_view json);

// The text with each byte that isn't UTF-8 replaced by U+FFFD: what JsonWriter::string writes.
std::string valid_utf8(std::string text);

// Compact text of a parsed value.
JsonText to_text(const Json& json);

// Appends JSON to a string: the one writer of the engine. Requires well-nested calls: a key before
// each value inside an object. Never validates `raw`.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& string(std::string_view text);  // escapes; invalid UTF-8 becomes U+FFFD
  JsonWriter& integer(std::int64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  JsonWriter& raw(std::string_view json);  // requires: valid JSON
  JsonWriter& value(const Value& value);   // LANGUAGE's JSON forms: decimal as "12.50" …

 private:
  void comma();
  std::string& out_;
};

// LANGUAGE's JSON form of a value (decimal "12.50", money {"amount","currency"}, duration ISO 8601,
// union {"case":…}, error {"error":…,"message":…}).
JsonText to_json(const Value& value);

}  // namespace saga::base
