#include <algorithm>
#include <charconv>

#include "engine/base/ids.hpp"
#include "engine/core/type_decoder.hpp"

namespace saga::core::detail {

using base::Json;
using base::Result;
using base::Value;

namespace {

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

}  // namespace

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

}  // namespace saga::core::detail
