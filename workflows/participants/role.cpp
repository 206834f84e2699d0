#include "workflows/participants/role.hpp"

#include <nlohmann/json.hpp>

namespace saga::demo {

const Operation* Role::find(std::string_view operation) const {
  for (const Operation& candidate : operations) {
    if (candidate.name == operation) return &candidate;
  }
  return nullptr;
}

std::optional<Role> find_role(std::string_view name) {
  for (Role (*make)() : {orders_role, inventory_role, payments_role, delivery_role}) {
    Role role = make();
    if (role.name == name) return role;
  }
  return std::nullopt;
}

}  // namespace saga::demo
