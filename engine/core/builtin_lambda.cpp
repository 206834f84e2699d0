#include <algorithm>
#include <map>

#include "engine/core/builtin.hpp"

namespace saga::core::detail {
namespace {

using base::List;

// Runs the lambda (argument 1) on each item; `keep(item, result)` says whether to go on.
template <class Keep>
Result<void> each(Caller& caller, Arguments arguments, Keep keep) {
  const List* items = arguments[0].list();
  if (items == nullptr) return defect("a list is wanted here");
  for (const Value& item : *items) {
    if (Result<void> ok = caller.step(); !ok) return ok;
    Result<Value> result = arguments.size() > 1 ? caller.call(1, item) : Result<Value>(item);
    if (!result) return base::fail(result.error());
    if (!keep(item, *result)) return {};
  }
  return {};
}

Result<bool> holds(const Value& value) {
  const bool* flag = value.as<bool>();
  if (flag == nullptr) return defect("a condition is wanted here");
  return *flag;
}

Result<Value> map(Caller& caller, Arguments arguments) {
  List out;
  Result<void> ok = each(caller, arguments, [&](const Value&, const Value& result) {
    out.push_back(result);
    return true;
  });
  if (!ok) return base::fail(ok.error());
  return Value(std::move(out));
}

Result<Value> filter(Caller& caller, Arguments arguments) {
  List out;
  Result<void> bad;
  Result<void> ok = each(caller, arguments, [&](const Value& item, const Value& result) {
    Result<bool> kept = holds(result);
    if (!kept) bad = base::fail(kept.error());
    if (kept && *kept) out.push_back(item);
    return kept.has_value();
  });
  if (!ok || !bad) return base::fail(ok ? bad.error() : ok.error());
  return Value(std::move(out));
}

// Counts the items for which the lambda holds, up to `enough`.
Result<std::int64_t> count_up_to(Caller& caller, Arguments arguments, bool wanted,
                                 std::int64_t enough) {
  std::int64_t found = 0;
  Result<void> bad;
  Result<void> ok = each(caller, arguments, [&](const Value&, const Value& result) {
    Result<bool> held = holds(result);
    if (!held) bad = base::fail(held.error());
    if (held && *held == wanted) ++found;
    return held.has_value() && found < enough;
  });
  if (!ok || !bad) return base::fail(ok ? bad.error() : ok.error());
  return found;
}

Result<Value> any(Caller& caller, Arguments arguments) {
  Result<std::int64_t> found = count_up_to(caller, arguments, true, 1);
  if (!found) return base::fail(found.error());
  return Value(*found > 0);
}

Result<Value> all(Caller& caller, Arguments arguments) {
  Result<std::int64_t> found = count_up_to(caller, arguments, false, 1);
  if (!found) return base::fail(found.error());
  return Value(*found == 0);
}

Result<Value> count(Caller& caller, Arguments arguments) {
  if (arguments.size() == 1) {
    const List* items = arguments[0].list();
    if (items == nullptr) return wrong_argument("count");
    return Value(static_cast<std::int64_t>(items->size()));
  }
  Result<std::int64_t> found = count_up_to(caller, arguments, true, INT64_MAX);
  if (!found) return base::fail(found.error());
  return Value(*found);
}

// Null for the empty list: its kind is the checker's to know.
Result<Value> sum(Caller& caller, Arguments arguments) {
  Value total;
  Result<void> bad;
  Result<void> ok = each(caller, arguments, [&](const Value&, const Value& result) {
    Result<Value> next = total.is_null() ? Result<Value>(result) : add(total, result);
    if (!next) bad = base::fail(next.error());
    if (next) total = *next;
    return next.has_value();
  });
  if (!ok || !bad) return base::fail(ok ? bad.error() : ok.error());
  return total;
}

template <int Sign>
Result<Value> extreme_by(Caller& caller, Arguments arguments) {
  Value best;
  Value best_key;
  bool any_item = false;
  Result<void> bad;
  Result<void> ok = each(caller, arguments, [&](const Value& item, const Value& key) {
    Result<int> order = any_item ? compare(key, best_key) : Result<int>(Sign);
    if (!order) bad = base::fail(order.error());
    if (order && *order * Sign > 0) {
      best = item;
      best_key = key;
      any_item = true;
    }
    return order.has_value();
  });
  if (!ok || !bad) return base::fail(ok ? bad.error() : ok.error());
  return best;
}

Result<Value> sort_by(Caller& caller, Arguments arguments) {
  std::vector<std::pair<Value, Value>> keyed;
  Result<void> ok = each(caller, arguments, [&](const Value& item, const Value& key) {
    keyed.emplace_back(key, item);
    return true;
  });
  if (!ok) return base::fail(ok.error());
  Result<void> bad;
  for (std::size_t i = 1; i < keyed.size() && bad; ++i) {
    Result<int> order = compare(keyed[0].first, keyed[i].first);  // all must have one order
    if (!order) bad = base::fail(order.error());
  }
  if (!bad) return base::fail(bad.error());
  std::stable_sort(keyed.begin(), keyed.end(), [](const auto& left, const auto& right) {
    const Result<int> order = compare(left.first, right.first);
    return order && *order < 0;
  });
  List out;
  for (auto& [key, item] : keyed) out.push_back(std::move(item));
  return Value(std::move(out));
}

Result<Value> group_by(Caller& caller, Arguments arguments) {
  std::map<std::string, List> groups;
  Result<void> ok = each(caller, arguments, [&](const Value& item, const Value& key) {
    groups[describe(key)].push_back(item);
    return true;
  });
  if (!ok) return base::fail(ok.error());
  base::Fields fields;
  for (auto& [name, items] : groups) fields.push_back({name, Value(std::move(items))});
  return Value::map(std::move(fields));
}

// A map from each item's key (argument 1) to the item, or to its value (argument 2). The last one
// wins.
Result<Value> to_map(Caller& caller, Arguments arguments) {
  std::map<std::string, Value> entries;
  Result<void> bad;
  Result<void> ok = each(caller, arguments, [&](const Value& item, const Value& key) {
    Result<Value> value = arguments.size() > 2 ? caller.call(2, item) : Result<Value>(item);
    if (!value) bad = base::fail(value.error());
    if (value) entries.insert_or_assign(describe(key), *value);
    return value.has_value();
  });
  if (!ok || !bad) return base::fail(ok ? bad.error() : ok.error());
  base::Fields fields;
  for (auto& [name, value] : entries) fields.push_back({name, std::move(value)});
  return Value::map(std::move(fields));
}

}  // namespace

const std::vector<Row>& list_lambdas() {
  static const std::vector<Row> rows = {
      {"map", 2, 2, map},
      {"filter", 2, 2, filter},
      {"any", 1, 2, any},
      {"all", 1, 2, all},
      {"count", 1, 2, count},
      {"sum", 1, 2, sum},
      {"min_by", 2, 2, extreme_by<-1>},
      {"max_by", 2, 2, extreme_by<1>},
      {"sort_by", 2, 2, sort_by},
      {"group_by", 2, 2, group_by},
      {"to_map", 2, 3, to_map},
  };
  return rows;
}

}  // namespace saga::core::detail
