#include <nlohmann/json.hpp>

#include "workflows/participants/arguments.hpp"
#include "workflows/participants/database.hpp"
#include "workflows/participants/role.hpp"

namespace saga::demo {

namespace {

using participant::Answer;
using participant::defect;
using participant::done;
using participant::json_string;
using participant::rejected;

// Any sku is in the catalogue with this many pieces, but "none", of which there never are any.
constexpr std::int64_t kFirstDelivery = 1'000'000;

constexpr const char* kTables =
    "CREATE TABLE IF NOT EXISTS stock ("
    "  sku TEXT PRIMARY KEY, delivered INTEGER NOT NULL, available INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS reservations ("
    "  id INTEGER PRIMARY KEY, order_id TEXT NOT NULL, sku TEXT NOT NULL, quantity INTEGER NOT "
    "NULL,"
    "  state TEXT NOT NULL);"
    "CREATE INDEX IF NOT EXISTS reservations_order ON reservations (order_id);";

std::int64_t available(sqlite3* db, const std::string& sku) {
  execute(db, "INSERT INTO stock VALUES (?1, ?2, ?2) ON CONFLICT (sku) DO NOTHING", sku,
          sku == "none" ? 0 : kFirstDelivery);
  Rows rows(db, "SELECT available FROM stock WHERE sku = ?1", sku);
  return rows.next() ? rows.number(0) : 0;
}

Answer reserve(sqlite3* db, Arguments& arguments, const std::string&) {
  const std::string order = arguments.text("order");
  const std::vector<Item> items = arguments.items("items");
  if (!arguments.fault().empty()) return defect(400, "BadArguments", arguments.fault());
  for (const Item& item : items) {
    if (item.quantity <= 0) return defect(400, "BadArguments", "qty must be positive");
    if (available(db, item.sku) < item.quantity) {
      return rejected("OutOfStock", "there is not enough of " + item.sku,
                      ",\"sku\":" + json_string(item.sku));
    }
    execute(db, "UPDATE stock SET available = available - ?2 WHERE sku = ?1", item.sku,
            item.quantity);
    execute(db,
            "INSERT INTO reservations (order_id, sku, quantity, state) "
            "VALUES (?1, ?2, ?3, 'reserved')",
            order, item.sku, item.quantity);
  }
  return done();
}

Answer release(sqlite3* db, Arguments& arguments, const std::string&) {
  const std::string order = arguments.text("order");
  if (!arguments.fault().empty()) return defect(400, "BadArguments", arguments.fault());
  execute(db,
          "UPDATE stock SET available = available + (SELECT sum(quantity) FROM reservations r "
          "  WHERE r.order_id = ?1 AND r.sku = stock.sku AND r.state = 'reserved') "
          "WHERE sku IN (SELECT sku FROM reservations WHERE order_id = ?1 AND state = 'reserved')",
          order);
  execute(db, "UPDATE reservations SET state = 'released' WHERE order_id = ?1", order);
  return done();
}

nlohmann::json live_orders(sqlite3* db) {
  nlohmann::json orders = nlohmann::json::array();
  Rows rows(db,
            "SELECT DISTINCT order_id FROM reservations WHERE state = 'reserved' "
            "ORDER BY order_id");
  while (rows.next()) orders.push_back(rows.text(0));
  return orders;
}

nlohmann::json ledger(sqlite3* db) {
  bool balanced = true;
  nlohmann::json stock = nlohmann::json::array();
  Rows levels(db,
              "SELECT sku, delivered, available, (SELECT coalesce(sum(quantity), 0) "
              "  FROM reservations r WHERE r.sku = stock.sku AND r.state = 'reserved') "
              "FROM stock ORDER BY sku");
  while (levels.next()) {
    balanced = balanced && levels.number(1) == levels.number(2) + levels.number(3);
    stock.push_back({{"sku", levels.text(0)},
                     {"delivered", levels.number(1)},
                     {"available", levels.number(2)},
                     {"reserved", levels.number(3)}});
  }
  nlohmann::json entries = nlohmann::json::array();
  Rows rows(db, "SELECT order_id, sku, quantity, state FROM reservations ORDER BY id");
  while (rows.next()) {
    entries.push_back({{"order", rows.text(0)},
                       {"sku", rows.text(1)},
                       {"qty", rows.number(2)},
                       {"state", rows.text(3)}});
  }
  return {{"role", "inventory"},  {"live", live_orders(db)}, {"pending", nlohmann::json::array()},
          {"balanced", balanced}, {"stock", stock},          {"entries", entries}};
}

}  // namespace

Role inventory_role() {
  return Role{"inventory",
              kTables,
              {{"reserve", Kind::kWrite, reserve}, {"release", Kind::kWrite, release}},
              ledger};
}

}  // namespace saga::demo
