#include "tests/mock/shop.hpp"

namespace saga::mock::test {
namespace {

using base::ErrorCode;

const std::string kCharge = "/Payment/charge";
const std::string kFive = R"({"order":"O1","amount":{"amount":"5","currency":"CNY"}})";
const std::string kSample = R"({"number":"sample","total":{"amount":"1","currency":"CNY"}})";

Fault fault(const std::string& text) {
  base::Result<Fault> parsed = parse_fault(text);
  REQUIRE_MESSAGE(parsed.has_value(), (parsed ? "" : parsed.error().message));
  return *parsed;
}

}  // namespace

TEST_CASE("an operation answers a sample, or what was said for it") {
  MockParticipants mocks = shop();
  CHECK(mocks.handle(post(kCharge, kFive, "k1")).body == kSample);
  REQUIRE(mocks.set_answer("Payment.charge",
                           R"({"number":"C1","total":{"amount":"5","currency":"CNY"}})"));
  CHECK(mocks.handle(post(kCharge, kFive, "k2")).body.find("C1") != std::string::npos);
  CHECK(mocks.handle({"GET", "/Payment/charges/O1?kind=a", {}, ""}).body == "null");
  const std::vector<Call> calls = mocks.take_calls();
  REQUIRE(calls.size() == 3);
  CHECK(calls[0].operation == "Payment.charge");
  CHECK(calls[0].op == "action");
  CHECK(calls[2].arguments == "?kind=a");
}

TEST_CASE("a key has one answer, and another request under it is a mistake") {
  MockParticipants mocks = shop();
  const Reply first = mocks.handle(post(kCharge, kFive, "k1"));
  REQUIRE(mocks.set_answer("Payment.charge",
                           R"({"number":"C2","total":{"amount":"5","currency":"CNY"}})"));
  CHECK(mocks.handle(post(kCharge, kFive, "k1")).body == first.body);
  const std::string six = R"({"order":"O1","amount":{"amount":"6","currency":"CNY"}})";
  CHECK(mocks.handle(post(kCharge, six, "k1")).status == 422);
  CHECK(mocks.handle(post(kCharge, kFive, "")).status == 400);
}

TEST_CASE("a rejection is final under its key, and holds the fields of the contract") {
  MockParticipants mocks = shop();
  REQUIRE(mocks.add_fault(fault("Payment.charge=reject:Declined")));
  const Reply first = mocks.handle(post(kCharge, kFive, "k1"));
  CHECK(first.status == 409);
  CHECK(header_of(first, "Saga-Outcome") == "rejected");
  CHECK(first.body ==
        R"({"error":"Declined","message":"Declined by the mock","reason":"sample","code":1})");
  CHECK(mocks.handle(post(kCharge, kFive, "k1")).body == first.body);
  CHECK(mocks.handle(post(kCharge, kFive, "k2")).status == 200);
}

TEST_CASE("what isn't final under a key is tried again") {
  MockParticipants mocks = shop();
  REQUIRE(mocks.add_fault(fault("Payment.charge=reject:Busy")));
  const Reply busy = mocks.handle(post(kCharge, kFive, "k1"));
  CHECK(header_of(busy, "Saga-Outcome") == "transient");
  CHECK(mocks.handle(post(kCharge, kFive, "k1")).status == 200);
  REQUIRE(mocks.add_fault(fault("Printer.drop=reject:Gone")));
  const Headers undo = {{"Saga-Op", "compensate"}, {"Saga-Compensates", "k2"}};
  const std::string order = R"({"order":"O1"})";
  CHECK(mocks.handle(post("/Printer/drop", order, "u2", undo)).status == 409);
  CHECK(mocks.handle(post("/Printer/drop", order, "u2", undo)).status == 200);
}

TEST_CASE("what was taken back is not done, says its resolve") {
  MockParticipants mocks = shop();
  CHECK(mocks.handle(post(kCharge, kFive, "k1")).status == 200);
  const Headers undo = {{"Saga-Op", "compensate"}, {"Saga-Compensates", "k1"}};
  CHECK(mocks.handle(post("/Printer/drop", R"({"order":"O1"})", "u1", undo)).status == 200);
  const Headers asked = {{"Saga-Op", "resolve"}, {"Saga-Compensates", "k1"}};
  const std::string key = R"({"key":"k1"})";
  const Reply told = mocks.handle(post("/Payment/charge_of", key, "r1", asked));
  CHECK(told.body == "null");
  CHECK(header_of(told, "Saga-Fenced") == "true");
  CHECK(mocks.handle(post("/Payment/charge_of", key, "r2", {{"Saga-Op", "resolve"}})).status ==
        400);
  CHECK(mocks.handle(post(kCharge, kFive, "k3", {{"Saga-Op", "bogus"}})).status == 400);
}

TEST_CASE("a lost answer was done: the same key and the resolve say so") {
  MockParticipants mocks = shop();
  REQUIRE(mocks.add_fault(fault("Payment.charge=drop_answer")));
  CHECK(mocks.handle(post(kCharge, kFive, "k1")).drop);
  CHECK_FALSE(mocks.handle(post(kCharge, kFive, "k1")).drop);
  const Headers asked = {{"Saga-Op", "resolve"}, {"Saga-Compensates", "k1"}};
  const std::string key = R"({"key":"k1"})";
  CHECK(mocks.handle(post("/Payment/charge_of", key, "r1", asked)).body == kSample);
}

TEST_CASE("what was asked for before it came never happens") {
  MockParticipants mocks = shop();
  const Headers asked = {{"Saga-Op", "resolve"}, {"Saga-Compensates", "k1"}};
  const Reply reply = mocks.handle(post("/Payment/charge_of", R"({"key":"k1"})", "r1", asked));
  CHECK(reply.body == "null");
  CHECK(header_of(reply, "Saga-Fenced") == "true");
  CHECK(header_of(mocks.handle(post(kCharge, kFive, "k1")), "Saga-Outcome") == "rejected");
}

TEST_CASE("what was compensated before it came never happens") {
  MockParticipants mocks = shop();
  const Headers undo = {{"Saga-Op", "compensate"}, {"Saga-Compensates", "k1"}};
  const std::string order = R"({"order":"O1"})";
  CHECK(mocks.handle(post("/Printer/drop", order, "u1", undo)).status == 200);
  const Reply late = mocks.handle(post("/Printer/print", order, "k1"));
  CHECK(header_of(late, "Saga-Outcome") == "rejected");
}

TEST_CASE("an async operation promises, and its answer goes to the callback or is polled") {
  MockParticipants mocks = shop();
  const std::string order = R"({"order":"O1"})";
  const Headers back = {{"Saga-Callback", "http://127.0.0.1:1/v1/callbacks/t"}};
  const Reply told = mocks.handle(post("/Printer/print", order, "k1", back));
  CHECK(told.status == 202);
  CHECK(told.callback == "http://127.0.0.1:1/v1/callbacks/t");
  CHECK(told.answer == "\"sample\"");
  CHECK(told.outcome == "done");
  REQUIRE(mocks.add_fault(fault("Printer.print=bad_json")));
  CHECK(mocks.handle(post("/Printer/print", order, "k3", back)).answer.find('{') == 0);
  const Reply polled = mocks.handle(post("/Printer/print", order, "k2"));
  CHECK(polled.status == 202);
  const std::string where = header_of(polled, "Location");
  CHECK(mocks.handle({"GET", where, {}, ""}).body == "\"sample\"");
  CHECK(mocks.handle({"GET", where + "0", {}, ""}).status == 404);
}

TEST_CASE("faults come as often as was said, and before the work where nothing is done") {
  MockParticipants mocks = shop();
  REQUIRE(mocks.add_fault(fault("Payment.charge=unavailable*2")));
  REQUIRE(mocks.add_fault(fault("*=delay:250ms*always")));
  const Reply refused = mocks.handle(post(kCharge, kFive, "k1"));
  CHECK(refused.status == 503);
  CHECK(header_of(refused, "Retry-After") == "1");
  CHECK(mocks.handle(post(kCharge, kFive, "k1")).status == 503);
  CHECK(mocks.handle(post(kCharge, kFive, "k1")).delay == std::chrono::milliseconds(250));
  CHECK(mocks.handle({"DELETE", "/-/faults", {}, ""}).status == 204);
  CHECK(mocks.handle(post(kCharge, kFive, "k2")).delay == std::chrono::milliseconds(0));
}

TEST_CASE("faults are switched over HTTP, too") {
  MockParticipants mocks = shop();
  const std::string reject = R"({"operation":"Payment.charge","fault":"reject","times":0,)"
                             R"("error":{"error":"Declined","reason":"no funds"}})";
  CHECK(mocks.handle({"POST", "/-/faults", {}, reject}).status == 204);
  CHECK(mocks.handle({"GET", "/-/faults", {}, ""}).body.find("no funds") != std::string::npos);
  CHECK(mocks.handle(post(kCharge, kFive, "k1")).body.find("no funds") != std::string::npos);
  CHECK(mocks.handle({"PUT", "/-/faults", {}, ""}).status == 405);
  for (const std::string bad :
       {"[]", "{", R"({"operation":"Payment.charge","fault":"break"})",
        R"({"operation":"Payment.charge","fault":"error","often":1})",
        R"({"operation":"Payment.charge","fault":"error","times":-1})",
        R"({"operation":"Payment.charge","fault":"delay"})",
        R"({"operation":"Payment.charge","fault":"reject"})",
        R"({"operation":"Payment.charge","fault":"reject","error":{"error":"Lost"}})",
        R"({"operation":"Payment.chrge","fault":"error"})", R"({"fault":"error"})"}) {
    CAPTURE(bad);
    CHECK(mocks.handle({"POST", "/-/faults", {}, bad}).status == 400);
  }
}

TEST_CASE("what isn't in the contract is refused, and says what there is") {
  MockParticipants mocks = shop();
  const Reply nowhere = mocks.handle(post("/Payment/chrge", kFive, "k1"));
  CHECK(nowhere.status == 404);
  CHECK(nowhere.body.find("POST /Payment/charge") != std::string::npos);
  CHECK(mocks.handle(post(kCharge, R"({"order":1})", "k1")).status == 400);
  CHECK(mocks.set_answer("Payment.chrge", "null").error().code == ErrorCode::kNotFound);
  CHECK(mocks.set_answer("Payment.charge", "3").error().code == ErrorCode::kTypeMismatch);
  CHECK(mocks.add_fault(fault("Printer.drop=reject:Declined")).error().code ==
        ErrorCode::kInvalidArgument);
}

TEST_CASE("a fault that is written wrongly says how it is written") {
  for (const std::string bad :
       {"", "=error", "Payment.charge", "Payment.charge=", "Payment.charge=brake",
        "Payment.charge=delay", "Payment.charge=delay:soon", "Payment.charge=delay:2h",
        "Payment.charge=reject", "Payment.charge=error:x", "Payment.charge=error*",
        "Payment.charge=error*0", "Payment.charge=error*twice", "charge=error"}) {
    CAPTURE(bad);
    CHECK(parse_fault(bad).error().code == ErrorCode::kInvalidArgument);
  }
}

TEST_CASE("a path fits where its holes hold something that is no part of another") {
  CHECK(fits("/a/{id}", "/a/1"));
  CHECK(fits("/a/{id}/b", "/a/1%2F2/b?c=d"));
  CHECK(fits("/a/{x}-{y}", "/a/1-2"));
  CHECK(fits("/a?b={c}", "/a?b=1"));
  CHECK_FALSE(fits("/a/{id}", "/a/"));
  CHECK_FALSE(fits("/a/{id}", "/a/1/2"));
  CHECK_FALSE(fits("/a", "/ab"));
  CHECK_FALSE(fits("/a/{id", "/a/1"));
}

}  // namespace saga::mock::test
