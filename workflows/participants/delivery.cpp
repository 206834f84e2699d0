#include <nlohmann/json.hpp>

#include "workflows/participants/arguments.hpp"
#include "workflows/participants/database.hpp"
#include "workflows/participants/role.hpp"

namespace saga::demo {

namespace {

using participant::Answer;
using participant::defect;
using participant::done;

constexpr const char* kEta = "PT72H";

constexpr const char* kTables =
    "CREATE TABLE IF NOT EXISTS shipments ("
    "  id INTEGER PRIMARY KEY, order_id TEXT NOT NULL, city TEXT NOT NULL, state TEXT NOT NULL);"
    "CREATE INDEX IF NOT EXISTS shipments_order ON shipments (order_id);";

std::string city_in(Arguments& arguments) {
  Arguments address = arguments.object("to");
  (void)address.text("name");
  (void)address.text("street");
  std::string city = address.text("city");
  arguments.adopt(address);
  return city;
}

// A fee of 10.00 and 1.00 for each piece, in the currency of the goods.
Answer quote(sqlite3*, Arguments& arguments, const std::string&) {
  (void)city_in(arguments);
  const std::vector<Item> items = arguments.items("items");
  if (!arguments.fault().empty()) return defect(400, "BadArguments", arguments.fault());
  Money fee{1000, items.empty() ? "CNY" : items.front().price.currency};
  for (const Item& item : items) fee.cents += 100 * item.quantity;
  return done(nlohmann::json({{"fee", json_of(fee)}, {"eta", kEta}}).dump());
}

Answer book(sqlite3* db, Arguments& arguments, const std::string&) {
  const std::string order = arguments.text("order");
  const std::string city = city_in(arguments);
  if (!arguments.fault().empty()) return defect(400, "BadArguments", arguments.fault());
  Rows live(db, "SELECT 1 FROM shipments WHERE order_id = ?1 AND state = 'booked'", order);
  if (live.next()) return defect(409, "AlreadyBooked", "a courier is booked for " + order);
  execute(db, "INSERT INTO shipments (order_id, city, state) VALUES (?1, ?2, 'booked')", order,
          city);
  const std::string tracking = 'T' + std::to_string(sqlite3_last_insert_rowid(db));
  return done(nlohmann::json({{"tracking", tracking}, {"eta", kEta}}).dump());
}

Answer cancel(sqlite3* db, Arguments& arguments, const std::string&) {
  const std::string order = arguments.text("order");
  if (!arguments.fault().empty()) return defect(400, "BadArguments", arguments.fault());
  execute(db, "UPDATE shipments SET state = 'cancelled' WHERE order_id = ?1", order);
  return done();
}

nlohmann::json ledger(sqlite3* db) {
  nlohmann::json live = nlohmann::json::array();
  nlohmann::json entries = nlohmann::json::array();
  Rows rows(db, "SELECT id, order_id, state, city FROM shipments ORDER BY id");
  while (rows.next()) {
    if (rows.text(2) == "booked") live.push_back(rows.text(1));
    entries.push_back({{"order", rows.text(1)},
                       {"tracking", 'T' + rows.text(0)},
                       {"state", rows.text(2)},
                       {"city", rows.text(3)}});
  }
  return {{"role", "delivery"},
          {"live", live},
          {"pending", nlohmann::json::array()},
          {"balanced", true},
          {"entries", entries}};
}

}  // namespace

Role delivery_role() {
  return Role{"delivery",
              kTables,
              {{"quote", Kind::kRead, quote},
               {"book", Kind::kWrite, book},
               {"cancel", Kind::kWrite, cancel}},
              ledger};
}

}  // namespace saga::demo
