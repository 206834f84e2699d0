#include "engine/core/type_codec.hpp"

#include <algorithm>
#include <charconv>

#include "engine/base/ids.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/names.hpp"
#include "engine/core/builtin.hpp"

namespace saga::core {

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

const char* kind_name(Json::Kind kind) {
  static constexpr const char* kNames[] = {"null",     "a bool",   "a number",
                                           "a string", "an array", "an object"};
  return kNames[static_cast<std::size_t>(kind)];
}

class Decoder {
 public:
  Decoder(const Definition& definition, Strictness strictness)
      : definition_(definition), strictness_(strictness) {}

  Result<Value> read(TypeId id, const Json& json);
  [[nodiscard]] std::uint32_t dropped() const { return dropped_; }

 private:
  Result<Value> plain(const Type& type, TypeId id, const Json& json);
  Result<Value> text(const Type& type, TypeId id, const Json& json);
  Result<Value> integer(TypeId id, const Json& json);
  Result<Value> decimal(TypeId id, const Json& json);
  Result<Value> money(TypeId id, const Json& json);
  Result<Value> list(const Type& type, TypeId id, const Json& json);
  Result<Value> map(const Type& type, TypeId id, const Json& json);
  Result<std::string> map_key(const Type& type, const std::string& name);
  Result<base::Fields> fields(const std::vector<FieldType>& declared, const Json& json,
                              std::string_view tag);
  Result<Value> missing(const FieldType& field);
  Result<Value> tagged_union(const Type& type, TypeId id, const Json& json);
  Result<Value> error(const Type& type, const Json& json);
  Result<Value> refined(const Type& type, TypeId id, Value value);
  Result<Value> any(const Json& json);

  base::Unexpected mismatch(TypeId wanted, const std::string& found) const;
  std::string described(TypeId wanted) const;
  [[nodiscard]] std::string place() const {
    return path_.empty() ? "the value" : "`" + path_ + "`";
  }

  // Extends the path for as long as it lives.
  class At {
   public:
    At(std::string& path, const std::string& part) : path_(path), length_(path.size()) {
      if (!path.empty() && part[0] != '[') path += '.';
      path += part;
    }
    ~At() { path_.resize(length_); }
    At(const At&) = delete;
    At& operator=(const At&) = delete;

   private:
    std::string& path_;
    std::size_t length_;
  };

  const Definition& definition_;
  Strictness strictness_;
  std::string path_;
  std::uint32_t dropped_ = 0;
};

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

Result<Value> Decoder::integer(TypeId id, const Json& json) {
  if (json.kind != Json::Kind::kNumber) return mismatch(id, kind_name(json.kind));
  std::int64_t number = 0;
  const char* end = json.text.data() + json.text.size();
  const auto [stop, error] = std::from_chars(json.text.data(), end, number);
  if (error == std::errc{} && stop == end) return Value(number);
  // 3.0 and 1e3 are whole numbers, too.
  Result<base::Decimal> exact = base::Decimal::parse(json.text);
  if (!exact) return mismatch(id, json.text.substr(0, 40));
  Result<std::int64_t> whole = exact->to_integer();
  if (!whole) return mismatch(id, json.text.substr(0, 40));
  return Value(*whole);
}

Result<Value> Decoder::decimal(TypeId id, const Json& json) {
  if (json.kind != Json::Kind::kNumber && json.kind != Json::Kind::kString) {
    return mismatch(id, kind_name(json.kind));
  }
  Result<base::Decimal> decimal = base::Decimal::parse(json.text);
  if (!decimal) return mismatch(id, "`" + json.text.substr(0, 40) + "`");
  return Value(*decimal);
}

Result<base::Date> parse_date(std::string_view text) {
  Result<base::TimePoint> time =
      text.size() == 10 ? base::parse_time(std::string(text) + "T00:00:00Z") : base::parse_time("");
  if (!time) return base::fail(time.error());
  return base::Date{std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(*time))};
}

bool is_base64(std::string_view text) {
  if (text.size() % 4 != 0) return false;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  return std::all_of(text.begin(), text.end() - static_cast<std::ptrdiff_t>(padding), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
  });
}

Result<Value> Decoder::text(const Type& type, TypeId id, const Json& json) {
  if (json.kind != Json::Kind::kString) return mismatch(id, kind_name(json.kind));
  const std::string found = "`" + json.text.substr(0, 40) + "`";
  switch (type.kind) {
    case TypeKind::kTime: {
      Result<base::TimePoint> time = base::parse_time(json.text);
      return time ? Result<Value>(Value(*time)) : mismatch(id, found);
    }
    case TypeKind::kDate: {
      Result<base::Date> date = parse_date(json.text);
      return date ? Result<Value>(Value(*date)) : mismatch(id, found);
    }
    case TypeKind::kDuration: {
      Result<base::Duration> duration = base::parse_duration(json.text);
      return duration ? Result<Value>(Value(*duration)) : mismatch(id, found);
    }
    case TypeKind::kUuid: {
      std::string lower = json.text;
      for (char& c : lower) c = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
      if (!base::is_uuid(lower)) return mismatch(id, found);
      return Value(std::move(lower));
    }
    case TypeKind::kBytes:
      if (!is_base64(json.text)) return mismatch(id, found);
      return Value(json.text);
    case TypeKind::kEnum:
      if (std::find(type.cases.begin(), type.cases.end(), json.text) == type.cases.end()) {
        return mismatch(id, found);
      }
      return Value(json.text);
    default: return Value(json.text);
  }
}

Result<Value> Decoder::money(TypeId id, const Json& json) {
  if (json.kind != Json::Kind::kObject) return mismatch(id, kind_name(json.kind));
  const Json* amount = json.find("amount");
  const std::optional<std::string> currency = json.string("currency");
  const bool shaped =
      amount != nullptr && currency && currency->size() == 3 &&
      (amount->kind == Json::Kind::kString || amount->kind == Json::Kind::kNumber) &&
      std::all_of(currency->begin(), currency->end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  Result<base::Decimal> decimal = base::Decimal::parse(shaped ? amount->text : "");
  if (!decimal) return mismatch(id, base::to_text(json).substr(0, 60));
  return Value(base::Money{*decimal, *currency});
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

Result<Value> Decoder::tagged_union(const Type& type, TypeId id, const Json& json) {
  if (json.kind != Json::Kind::kObject) return mismatch(id, kind_name(json.kind));
  const std::optional<std::string> tag = json.string("case");
  const auto found = tag ? std::find(type.cases.begin(), type.cases.end(), *tag) : type.cases.end();
  if (found == type.cases.end()) return mismatch(id, "an object without a known `case`");
  const TypeId record = type.case_types[static_cast<std::size_t>(found - type.cases.begin())];
  Result<base::Fields> read_fields = fields(definition_.types[record].fields, json, "case");
  if (!read_fields) return base::fail(read_fields.error());
  return Value::union_case(*tag, std::move(*read_fields));
}

// An error keeps its message; of an error of unknown type only name and message are known.
Result<Value> Decoder::error(const Type& type, const Json& json) {
  base::Fields out;
  const std::string name = json.string("error").value_or("");
  const bool own_message =
      std::any_of(type.fields.begin(), type.fields.end(),
                  [](const FieldType& field) { return field.name == "message"; });
  if (!own_message) out.push_back({"message", Value(json.string("message").value_or(name))});
  for (const FieldType& field : type.fields) {
    const At at(path_, field.name);
    const Json* member = json.find(field.name);
    Result<Value> value = member != nullptr ? read(field.type, *member) : missing(field);
    if (!value) return value;
    out.push_back({field.name, std::move(*value)});
  }
  return Value::error(name, std::move(out));
}

// JSON of no declared type: numbers as exact decimals or ints, the rest as it stands.
Result<Value> Decoder::any(const Json& json) {
  switch (json.kind) {
    case Json::Kind::kNull: return Value();
    case Json::Kind::kBool: return Value(json.boolean);
    case Json::Kind::kString: return Value(json.text);
    case Json::Kind::kNumber: {
      std::int64_t number = 0;
      const char* end = json.text.data() + json.text.size();
      const auto [stop, error] = std::from_chars(json.text.data(), end, number);
      if (error == std::errc{} && stop == end) return Value(number);
      Result<base::Decimal> exact = base::Decimal::parse(json.text);
      if (!exact)
        return base::fail(base::ErrorCode::kTypeMismatch, place() + " is too large a number");
      return Value(*exact);
    }
    case Json::Kind::kArray: {
      base::List items;
      for (const Json& item : json.items) {
        Result<Value> value = any(item);
        if (!value) return value;
        items.push_back(std::move(*value));
      }
      return Value(std::move(items));
    }
    case Json::Kind::kObject: {
      base::Fields members;
      for (const auto& [name, member] : json.members) {
        Result<Value> value = any(member);
        if (!value) return value;
        members.push_back({name, std::move(*value)});
      }
      return Value::record(std::move(members));
    }
  }
  return Value();
}

}  // namespace

Result<Decoded> decode(const Definition& definition, TypeId type, const Json& json,
                       Strictness strictness) {
  Decoder decoder(definition, strictness);
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
