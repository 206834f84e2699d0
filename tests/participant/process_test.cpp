#include "tests/support/participant.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/folder.hpp"

// The real program over loopback, with its fault switches.

namespace saga::participant::test {

using saga::test::Folder;
using saga::test::Participant;
using saga::test::Reply;

using nlohmann::json;

namespace {

constexpr const char* kItems =
    R"([{"sku":"S1","qty":2,"price":{"amount":"12.50","currency":"CNY"}}])";
const std::string kAddress = R"({"name":"Li","street":"1 Long Street","city":"Hangzhou"})";
const std::string kReserve = std::string(R"({"order":"O1","items":)") + kItems + "}";
const std::string kRelease = R"({"order":"O1"})";
const std::string kAuthorise =
    R"({"order":"O1","card":"tok","amount":{"amount":"37.00","currency":"CNY"}})";
const std::string kCapture = R"({"hold":"H1","amount":{"amount":"37.00","currency":"CNY"}})";
const std::string kCreate = std::string(R"({"order":{"id":"O1","items":)") + kItems +
                            R"(,"address":)" + kAddress + R"(,"card":"tok"}})";

json get(const Participant& process, const std::string& target) {
  return json::parse(process.send("GET", target).body, nullptr, false);
}

void set_fault(const Participant& process, const std::string& fault) {
  const Reply reply = process.send("POST", "/faults", fault);
  REQUIRE_MESSAGE(reply.status == 200, reply.body);
}

void check_books(const Participant& process, const json& live, const json& pending) {
  const json ledger = get(process, "/ledger");
  CHECK(ledger["live"] == live);
  CHECK(ledger["pending"] == pending);
  CHECK(ledger["balanced"] == true);
  for (const json& effect : get(process, "/effects")) CHECK(effect["count"] == 1);
}

}  // namespace

TEST_CASE("each role does its part of an order and has it in its books") {
  const Folder folder;
  const Participant orders("orders", folder.file("orders.db"));
  const Participant inventory("inventory", folder.file("inventory.db"));
  const Participant payments("payments", folder.file("payments.db"));
  const Participant delivery("delivery", folder.file("delivery.db"));
  CHECK(orders.call("create", "S1/create", kCreate).body == "null");
  CHECK(inventory.call("reserve", "S1/reserve", kReserve).status == 200);
  const Reply quote =
      delivery.send("POST", "/quote", R"({"to":)" + kAddress + R"(,"items":)" + kItems + "}");
  CHECK(json::parse(quote.body) ==
        json::parse(R"({"fee":{"amount":"12.00","currency":"CNY"},"eta":"PT72H"})"));
  CHECK(payments.call("authorise", "S1/hold", kAuthorise).body == "\"H1\"");
  CHECK(payments.call("capture", "S1/charge", kCapture).body == "\"C1\"");
  const Reply ship = delivery.call("book", "S1/ship", R"({"order":"O1","to":)" + kAddress + "}");
  CHECK(json::parse(ship.body) == json::parse(R"({"tracking":"T1","eta":"PT72H"})"));
  CHECK(orders.call("confirm", "S1/confirm", kRelease).status == 200);
  for (const Participant* process : {&orders, &inventory, &payments, &delivery}) {
    check_books(*process, json::array({"O1"}), json::array());
  }
}

TEST_CASE("what is compensated leaves nothing behind, repeated and out of order too") {
  const Folder folder;
  const Participant inventory("inventory", folder.file("inventory.db"));
  CHECK(inventory.call("reserve", "S1/reserve", kReserve).status == 200);
  CHECK(inventory.call("reserve", "S1/reserve", kReserve).status == 200);
  CHECK(inventory.call("release", "S1/reserve/compensate", kRelease).status == 200);
  CHECK(inventory.call("release", "S1/reserve/compensate", kRelease).status == 200);
  CHECK(inventory.call("release", "S2/reserve/compensate", kRelease).status == 200);
  const Reply late = inventory.call("reserve", "S2/reserve", kReserve);
  CHECK(late.status == 409);
  CHECK(late.headers.at("Saga-Outcome") == "rejected");
  check_books(inventory, json::array(), json::array());
  CHECK(get(inventory, "/effects").size() == 2);
}

TEST_CASE("an authorisation is voided by its hold, and by the key of one that was never seen") {
  const Folder folder;
  const Participant payments("payments", folder.file("payments.db"));
  CHECK(payments.call("authorise", "S1/hold", kAuthorise).body == "\"H1\"");
  check_books(payments, json::array(), json::array({"O1"}));
  CHECK(payments.call("void", "S1/hold/compensate", R"({"hold":"H1"})").status == 200);
  CHECK(payments.call("authorise", "S2/hold", kAuthorise).body == "\"H2\"");
  CHECK(payments.call("void_by_key", "S2/hold/compensate", R"({"key":"S2/hold"})").status == 200);
  check_books(payments, json::array(), json::array());
}

TEST_CASE("business rules reject with their declared errors and fields") {
  const Folder folder;
  const Participant inventory("inventory", folder.file("inventory.db"));
  const Participant payments("payments", folder.file("payments.db"));
  std::string none = kReserve;
  none.replace(none.find("S1"), 2, "none");
  const json out = json::parse(inventory.call("reserve", "S1/reserve", none).body);
  CHECK(out["error"] == "OutOfStock");
  CHECK(out["sku"] == "none");
  std::string card = kAuthorise;
  card.replace(card.find("tok"), 3, "declined");
  const json no = json::parse(payments.call("authorise", "S1/hold", card).body);
  CHECK(no["error"] == "Declined");
  CHECK(no["reason"] == "no funds");
  check_books(inventory, json::array(), json::array());
}

TEST_CASE("an order with one line out of stock reserves none of the others") {
  const Folder folder;
  const Participant inventory("inventory", folder.file("inventory.db"));
  std::string second = kItems;
  second.replace(second.find("S1"), 2, "none");
  const std::string both = kReserve.substr(0, kReserve.size() - 2) + ',' + second.substr(1) + '}';
  CHECK(inventory.call("reserve", "S1/reserve", both).status == 409);
  check_books(inventory, json::array(), json::array());
  CHECK(get(inventory, "/ledger")["entries"].empty());
}

TEST_CASE("a capture of less than its hold gives the rest back, of more it is declined") {
  const Folder folder;
  const Participant payments("payments", folder.file("payments.db"));
  (void)payments.call("authorise", "S1/hold", kAuthorise);
  std::string capture = kCapture;
  capture.replace(capture.find("37.00"), 5, "37.01");
  CHECK(payments.call("capture", "S1/more", capture).status == 409);
  capture.replace(capture.find("37.01"), 5, "30.5");
  CHECK(payments.call("capture", "S1/less", capture).body == "\"C1\"");
  check_books(payments, json::array({"O1"}), json::array());
  CHECK(get(payments, "/ledger")["accounts"][0]["balance"]["amount"] == "-30.50");
}

TEST_CASE("a captured hold can't be voided: its compensation is a defect, not a silent yes") {
  const Folder folder;
  const Participant payments("payments", folder.file("payments.db"));
  (void)payments.call("authorise", "S1/hold", kAuthorise);
  (void)payments.call("capture", "S1/charge", kCapture);
  const Reply reply = payments.call("void", "S1/hold/compensate", R"({"hold":"H1"})");
  CHECK(reply.status == 409);
  CHECK(json::parse(reply.body)["error"] == "AlreadyCaptured");
  check_books(payments, json::array({"O1"}), json::array());
}

TEST_CASE("money is read exactly from its text, or refused") {
  const Folder folder;
  const Participant payments("payments", folder.file("payments.db"));
  const std::vector<std::pair<std::string, int>> amounts = {
      {R"("37")", 200},     {R"("37.5")", 200},
      {R"("37.000")", 200}, {R"("0.01")", 200},
      {R"(37.00)", 400},    {R"("37.001")", 400},
      {R"("3e1")", 400},    {R"(".5")", 400},
      {R"("5.")", 400},     {R"("")", 400},
      {R"("-")", 400},      {R"("-1")", 409},
      {R"("0.00")", 409},   {R"("1234567890123456")", 400}};
  for (const auto& [amount, status] : amounts) {
    const std::string body =
        R"({"order":"O1","card":"tok","amount":{"currency":"CNY","amount":)" + amount + "}}";
    const Reply reply = payments.call("authorise", "S" + amount + "/hold", body);
    CHECK_MESSAGE(reply.status == status, body);
  }
  const json accounts = get(payments, "/ledger")["accounts"];
  CHECK(accounts[1]["balance"]["amount"] == "111.51");
}

TEST_CASE("a dropped answer is stored: the same key gets it, the resolve tells it") {
  const Folder folder;
  const Participant payments("payments", folder.file("payments.db"));
  (void)payments.call("authorise", "S1/hold", kAuthorise);
  set_fault(payments, R"({"operation":"capture","fault":"drop_answer"})");
  CHECK(payments.call("capture", "S1/charge", kCapture).status == 0);
  const Reply told = payments.call("charge_of", "S1/charge/resolve", R"({"key":"S1/charge"})");
  CHECK(told.body == "\"C1\"");
  CHECK(told.headers.count("Saga-Fenced") == 0);
  CHECK(payments.call("capture", "S1/charge", kCapture).body == "\"C1\"");
  check_books(payments, json::array({"O1"}), json::array());
}

TEST_CASE("a resolve of a capture that never came is null and fenced, the capture is refused") {
  const Folder folder;
  const Participant payments("payments", folder.file("payments.db"));
  (void)payments.call("authorise", "S1/hold", kAuthorise);
  const Reply told = payments.call("charge_of", "S1/charge/resolve", R"({"key":"S1/charge"})");
  CHECK(told.body == "null");
  CHECK(told.headers.at("Saga-Fenced") == "true");
  CHECK(payments.call("capture", "S1/charge", kCapture).status == 409);
  check_books(payments, json::array(), json::array({"O1"}));
}

TEST_CASE("each fault looks as it says and leaves one effect once the call is repeated") {
  const Folder folder;
  const Participant inventory("inventory", folder.file("inventory.db"));
  const std::vector<std::pair<std::string, int>> faults = {
      {R"("fault":"unavailable","retry_after":2)", 503},
      {R"("fault":"error")", 500},
      {R"("fault":"error","when":"after")", 500},
      {R"("fault":"bad_json")", 200},
      {R"("fault":"lock")", 503},
      {R"("fault":"delay","ms":1)", 200},
      {R"("fault":"delay","ms":1,"when":"after")", 200},
      {R"("fault":"drop_answer")", 0}};
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const std::string& fault = faults[i].first;
    const int status = faults[i].second;
    CAPTURE(fault);
    const std::string key = 'S' + std::to_string(i);
    set_fault(inventory, std::string(R"({"operation":"reserve",)") + fault + "}");
    CHECK(inventory.call("reserve", key + "/reserve", kReserve).status == status);
    CHECK(inventory.call("reserve", key + "/reserve", kReserve).body == "null");
    CHECK(inventory.call("release", key + "/reserve/compensate", kRelease).status == 200);
  }
  check_books(inventory, json::array(), json::array());
  CHECK(get(inventory, "/effects").size() == 2 * faults.size());
}

TEST_CASE("an unavailable participant says when to come back, a locked one that nothing was done") {
  const Folder folder;
  const Participant inventory("inventory", folder.file("inventory.db"));
  set_fault(inventory, R"({"operation":"reserve","fault":"unavailable","retry_after":2})");
  CHECK(inventory.call("reserve", "S1/reserve", kReserve).headers.at("Retry-After") == "2");
  set_fault(inventory, R"({"operation":"reserve","fault":"lock"})");
  const Reply locked = inventory.call("reserve", "S1/reserve", kReserve);
  CHECK(locked.headers.at("Saga-Outcome") == "transient");
  CHECK(locked.headers.at("Retry-After") == "1");
}

TEST_CASE("a rejection by a switch is stored, and one of a compensation is not") {
  const Folder folder;
  const Participant inventory("inventory", folder.file("inventory.db"));
  set_fault(inventory, R"({"operation":"reserve","fault":"reject",
                           "error":{"error":"OutOfStock","sku":"S1"}})");
  const Reply first = inventory.call("reserve", "S1/reserve", kReserve);
  CHECK(json::parse(first.body)["sku"] == "S1");
  CHECK(inventory.call("reserve", "S1/reserve", kReserve).body == first.body);
  (void)inventory.call("reserve", "S2/reserve", kReserve);
  set_fault(inventory, R"({"operation":"release","fault":"reject","op":"compensate",
                           "error":{"error":"Settled"}})");
  CHECK(inventory.call("release", "S2/reserve/compensate", kRelease).status == 409);
  CHECK(inventory.call("release", "S2/reserve/compensate", kRelease).status == 200);
  check_books(inventory, json::array(), json::array());
}

TEST_CASE("a process that dies before its commit did nothing, behind it everything, once") {
  for (const std::string when : {"before", "after"}) {
    CAPTURE(when);
    const Folder folder;
    {
      Participant dying(
          "inventory", folder.file("inventory.db"),
          {"--fault", R"({"operation":"reserve","fault":"die","when":")" + when + "\"}"});
      CHECK(dying.call("reserve", "S1/reserve", kReserve).status == 0);
      CHECK(dying.wait(0) == 70);
    }
    const Participant again("inventory", folder.file("inventory.db"));
    CHECK(get(again, "/effects").size() == (when == "after" ? 1 : 0));
    CHECK(again.call("reserve", "S1/reserve", kReserve).status == 200);
    check_books(again, json::array({"O1"}), json::array());
  }
}

TEST_CASE("faults count, skip, last until cleared, and are refused when they make no sense") {
  const Folder folder;
  const Participant delivery("delivery", folder.file("delivery.db"));
  const std::string quote = R"({"to":)" + kAddress + R"(,"items":)" + kItems + "}";
  const auto status = [&] { return delivery.send("POST", "/quote", quote).status; };
  set_fault(delivery, R"({"operation":"quote","fault":"error","skip":1,"times":2})");
  CHECK(std::vector{status(), status(), status(), status()} == std::vector{200, 500, 500, 200});
  set_fault(delivery, R"({"operation":"*","fault":"error","times":0})");
  CHECK(std::vector{status(), status()} == std::vector{500, 500});
  CHECK(delivery.send("DELETE", "/faults").body == "[]");
  CHECK(status() == 200);
  for (const std::string wrong :
       {"", "[]", R"({"operation":"quote"})", R"({"operation":"quote","fault":"burn"})",
        R"({"operation":"fly","fault":"error"})", R"({"operation":"quote","fault":"reject"})",
        R"({"operation":"quote","fault":"error","times":-1})",
        R"({"operation":"quote","fault":"error","mood":1})"}) {
    CAPTURE(wrong);
    CHECK(delivery.send("POST", "/faults", wrong).status == 400);
  }
}

TEST_CASE("wrong requests are answered with what is wrong, and do nothing") {
  const Folder folder;
  const Participant payments("payments", folder.file("payments.db"));
  CHECK(payments.call("authorise", "S1/hold", "[]").status == 400);
  CHECK(payments.call("authorise", "S1/hold", R"({"order":"O1"})").status == 400);
  CHECK(payments.send("POST", "/authorise", kAuthorise).status == 400);
  CHECK(payments.call("fly", "S1/hold", "{}").status == 404);
  CHECK(payments.send("GET", "/authorise").status == 405);
  CHECK(payments.send("POST", "/authorise", std::string(2'000'000, ' ')).status == 413);
  std::string fraction = kAuthorise;
  fraction.replace(fraction.find("37.00"), 5, "37.001");
  const Reply cents = payments.call("authorise", "S1/hold", fraction);
  CHECK(cents.body.find("amount must be money") != std::string::npos);
  CHECK(get(payments, "/effects").empty());
  CHECK(payments.call("authorise", "S1/hold", kAuthorise).status == 200);
  std::string other = kAuthorise;
  other.replace(other.find("37.00"), 5, "38.00");
  CHECK(payments.call("authorise", "S1/hold", other).status == 422);
}

TEST_CASE("a connection is kept, and several are served at once") {
  const Folder folder;
  const Participant orders("orders", folder.file("orders.db"));
  for (const Reply& reply : orders.pipeline("/ledger", 3)) CHECK(reply.status == 200);
  std::vector<std::thread> clients;
  std::vector<int> statuses(16);
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    clients.emplace_back(
        [&, i] { statuses[i] = orders.call("create", "S1/create", kCreate).status; });
  }
  for (std::thread& client : clients) client.join();
  CHECK(statuses == std::vector<int>(16, 200));
  check_books(orders, json::array({"O1"}), json::array());
}

TEST_CASE("asked to end, a process ends with 0 and has kept everything") {
  const Folder folder;
  {
    Participant orders("orders", folder.file("orders.db"));
    CHECK(orders.call("create", "S1/create", kCreate).status == 200);
    CHECK(orders.wait(SIGTERM) == 0);
  }
  const Participant again("orders", folder.file("orders.db"));
  check_books(again, json::array({"O1"}), json::array());
}

}  // namespace saga::participant::test
