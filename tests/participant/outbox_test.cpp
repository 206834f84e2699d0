#include "participant/outbox.hpp"

#include <doctest/doctest.h>

#include "tests/participant/bank.hpp"

namespace saga::participant::test {

namespace {

std::int64_t messages(sqlite3* db) {
  Statement count(db, "SELECT count(*) FROM saga_outbox");
  count.next();
  return count.number(0);
}

const OutboxMessage kPaid{"S1/charge/OrderPaid", "order", "O1", "OrderPaid", R"({"order":"O1"})"};

}  // namespace

TEST_CASE("a message of a done action is there, one of a rejected action is not") {
  for (const bool reject : {false, true}) {
    Bank bank;
    REQUIRE(create_outbox(bank.db.get()));
    (void)bank.barrier.run(bank.db.get(), Bank::request(Op::kAction, "{}"), [&](sqlite3* db) {
      REQUIRE(write_outbox(db, kPaid));
      return reject ? rejected("Declined", "no") : done();
    });
    CHECK(messages(bank.db.get()) == (reject ? 0 : 1));
  }
}

TEST_CASE("a message outside a transaction is refused") {
  Bank bank;
  REQUIRE(create_outbox(bank.db.get()));
  CHECK(write_outbox(bank.db.get(), kPaid).code == SQLITE_MISUSE);
  CHECK(messages(bank.db.get()) == 0);
}

TEST_CASE("a second message with the same id is refused") {
  Bank bank;
  REQUIRE(create_outbox(bank.db.get()));
  const Transaction transaction(bank.db.get());
  REQUIRE(write_outbox(bank.db.get(), kPaid));
  CHECK(write_outbox(bank.db.get(), kPaid).code == SQLITE_CONSTRAINT);
}

}  // namespace saga::participant::test
