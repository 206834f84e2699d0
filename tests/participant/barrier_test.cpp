#include "participant/barrier.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "tests/participant/bank.hpp"

namespace saga::participant::test {

using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

bool says(const Answer& answer, std::string_view part) {
  return answer.body.find(part) != std::string::npos;
}

Answer never_runs(sqlite3*) {
  FAIL("the business ran");
  return done();
}

}  // namespace

TEST_CASE("a repeated action gets the stored answer, byte for byte") {
  Bank bank;
  const Answer first = bank.action();
  const Answer second = bank.action();
  CHECK(first.body == "\"C1\"");
  CHECK(second.body == first.body);
  CHECK(second.status == first.status);
  CHECK(second.repeated);
  CHECK_FALSE(first.repeated);
}

TEST_CASE("a repeated rejection is answered as it was first, and leaves nothing behind") {
  Bank bank;
  bank.reject = true;
  const Answer first = bank.action();
  bank.reject = false;
  const Answer second = bank.action();
  CHECK(second.body == first.body);
  CHECK(second.status == 409);
  CHECK(second.outcome == Outcome::kRejected);
  CHECK(bank.balance() == 0);
}

TEST_CASE("the same key with other arguments is a 422 that no verdict takes for a rejection") {
  Bank bank;
  (void)bank.action();
  const Answer answer = bank.action(R"({"amount":2})");
  CHECK(answer.status == 422);
  CHECK(answer.outcome == Outcome::kDefect);
  CHECK(says(answer, "saga-key-reused"));
  CHECK(says(answer, "S1/charge"));
  CHECK(headers_of(answer).empty());
}

TEST_CASE("a compensation whose key was an action's is refused as a reused key") {
  Bank bank;
  (void)bank.action();
  Request call = Bank::request(Op::kCompensate, "{}");
  call.key = "S1/charge";
  call.compensates = "S1/other";
  CHECK(bank.barrier.run(bank.db.get(), call, never_runs).status == 422);
}

TEST_CASE("a compensation before its action is done, and the action that comes late is refused") {
  Bank bank;
  CHECK(bank.compensation().outcome == Outcome::kDone);
  const Answer late = bank.action();
  CHECK(late.outcome == Outcome::kRejected);
  CHECK(says(late, "saga-compensated"));
  CHECK(bank.compensations == 0);
  CHECK(bank.balance() == 0);
}

TEST_CASE("an empty compensation answers with the operation's own nothing") {
  Bank bank;
  Request call = Bank::request(Op::kCompensate, "{}");
  call.nothing = R"({"refunded":"0.00"})";
  CHECK(bank.barrier.run(bank.db.get(), call, never_runs).body == call.nothing);
}

TEST_CASE("each part of a compensation block runs once") {
  Bank bank;
  (void)bank.action();
  (void)bank.compensation("/void");
  (void)bank.compensation("/mail");
  (void)bank.compensation("/void");
  CHECK(bank.compensations == 2);
}

TEST_CASE("a compensation that is rejected is not stored, so that it may be tried again") {
  Bank bank;
  (void)bank.action();
  const Request call = Bank::request(Op::kCompensate, "{}");
  const Answer first = bank.barrier.run(bank.db.get(), call, [](sqlite3* db) {
    Bank::add(db, -1);
    return rejected("Settled", "too late");
  });
  CHECK(first.outcome == Outcome::kRejected);
  CHECK(bank.balance() == 1);
  CHECK(bank.compensation().outcome == Outcome::kDone);
  CHECK(bank.balance() == 0);
}

TEST_CASE("a compensation of an action in another database is kept as a keyed write") {
  Bank bank;
  Request call = Bank::request(Op::kCompensate, "{}");
  call.compensates.clear();
  int ran = 0;
  const Business business = [&](sqlite3*) { return ++ran, done(); };
  (void)bank.barrier.run(bank.db.get(), call, business);
  CHECK(bank.barrier.run(bank.db.get(), call, business).repeated);
  CHECK(ran == 1);
}

TEST_CASE("a resolve of a done action gives its stored result, without a fence") {
  Bank bank;
  (void)bank.action();
  const Answer answer = bank.resolution();
  CHECK(answer.body == "\"C1\"");
  CHECK_FALSE(answer.fenced);
}

TEST_CASE("a resolve of a done action asks the business, where there is one") {
  Bank bank;
  (void)bank.action();
  const Answer answer = bank.barrier.run(bank.db.get(), Bank::request(Op::kResolve, "{}"),
                                         [](sqlite3*) { return done("\"from the ledger\""); });
  CHECK(answer.body == "\"from the ledger\"");
}

TEST_CASE("a resolve of what never came is null and fenced, and the action is refused for ever") {
  Bank bank;
  const Answer answer = bank.resolution();
  CHECK(answer.body == "null");
  CHECK(answer.fenced);
  CHECK(headers_of(answer) ==
        std::vector<std::pair<std::string, std::string>>{{"Saga-Fenced", "true"}});
  CHECK(says(bank.action(), "saga-fenced"));
  CHECK(bank.resolution().fenced);
  CHECK(bank.balance() == 0);
}

TEST_CASE("an answer that says transient, unknown or defect is rolled back and not stored") {
  for (const Answer& answer :
       {transient("wait", seconds(3)), unknown("who knows"), defect(400, "BadSku", "no")}) {
    Bank bank;
    const Request call = Bank::request(Op::kAction, "{}");
    const Answer seen = bank.barrier.run(bank.db.get(), call, [&](sqlite3* db) {
      Bank::add(db, 1);
      return answer;
    });
    CHECK(seen.body == answer.body);
    CHECK(bank.balance() == 0);
    CHECK_FALSE(bank.action().repeated);
  }
}

TEST_CASE("an exception of the business is rolled back and answered as transient") {
  Bank bank;
  const Request call = Bank::request(Op::kAction, "{}");
  const Answer seen = bank.barrier.run(bank.db.get(), call, [](sqlite3* db) -> Answer {
    Bank::add(db, 1);
    throw std::runtime_error("boom");
  });
  CHECK(seen.outcome == Outcome::kTransient);
  CHECK(bank.balance() == 0);
}

TEST_CASE("a business that commits by itself is found out: the outcome is unknown") {
  Bank bank;
  const Request call = Bank::request(Op::kAction, "{}");
  const Answer seen = bank.barrier.run(bank.db.get(), call, [](sqlite3* db) {
    sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr);
    return done();
  });
  CHECK(seen.outcome == Outcome::kUnknown);
}

TEST_CASE("a pending action answers 202 again until it is finished, then the final answer") {
  Bank bank;
  const Request call = Bank::request(Op::kAction, "{}");
  const Business start = [](sqlite3*) { return accepted(); };
  CHECK(bank.barrier.run(bank.db.get(), call, start).status == 202);
  CHECK(bank.barrier.run(bank.db.get(), call, start).outcome == Outcome::kPending);
  CHECK(bank.resolution().outcome == Outcome::kTransient);
  const Answer end = bank.barrier.finish(bank.db.get(), call.key, [](sqlite3* db) {
    Bank::add(db, 1);
    return done("\"T1\"");
  });
  CHECK(end.body == "\"T1\"");
  CHECK(bank.barrier.run(bank.db.get(), call, start).body == "\"T1\"");
  CHECK(bank.resolution().body == "\"T1\"");
}

TEST_CASE("a pending action that is compensated meanwhile is not finished") {
  Bank bank;
  const Request call = Bank::request(Op::kAction, "{}");
  (void)bank.barrier.run(bank.db.get(), call, [](sqlite3*) { return accepted(); });
  const Answer stop = bank.barrier.run(bank.db.get(), Bank::request(Op::kCompensate, "{}"),
                                       [](sqlite3*) { return done(); });
  CHECK(stop.outcome == Outcome::kDone);
  CHECK(says(bank.barrier.finish(bank.db.get(), call.key, never_runs), "saga-compensated"));
  CHECK(says(bank.barrier.run(bank.db.get(), call, never_runs), "saga-compensated"));
}

TEST_CASE("purging removes the oldest rows before the horizon, up to the limit") {
  Bank bank;
  for (int i = 0; i < 5; ++i) {
    Request call = Bank::request(Op::kAction, "{}");
    call.key = "S" + std::to_string(i) + "/charge";
    call.now = sys_seconds(seconds(100 + i));
    (void)bank.barrier.run(bank.db.get(), call, [](sqlite3*) { return done(); });
  }
  CHECK(bank.barrier.purge(bank.db.get(), sys_seconds(seconds(104)), 3).rows == 3);
  CHECK(bank.barrier.purge(bank.db.get(), sys_seconds(seconds(104)), 3).rows == 1);
  CHECK(bank.barrier.purge(bank.db.get(), sys_seconds(seconds(104)), 3).rows == 0);
}

}  // namespace saga::participant::test
