#include "engine/core/type_decoder.hpp"

#include <algorithm>

#include "engine/base/names.hpp"
#include "engine/core/builtin.hpp"
#include "engine/core/expression.hpp"

namespace saga::core::detail {

using base::Json;
using base::Result;
using base::Value;

namespace {

// What `where` sees: the value itself as `it`.
class WhereEnvironment final : public Environment {
 public:
  WhereEnvironment(SlotId slot, const Value& it) : slot_(slot), it_(it) {}
  Result<Value> slot(SlotId wanted) override {
    if (wanted == slot_) return it_;
    return base::fail(base::ErrorCode::kDefect, "only `it` is known in `where`");
  }
  Result<std::string> key_of(NodeId) override {
    return base::fail(base::ErrorCode::kDefect, "no step is known in `where`");
  }
  bool started(NodeId) override { return false; }
  std::string saga_id() override { return {}; }
  std::int64_t attempt() override { return 1; }
  base::TimePoint now() override { return {}; }
  std::uint64_t draw() override { return 0; }

 private:
  SlotId slot_;
  const Value& it_;
};

}  // namespace

const char* kind_name(Json::Kind kind) {
  static constexpr const char* kNames[] = {"null",     "a bool",   "a number",
                                           "a string", "an array", "an object"};
  return kNames[static_cast<std::size_t>(kind)];
}

base::Unexpected Decoder::mismatch(TypeId wanted, const std::string& found) const {
  return base::fail(base::ErrorCode::kTypeMismatch,
                    place() + " must be " + described(wanted) + ", but is " + found);
}

// With the form that JSON has for it, where nobody could guess it.
std::string Decoder::described(TypeId wanted) const {
  const auto example = [](TypeKind kind) -> std::string_view {
    switch (kind) {
      case TypeKind::kDecimal: return R"("12.50")";
      case TypeKind::kMoney: return R"({"amount":"12.50","currency":"CNY"})";
      case TypeKind::kTime: return R"("2026-11-22T08:00:00.000Z")";
      case TypeKind::kDate: return R"("2026-11-22")";
      case TypeKind::kDuration: return R"("PT1H30M")";
      default: return {};
    }
  };
  const std::string_view form = example(definition_.types[wanted].kind);
  const std::string text = describe_type(definition_, wanted);
  return form.empty() ? text : text + " such as " + std::string(form);
}

Result<Value> Decoder::read(TypeId id, const Json& json) {
  const Type& type = definition_.types[id];
  Result<Value> value = plain(type, id, json);
  if (!value || type.where == kNone) return value;
  return refined(type, id, std::move(*value));
}

Result<Value> Decoder::refined(const Type& type, TypeId id, Value value) {
  WhereEnvironment environment(type.where_slot, value);
  Result<Value> holds = evaluate(definition_, type.where, environment);
  const bool* flag = holds ? holds->as<bool>() : nullptr;
  if (flag != nullptr && *flag) return value;
  return mismatch(id, base::to_json(value).substr(0, 80) + ", which breaks its `where`");
}

Result<Value> Decoder::plain(const Type& type, TypeId id, const Json& json) {
  switch (type.kind) {
    case TypeKind::kNothing: return Value();
    case TypeKind::kBool:
      if (json.kind != Json::Kind::kBool) return mismatch(id, kind_name(json.kind));
      return Value(json.boolean);
    case TypeKind::kInt: return integer(id, json);
    case TypeKind::kDecimal: return decimal(id, json);
    case TypeKind::kString:
    case TypeKind::kBytes:
    case TypeKind::kUuid:
    case TypeKind::kTime:
    case TypeKind::kDate:
    case TypeKind::kDuration:
    case TypeKind::kEnum: return text(type, id, json);
    case TypeKind::kMoney: return money(id, json);
    case TypeKind::kJson: return any(json);
    case TypeKind::kOptional:
      if (json.is_null()) return Value();
      return read(type.element, json);
    case TypeKind::kList:
    case TypeKind::kSet: return list(type, id, json);
    case TypeKind::kMap: return map(type, id, json);
    case TypeKind::kRecord: {
      if (json.kind != Json::Kind::kObject) return mismatch(id, kind_name(json.kind));
      Result<base::Fields> read_fields = fields(type.fields, json, "");
      if (!read_fields) return base::fail(read_fields.error());
      return Value::record(std::move(*read_fields));
    }
    case TypeKind::kUnion: return tagged_union(type, id, json);
    case TypeKind::kError:
    case TypeKind::kAnyError:
      if (json.kind != Json::Kind::kObject) return mismatch(id, kind_name(json.kind));
      return error(type, json);
  }
  return mismatch(id, kind_name(json.kind));
}

Result<Value> Decoder::list(const Type& type, TypeId id, const Json& json) {
  if (json.kind != Json::Kind::kArray) return mismatch(id, kind_name(json.kind));
  base::List items;
  items.reserve(json.items.size());
  for (std::size_t i = 0; i < json.items.size(); ++i) {
    const At at(path_, "[" + std::to_string(i) + "]");
    Result<Value> item = read(type.element, json.items[i]);
    if (!item) return item;
    items.push_back(std::move(*item));
  }
  if (type.kind == TypeKind::kSet) {
    std::vector<std::pair<std::string, Value>> keyed;
    for (Value& item : items) keyed.emplace_back(base::to_json(item), std::move(item));
    std::sort(keyed.begin(), keyed.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    items.clear();
    for (std::size_t i = 0; i < keyed.size(); ++i) {
      if (i == 0 || keyed[i].first != keyed[i - 1].first)
        items.push_back(std::move(keyed[i].second));
    }
  }
  return Value(std::move(items));
}

// A member's name as a key of the map's type, in its canonical text.
Result<std::string> Decoder::map_key(const Type& type, const std::string& name) {
  if (type.key == kNone) return name;
  Json json;
  const TypeKind kind = definition_.types[type.key].kind;
  const bool is_number = kind == TypeKind::kInt || kind == TypeKind::kDecimal;
  json.kind = is_number ? Json::Kind::kNumber : Json::Kind::kString;
  if (kind == TypeKind::kBool && (name == "true" || name == "false")) {
    json.kind = Json::Kind::kBool;
    json.boolean = name == "true";
  }
  json.text = name;
  Decoder decoder(definition_, strictness_);
  Result<Value> key = decoder.read(type.key, json);
  if (key) return detail::describe(*key);
  return base::fail(base::ErrorCode::kTypeMismatch, "a key of " + place() + " must be " +
                                                        describe_type(definition_, type.key) +
                                                        ", but is `" + name.substr(0, 40) + "`");
}

Result<Value> Decoder::map(const Type& type, TypeId id, const Json& json) {
  if (json.kind != Json::Kind::kObject) return mismatch(id, kind_name(json.kind));
  base::Fields entries;
  for (const auto& [name, member] : json.members) {
    Result<std::string> key = map_key(type, name);
    if (!key) return base::fail(key.error());
    const At at(path_, "[\"" + name + "\"]");
    Result<Value> value = read(type.element, member);
    if (!value) return value;
    entries.push_back({std::move(*key), std::move(*value)});
  }
  std::sort(entries.begin(), entries.end(),
            [](const base::Field& a, const base::Field& b) { return a.name < b.name; });
  const auto twice = std::adjacent_find(
      entries.begin(), entries.end(),
      [](const base::Field& a, const base::Field& b) { return a.name == b.name; });
  if (twice != entries.end()) return mismatch(id, "a map with the key `" + twice->name + "` twice");
  return Value::map(std::move(entries));
}

Result<Value> Decoder::missing(const FieldType& field) {
  if (field.default_value != kNone) {
    const Value nothing;
    WhereEnvironment environment(kNone, nothing);
    return evaluate(definition_, field.default_value, environment);
  }
  if (definition_.types[field.type].kind == TypeKind::kOptional) return Value();
  return base::fail(base::ErrorCode::kTypeMismatch,
                    place() + " is missing; it must be " + described(field.type));
}

Result<base::Fields> Decoder::fields(const std::vector<FieldType>& declared, const Json& json,
                                     std::string_view tag) {
  base::Fields out;
  out.reserve(declared.size());
  for (const FieldType& field : declared) {
    const At at(path_, field.name);
    const Json* member = json.find(field.name);
    Result<Value> value = member != nullptr ? read(field.type, *member) : missing(field);
    if (!value) return base::fail(value.error());
    out.push_back({field.name, std::move(*value)});
  }
  for (const auto& member : json.members) {
    const std::string& name = member.first;
    const bool known =
        name == tag || std::any_of(declared.begin(), declared.end(),
                                   [&](const FieldType& f) { return f.name == name; });
    if (known) continue;
    if (strictness_ == Strictness::kClosed) {
      const At at(path_, name);
      return base::fail(base::ErrorCode::kTypeMismatch, place() + " is no known field");
    }
    ++dropped_;
  }
  return out;
}

base::Unexpected Decoder::unknown_case(const Type& type, TypeId id,
                                       const std::optional<std::string>& tag) const {
  constexpr std::size_t kMaxNamed = 5;
  std::string known;
  for (std::size_t i = 0; i < std::min(type.cases.size(), kMaxNamed); ++i)
    known += (i == 0 ? "`" : ", `") + type.cases[i] + "`";
  if (type.cases.size() > kMaxNamed) known += " …";
  return mismatch(id, (tag ? "an object of the case `" + tag->substr(0, 40) + "`"
                           : "an object without a `case`") +
                          ", where " + known + " are known");
}

Result<Value> Decoder::tagged_union(const Type& type, TypeId id, const Json& json) {
  if (json.kind != Json::Kind::kObject) return mismatch(id, kind_name(json.kind));
  const std::optional<std::string> tag = json.string("case");
  const auto found = tag ? std::find(type.cases.begin(), type.cases.end(), *tag) : type.cases.end();
  if (found == type.cases.end()) return unknown_case(type, id, tag);
  const TypeId record = type.case_types[static_cast<std::size_t>(found - type.cases.begin())];
  Result<base::Fields> read_fields = fields(definition_.types[record].fields, json, "case");
  if (!read_fields) return base::fail(read_fields.error());
  return Value::union_case(*tag, std::move(*read_fields));
}

// The declared error of that name; null if the definition knows none.
const Type* Decoder::declared_error(const std::string& name) const {
  const auto found = std::ranges::find_if(definition_.types, [&](const Type& type) {
    return type.kind == TypeKind::kError && base::bare_name(type.name) == name;
  });
  return found == definition_.types.end() ? nullptr : &*found;
}

// An error keeps its message. One of any type has the fields that are declared for its name, as far
// as they fit: whoever asks which error it is reads them.
Result<Value> Decoder::error(const Type& type, const Json& json) {
  base::Fields out;
  const std::string name = json.string("error").value_or("");
  const bool is_any = type.kind == TypeKind::kAnyError;
  const Type* declared = is_any ? declared_error(name) : &type;
  const std::vector<FieldType>& fields = declared == nullptr ? type.fields : declared->fields;
  const bool own_message =
      !is_any && std::any_of(fields.begin(), fields.end(),
                             [](const FieldType& field) { return field.name == "message"; });
  if (!own_message) out.push_back({"message", Value(json.string("message").value_or(name))});
  for (const FieldType& field : fields) {
    if (is_any && field.name == "message") continue;
    const At at(path_, field.name);
    const Json* member = json.find(field.name);
    Result<Value> value = member != nullptr ? read(field.type, *member) : missing(field);
    if (!value && is_any) continue;
    if (!value) return value;
    out.push_back({field.name, std::move(*value)});
  }
  return Value::error(name, std::move(out));
}

}  // namespace saga::core::detail
