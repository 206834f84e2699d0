#include <nlohmann/json.hpp>

#include "workflows/participants/arguments.hpp"
#include "workflows/participants/database.hpp"
#include "workflows/participants/role.hpp"

namespace saga::demo {

namespace {

using participant::Answer;
using participant::defect;
using participant::done;

constexpr const char* kTables =
    "CREATE TABLE IF NOT EXISTS orders ("
    "  id TEXT PRIMARY KEY, state TEXT NOT NULL, total_cents INTEGER NOT NULL,"
    "  currency TEXT NOT NULL, city TEXT NOT NULL) WITHOUT ROWID;";

std::string state_of(sqlite3* db, const std::string& order) {
  Rows rows(db, "SELECT state FROM orders WHERE id = ?1", order);
  return rows.next() ? rows.text(0) : std::string();
}

// The sum of the lines; nothing if it is too large or mixes currencies.
std::optional<Money> total_of(const std::vector<Item>& items) {
  Money total;
  for (const Item& item : items) {
    std::int64_t line = 0;
    if (total.currency.empty()) total.currency = item.price.currency;
    if (item.price.currency != total.currency) return std::nullopt;
    if (__builtin_mul_overflow(item.price.cents, item.quantity, &line)) return std::nullopt;
    if (__builtin_add_overflow(total.cents, line, &total.cents)) return std::nullopt;
  }
  return total;
}

Answer create(sqlite3* db, Arguments& arguments, const std::string&) {
  Arguments order = arguments.object("order");
  Arguments address = order.object("address");
  const std::string id = order.text("id");
  const std::vector<Item> items = order.items("items");
  const std::string city = address.text("city");
  (void)order.text("card");
  order.adopt(address);
  arguments.adopt(order);
  if (!arguments.fault().empty()) return defect(400, "BadArguments", arguments.fault());
  const std::optional<Money> total = total_of(items);
  if (!total) return defect(400, "BadArguments", "order.items must have one currency and a sum");
  const std::string state = state_of(db, id);
  if (!state.empty() && state != "cancelled") {
    return defect(409, "OrderExists", "the order " + id + " is there already: " + state);
  }
  execute(db, "INSERT OR REPLACE INTO orders VALUES (?1, 'created', ?2, ?3, ?4)", id, total->cents,
          total->currency, city);
  return done();
}

Answer cancel(sqlite3* db, Arguments& arguments, const std::string&) {
  const std::string order = arguments.text("order");
  if (!arguments.fault().empty()) return defect(400, "BadArguments", arguments.fault());
  execute(db, "UPDATE orders SET state = 'cancelled' WHERE id = ?1", order);
  return done();
}

Answer confirm(sqlite3* db, Arguments& arguments, const std::string&) {
  const std::string order = arguments.text("order");
  if (!arguments.fault().empty()) return defect(400, "BadArguments", arguments.fault());
  const std::string state = state_of(db, order);
  if (state.empty()) return defect(409, "NoSuchOrder", "there is no order " + order);
  if (state == "cancelled") return defect(409, "OrderCancelled", order + " is cancelled");
  execute(db, "UPDATE orders SET state = 'confirmed' WHERE id = ?1", order);
  return done();
}

nlohmann::json ledger(sqlite3* db) {
  nlohmann::json live = nlohmann::json::array();
  nlohmann::json entries = nlohmann::json::array();
  Rows rows(db, "SELECT id, state, total_cents, currency FROM orders ORDER BY id");
  while (rows.next()) {
    if (rows.text(1) != "cancelled") live.push_back(rows.text(0));
    entries.push_back({{"order", rows.text(0)},
                       {"state", rows.text(1)},
                       {"total", json_of({rows.number(2), rows.text(3)})}});
  }
  return {{"role", "orders"},
          {"live", live},
          {"pending", nlohmann::json::array()},
          {"balanced", true},
          {"entries", entries}};
}

}  // namespace

Role orders_role() {
  return Role{"orders",
              kTables,
              {{"create", Kind::kWrite, create},
               {"cancel", Kind::kWrite, cancel},
               {"confirm", Kind::kWrite, confirm}},
              ledger};
}

}  // namespace saga::demo
