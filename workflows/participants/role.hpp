#pragma once

#include <sqlite3.h>

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "participant/answer.hpp"

namespace saga::demo {

class Arguments;

// The business of an operation, in the open transaction of `db`. `key` is the call's own key.
// Business errors are answers; a database that fails throws DatabaseError, which rolls back.
using Run = std::function<participant::Answer(sqlite3* db, Arguments&, const std::string& key)>;

enum class Kind {
  kRead,   // runs without a key; called as a resolve, it goes through the barrier
  kWrite,  // needs a key and runs behind the barrier
};

struct Operation {
  std::string_view name;
  Kind kind;
  Run run;
};

// One participant: its tables, its operations, its books.
struct Role {
  std::string_view name;
  const char* tables;
  std::vector<Operation> operations;
  // {"role","live":[orders with a lasting effect],"pending":[orders in between],"balanced":bool,
  //  "entries":[…]} and what else the role counts.
  std::function<nlohmann::json(sqlite3* db)> ledger;

  [[nodiscard]] const Operation* find(std::string_view operation) const;
};

Role orders_role();
Role inventory_role();
Role payments_role();
Role delivery_role();

// One of "orders", "inventory", "payments", "delivery".
std::optional<Role> find_role(std::string_view name);

}  // namespace saga::demo
