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

// Double entry: each movement takes from one account what it gives to another, in cents.
constexpr const char* kTables =
    "CREATE TABLE IF NOT EXISTS holds ("
    "  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, order_id TEXT NOT NULL,"
    "  cents INTEGER NOT NULL, currency TEXT NOT NULL, state TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS charges ("
    "  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, hold INTEGER NOT NULL,"
    "  order_id TEXT NOT NULL, cents INTEGER NOT NULL, currency TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS movements ("
    "  id INTEGER PRIMARY KEY, order_id TEXT NOT NULL, account TEXT NOT NULL,"
    "  cents INTEGER NOT NULL, currency TEXT NOT NULL);";

Answer declined(const std::string& reason) {
  return rejected("Declined", "the card was declined: " + reason,
                  ",\"reason\":" + json_string(reason));
}

struct Hold {
  std::int64_t id = 0;
  std::string order;
  Money amount;
  std::string state;  // authorised, captured, voided; empty if there is no such hold
};

// `value` is what `column` holds: the number of a hold, or the key that it was made with.
template <class Value>
Hold find_hold(sqlite3* db, const std::string& column, const Value& value) {
  Rows rows(db, "SELECT id, order_id, cents, currency, state FROM holds WHERE " + column + " = ?1",
            value);
  if (!rows.next()) return {};
  return {rows.number(0), rows.text(1), {rows.number(2), rows.text(3)}, rows.text(4)};
}

// "H7" is 7; anything else is 0, which no hold has.
std::int64_t number_of(const std::string& hold) {
  if (hold.size() < 2 || hold.size() > 16 || hold[0] != 'H') return 0;
  std::int64_t number = 0;
  for (const char c : hold.substr(1)) {
    if (c < '0' || c > '9') return 0;
    number = number * 10 + (c - '0');
  }
  return number;
}

void move(sqlite3* db, const std::string& order, const char* from, const char* to,
          const Money& amount) {
  constexpr const char* kInsert =
      "INSERT INTO movements (order_id, account, cents, currency) VALUES (?1, ?2, ?3, ?4)";
  execute(db, kInsert, order, from, -amount.cents, amount.currency);
  execute(db, kInsert, order, to, amount.cents, amount.currency);
}

Answer authorise(sqlite3* db, Arguments& arguments, const std::string& key) {
  const std::string order = arguments.text("order");
  const std::string card = arguments.text("card");
  const Money amount = arguments.money("amount");
  if (!arguments.fault().empty()) return defect(400, "BadArguments", arguments.fault());
  if (card == "declined") return declined("no funds");
  if (amount.cents <= 0) return declined("the amount must be positive");
  execute(db,
          "INSERT INTO holds (key, order_id, cents, currency, state) "
          "VALUES (?1, ?2, ?3, ?4, 'authorised')",
          key, order, amount.cents, amount.currency);
  const std::string hold = 'H' + std::to_string(sqlite3_last_insert_rowid(db));
  move(db, order, "buyer", "held", amount);
  return done(json_string(hold));
}

Answer void_hold(sqlite3* db, const Hold& hold) {
  if (hold.state == "captured") {
    return defect(409, "AlreadyCaptured", "the money of this hold was taken: refund it instead");
  }
  if (hold.state != "authorised") return done();
  execute(db, "UPDATE holds SET state = 'voided' WHERE id = ?1", hold.id);
  move(db, hold.order, "held", "buyer", hold.amount);
  return done();
}

Answer void_(sqlite3* db, Arguments& arguments, const std::string&) {
  const std::string hold = arguments.text("hold");
  if (!arguments.fault().empty()) return defect(400, "BadArguments", arguments.fault());
  return void_hold(db, find_hold(db, "id", number_of(hold)));
}

Answer void_by_key(sqlite3* db, Arguments& arguments, const std::string&) {
  const std::string key = arguments.text("key");
  if (!arguments.fault().empty()) return defect(400, "BadArguments", arguments.fault());
  return void_hold(db, find_hold(db, "key", key));
}

Answer capture(sqlite3* db, Arguments& arguments, const std::string& key) {
  const std::string name = arguments.text("hold");
  const Money amount = arguments.money("amount");
  if (!arguments.fault().empty()) return defect(400, "BadArguments", arguments.fault());
  const Hold hold = find_hold(db, "id", number_of(name));
  if (hold.state != "authorised") return declined("there is no open hold " + name);
  if (amount.currency != hold.amount.currency || amount.cents <= 0 ||
      amount.cents > hold.amount.cents) {
    return declined("the hold doesn't cover the amount");
  }
  execute(db, "UPDATE holds SET state = 'captured' WHERE id = ?1", hold.id);
  execute(db,
          "INSERT INTO charges (key, hold, order_id, cents, currency) VALUES (?1, ?2, ?3, ?4, ?5)",
          key, hold.id, hold.order, amount.cents, amount.currency);
  const std::string charge = 'C' + std::to_string(sqlite3_last_insert_rowid(db));
  move(db, hold.order, "held", "merchant", amount);
  const Money rest{hold.amount.cents - amount.cents, amount.currency};
  if (rest.cents > 0) move(db, hold.order, "held", "buyer", rest);
  return done(json_string(charge));
}

Answer charge_of(sqlite3* db, Arguments& arguments, const std::string&) {
  const std::string key = arguments.text("key");
  if (!arguments.fault().empty()) return defect(400, "BadArguments", arguments.fault());
  Rows rows(db, "SELECT id FROM charges WHERE key = ?1", key);
  return rows.next() ? done(json_string('C' + std::to_string(rows.number(0)))) : done();
}

nlohmann::json orders_in(sqlite3* db, const char* sql) {
  nlohmann::json orders = nlohmann::json::array();
  Rows rows(db, sql);
  while (rows.next()) orders.push_back(rows.text(0));
  return orders;
}

// The accounts by currency, and whether the movements sum to nothing and agree with the holds.
nlohmann::json accounts_of(sqlite3* db, bool& balanced) {
  nlohmann::json accounts = nlohmann::json::array();
  Rows sums(db,
            "SELECT account, currency, sum(cents) FROM movements GROUP BY account, currency "
            "ORDER BY account, currency");
  while (sums.next()) {
    accounts.push_back(
        {{"account", sums.text(0)}, {"balance", json_of({sums.number(2), sums.text(1)})}});
  }
  Rows check(db,
             "SELECT (SELECT coalesce(sum(cents), 0) FROM movements), "
             "(SELECT coalesce(sum(cents), 0) FROM movements WHERE account = 'held'), "
             "(SELECT coalesce(sum(cents), 0) FROM holds WHERE state = 'authorised'), "
             "(SELECT coalesce(sum(cents), 0) FROM movements WHERE account = 'merchant'), "
             "(SELECT coalesce(sum(cents), 0) FROM charges)");
  balanced = check.next() && check.number(0) == 0 && check.number(1) == check.number(2) &&
             check.number(3) == check.number(4);
  return accounts;
}

nlohmann::json ledger(sqlite3* db) {
  bool balanced = false;
  nlohmann::json accounts = accounts_of(db, balanced);
  nlohmann::json entries = nlohmann::json::array();
  Rows holds(db, "SELECT id, order_id, state, cents, currency FROM holds ORDER BY id");
  while (holds.next()) {
    entries.push_back({{"order", holds.text(1)},
                       {"hold", 'H' + holds.text(0)},
                       {"state", holds.text(2)},
                       {"amount", json_of({holds.number(3), holds.text(4)})}});
  }
  return {{"role", "payments"},
          {"live", orders_in(db, "SELECT DISTINCT order_id FROM charges ORDER BY order_id")},
          {"pending", orders_in(db,
                                "SELECT DISTINCT order_id FROM holds WHERE state = 'authorised' "
                                "ORDER BY order_id")},
          {"balanced", balanced},
          {"accounts", accounts},
          {"entries", entries}};
}

}  // namespace

Role payments_role() {
  return Role{"payments",
              kTables,
              {{"authorise", Kind::kWrite, authorise},
               {"void", Kind::kWrite, void_},
               {"void_by_key", Kind::kWrite, void_by_key},
               {"capture", Kind::kWrite, capture},
               {"charge_of", Kind::kRead, charge_of}},
              ledger};
}

}  // namespace saga::demo
