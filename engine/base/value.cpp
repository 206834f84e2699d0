#include "engine/base/value.hpp"

#include <algorithm>

namespace saga::base {

const Value* Record::find(std::string_view name) const {
  const auto found = std::find_if(fields->begin(), fields->end(),
                                  [&](const Field& field) { return field.name == name; });
  return found == fields->end() ? nullptr : &found->value;
}

namespace {

Value make(RecordKind kind, std::string tag, Fields fields) {
  return Value(Record{kind, std::move(tag), std::make_shared<const Fields>(std::move(fields))});
}

}  // namespace

Value Value::record(Fields fields) { return make(RecordKind::kRecord, {}, std::move(fields)); }
Value Value::map(Fields fields) { return make(RecordKind::kMap, {}, std::move(fields)); }
Value Value::union_case(std::string tag, Fields fields) {
  return make(RecordKind::kUnion, std::move(tag), std::move(fields));
}
Value Value::error(std::string name, Fields fields) {
  return make(RecordKind::kError, std::move(name), std::move(fields));
}

const List* Value::list() const {
  const auto* held = std::get_if<std::shared_ptr<const List>>(&held_);
  return held == nullptr ? nullptr : held->get();
}

bool operator==(const Value& left, const Value& right) {
  if (const List* items = left.list()) {
    const List* others = right.list();
    return others != nullptr && *items == *others;
  }
  if (const Record* record = left.record()) {
    const Record* other = right.record();
    return other != nullptr && record->kind == other->kind && record->tag == other->tag &&
           *record->fields == *other->fields;
  }
  if (const auto* decimal = left.as<Decimal>()) {
    const auto* integer = right.as<std::int64_t>();
    if (integer != nullptr) return *decimal == Decimal(*integer);
  }
  if (const auto* integer = left.as<std::int64_t>()) {
    const auto* decimal = right.as<Decimal>();
    if (decimal != nullptr) return *decimal == Decimal(*integer);
  }
  if (left.held_.index() != right.held_.index()) return false;
  return std::visit(
      [&](const auto& held) {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, Record> ||
                      std::is_same_v<Held, std::shared_ptr<const List>>) {
          return false;  // compared above
        } else {
          return held == *right.as<Held>();
        }
      },
      left.held_);
}

}  // namespace saga::base
