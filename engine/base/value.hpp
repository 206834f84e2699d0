#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/decimal.hpp"
#include "engine/base/time.hpp"

namespace saga::base {

class Value;

struct Money {
  Decimal amount;
  std::string currency;  // ISO 4217, upper case
  friend bool operator==(const Money&, const Money&) = default;
};

struct Date {
  std::chrono::year_month_day day;
  friend bool operator==(const Date&, const Date&) = default;
  friend auto operator<=>(const Date& left, const Date& right) { return left.day <=> right.day; }
};

using List = std::vector<Value>;

struct Field;
using Fields = std::vector<Field>;

// Why a value is a record: each prints and compares alike, expressions tell them apart.
enum class RecordKind : std::uint8_t { kRecord, kMap, kUnion, kError };

struct Record {
  RecordKind kind = RecordKind::kRecord;
  std::string tag;  // a union's case or an error's name; empty for records and maps
  std::shared_ptr<const Fields> fields;  // never null; declaration order, a map's sorted by key
  // The value of a field, or null if there is none. The pointer lives as long as the record.
  [[nodiscard]] const Value* find(std::string_view name) const;
};

// A value of the language at run time: immutable, cheap to copy (compound values share), without an
// own type: a uuid, an enum and a string are all text; the checker's types tell them apart.
// Thread-safe as any const object.
class Value {
 public:
  using Held = std::variant<std::monostate, bool, std::int64_t, Decimal, std::string, TimePoint,
                            Date, Duration, Money, std::shared_ptr<const List>, Record>;

  Value() = default;  // null
  explicit Value(bool value) : held_(value) {}
  explicit Value(std::int64_t value) : held_(value) {}
  explicit Value(Decimal value) : held_(value) {}
  explicit Value(std::string value) : held_(std::move(value)) {}
  explicit Value(const char* value) : held_(std::string(value)) {}
  explicit Value(TimePoint value) : held_(value) {}
  explicit Value(Date value) : held_(value) {}
  explicit Value(Duration value) : held_(value) {}
  explicit Value(Money value) : held_(std::move(value)) {}
  explicit Value(List items) : held_(std::make_shared<const List>(std::move(items))) {}
  explicit Value(Record record) : held_(std::move(record)) {}

  static Value record(Fields fields);
  static Value map(Fields fields);  // requires: keys sorted and distinct
  static Value union_case(std::string tag, Fields fields);
  static Value error(std::string name, Fields fields);  // fields hold `message` too

  [[nodiscard]] bool is_null() const { return held_.index() == 0; }
  [[nodiscard]] const Held& held() const { return held_; }
  // The held alternative, or null. Example: `if (const auto* text = value.as<std::string>())`.
  template <class T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&held_);
  }
  [[nodiscard]] const List* list() const;
  [[nodiscard]] const Record* record() const { return std::get_if<Record>(&held_); }

  // Equality by amount and structure; a decimal equals an int of the same amount.
  friend bool operator==(const Value& left, const Value& right);

 private:
  Held held_;
};

struct Field {
  std::string name;
  Value value;
  friend bool operator==(const Field&, const Field&) = default;
};

}  // namespace saga::base
