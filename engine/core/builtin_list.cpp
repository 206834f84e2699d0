#include <algorithm>

#include "engine/base/limits.hpp"
#include "engine/core/builtin.hpp"

namespace saga::core::detail {

std::size_t text_size(std::string_view text);  // builtin_text.cpp: in characters

namespace {

using base::List;

Result<Value> size(Caller&, Arguments arguments) {
  if (const List* items = arguments[0].list())
    return Value(static_cast<std::int64_t>(items->size()));
  if (const auto* record = arguments[0].record()) {
    return Value(static_cast<std::int64_t>(record->fields->size()));
  }
  if (const auto* text = arguments[0].as<std::string>()) {
    return Value(static_cast<std::int64_t>(text_size(*text)));
  }
  return wrong_argument("size");
}

Result<Value> contains(Caller&, Arguments arguments) {
  if (const List* items = arguments[0].list()) {
    return Value(std::find(items->begin(), items->end(), arguments[1]) != items->end());
  }
  const auto* text = arguments[0].as<std::string>();
  const auto* part = arguments[1].as<std::string>();
  if (text != nullptr && part != nullptr) return Value(text->find(*part) != std::string::npos);
  return wrong_argument("contains");
}

Result<Value> first(Caller&, Arguments arguments) {
  const List* items = arguments[0].list();
  if (items == nullptr) return wrong_argument("first");
  return items->empty() ? Value() : items->front();
}

Result<Value> last(Caller&, Arguments arguments) {
  const List* items = arguments[0].list();
  if (items == nullptr) return wrong_argument("last");
  return items->empty() ? Value() : items->back();
}

// The first `n` items, or all but them.
template <bool Take>
Result<Value> cut(Caller&, Arguments arguments) {
  const List* items = arguments[0].list();
  const auto* count = arguments[1].as<std::int64_t>();
  if (items == nullptr || count == nullptr || *count < 0)
    return wrong_argument(Take ? "take" : "drop");
  const auto at =
      std::min(static_cast<std::uint64_t>(*count), static_cast<std::uint64_t>(items->size()));
  const auto middle = items->begin() + static_cast<std::ptrdiff_t>(at);
  return Value(Take ? List(items->begin(), middle) : List(middle, items->end()));
}

Result<Value> chunk(Caller&, Arguments arguments) {
  const List* items = arguments[0].list();
  const auto* length = arguments[1].as<std::int64_t>();
  if (items == nullptr || length == nullptr || *length <= 0) return wrong_argument("chunk");
  List chunks;
  for (std::size_t at = 0; at < items->size();) {
    const std::size_t step = std::min(static_cast<std::size_t>(*length), items->size() - at);
    const auto from = items->begin() + static_cast<std::ptrdiff_t>(at);
    chunks.emplace_back(List(from, from + static_cast<std::ptrdiff_t>(step)));
    at += step;
  }
  return Value(std::move(chunks));
}

Result<Value> zip(Caller&, Arguments arguments) {
  const List* left = arguments[0].list();
  const List* right = arguments[1].list();
  if (left == nullptr || right == nullptr) return wrong_argument("zip");
  List pairs;
  for (std::size_t i = 0; i < std::min(left->size(), right->size()); ++i) {
    pairs.push_back(Value::record({{"first", (*left)[i]}, {"second", (*right)[i]}}));
  }
  return Value(std::move(pairs));
}

Result<Value> flatten(Caller&, Arguments arguments) {
  const List* items = arguments[0].list();
  if (items == nullptr) return wrong_argument("flatten");
  List all;
  for (const Value& item : *items) {
    const List* inner = item.list();
    if (inner == nullptr) return wrong_argument("flatten");
    all.insert(all.end(), inner->begin(), inner->end());
  }
  return Value(std::move(all));
}

Result<Value> distinct(Caller& caller, Arguments arguments) {
  const List* items = arguments[0].list();
  if (items == nullptr) return wrong_argument("distinct");
  List kept;
  for (const Value& item : *items) {
    const bool known = std::any_of(kept.begin(), kept.end(), [&](const Value& other) {
      return caller.step().has_value() && other == item;
    });
    if (Result<void> ok = caller.step(); !ok) return base::fail(ok.error());
    if (!known) kept.push_back(item);
  }
  return Value(std::move(kept));
}

Result<Value> get(Caller&, Arguments arguments) {
  const auto* record = arguments[0].record();
  if (record == nullptr) return wrong_argument("get");
  const Value* found = record->find(describe(arguments[1]));
  if (found != nullptr) return *found;
  return arguments.size() > 2 ? arguments[2] : Value();
}

Result<Value> has(Caller&, Arguments arguments) {
  const auto* record = arguments[0].record();
  if (record == nullptr) return wrong_argument("has");
  return Value(record->find(describe(arguments[1])) != nullptr);
}

Result<Value> keys(Caller&, Arguments arguments) {
  const auto* record = arguments[0].record();
  if (record == nullptr) return wrong_argument("keys");
  List names;
  for (const base::Field& field : *record->fields) names.emplace_back(field.name);
  return Value(std::move(names));
}

Result<Value> values(Caller&, Arguments arguments) {
  const auto* record = arguments[0].record();
  if (record == nullptr) return wrong_argument("values");
  List all;
  for (const base::Field& field : *record->fields) all.push_back(field.value);
  return Value(std::move(all));
}

}  // namespace

const std::vector<Row>& list_functions() {
  static const std::vector<Row> rows = {
      {"size", 1, 1, size},         {"contains", 2, 2, contains}, {"first", 1, 1, first},
      {"last", 1, 1, last},         {"take", 2, 2, cut<true>},    {"drop", 2, 2, cut<false>},
      {"chunk", 2, 2, chunk},       {"zip", 2, 2, zip},           {"flatten", 1, 1, flatten},
      {"distinct", 1, 1, distinct},
  };
  return rows;
}

const std::vector<Row>& map_functions() {
  static const std::vector<Row> rows = {
      {"get", 2, 3, get}, {"has", 2, 2, has}, {"keys", 1, 1, keys}, {"values", 1, 1, values}};
  return rows;
}

}  // namespace saga::core::detail
