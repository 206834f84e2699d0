#include "engine/core/type_codec.hpp"

#include <algorithm>

#include "engine/base/limits.hpp"
#include "engine/base/names.hpp"
#include "engine/core/type_decoder.hpp"

namespace saga::core {

using base::Json;
using base::Result;
using base::Value;

Result<Decoded> decode(const Definition& definition, TypeId type, const Json& json,
                       Strictness strictness) {
  detail::Decoder decoder(definition, strictness);
  Result<Value> value = decoder.read(type, json);
  if (!value) return base::fail(value.error());
  return Decoded{std::move(*value), decoder.dropped()};
}

namespace {

// The characters of a JSON string that is written as it reads: ASCII without escapes. Most payloads
// are such, and need no tree.
std::optional<std::string_view> plain_string(std::string_view json) {
  if (json.size() < 2 || json.front() != '"' || json.back() != '"') return std::nullopt;
  const std::string_view inside = json.substr(1, json.size() - 2);
  const bool is_plain = std::all_of(inside.begin(), inside.end(), [](char c) {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
  });
  return is_plain ? std::optional(inside) : std::nullopt;
}

}  // namespace

Result<Decoded> decode(const Definition& definition, TypeId type, std::string_view json,
                       Strictness strictness) {
  if (definition.types[type].kind == TypeKind::kString && definition.types[type].where == kNone) {
    if (const auto text = plain_string(json)) return Decoded{Value(std::string(*text)), 0};
  }
  Result<Json> tree =
      base::parse_json(json, {base::limits::kMaxPayloadBytes, base::limits::kMaxJsonDepth});
  if (!tree) return base::fail(tree.error());
  return decode(definition, type, *tree, strictness);
}

std::string describe_type(const Definition& definition, TypeId id) {
  if (id >= definition.types.size()) return "nothing";
  const Type& type = definition.types[id];
  if (!type.name.empty()) return base::bare_name(type.name);
  const auto of = [&](const char* name) {
    const std::string element = describe_type(definition, type.element);
    const std::size_t article = element.starts_with("an ") ? 3 : element.starts_with("a ") ? 2 : 0;
    return std::string(name) + "<" + element.substr(article) + ">";
  };
  switch (type.kind) {
    case TypeKind::kNothing: return "nothing";
    case TypeKind::kBool: return "a bool";
    case TypeKind::kInt: return "an int";
    case TypeKind::kDecimal: return "a decimal";
    case TypeKind::kString: return "a string";
    case TypeKind::kBytes: return "bytes in base64";
    case TypeKind::kUuid: return "a uuid";
    case TypeKind::kTime: return "a time";
    case TypeKind::kDate: return "a date";
    case TypeKind::kDuration: return "a duration";
    case TypeKind::kMoney: return "money";
    case TypeKind::kJson: return "JSON";
    case TypeKind::kOptional: return describe_type(definition, type.element) + " or null";
    case TypeKind::kList: return of("list");
    case TypeKind::kSet: return of("set");
    case TypeKind::kMap: return of("map");
    case TypeKind::kRecord: return "an object";
    case TypeKind::kEnum: return "an enum";
    case TypeKind::kUnion: return "a union";
    case TypeKind::kError:
    case TypeKind::kAnyError: return "an error";
  }
  return "nothing";
}

}  // namespace saga::core
