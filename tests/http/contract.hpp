#pragma once

#include <memory>
#include <string>

#include "engine/core/definition.hpp"
#include "engine/ports/participant_caller.hpp"

namespace saga::http::test {

// The operations of `shop.Payment` that these tests call, by their position in the definition.
enum Operation : core::OperationId {
  kCapture,  // write capture(order, amount) -> string errors Declined, NotFound, Busy (transient)
  kFind,     // read find(order) -> string?
  kTell,     // notify tell(order)
  kBook,     // write book(order) -> string async
  kShow,     // read show(order, line, …) -> string  http GET "orders/{order}/lines/{line}"
  kChange,   // write change(order, …) -> string  http PUT "orders/{order}"
  kRemove,   // write remove(order, …)  http DELETE "orders/{order}"
  kSecured,  // read secured() -> string, of a service with `auth token`
  kOther,    // read other() -> string, of shop.Other
};

std::shared_ptr<core::Definition> contract();

// The moment at which all these tests play.
base::TimePoint test_now();

// The first attempt of an action, with a minute to answer.
ports::CallRequest request(Operation operation, std::string arguments = R"({"order":"O1"})");

}  // namespace saga::http::test
