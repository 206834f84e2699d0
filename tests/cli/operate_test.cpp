#include <doctest/doctest.h>

#include <csignal>

#include "tests/cli/shop.hpp"

namespace saga::cli::test {
namespace {

// A saga that has its stock and sleeps, with nobody running it.
void keep(const Shop& shop, const std::string& order) {
  Program program(command(shop.run("Keep", order)));
  REQUIRE(program.wait_for("sleeps until "));
  program.signal(SIGTERM);
  REQUIRE(program.wait().code == 128 + SIGTERM);
}

// A saga whose payment broke its contract: the money is held, and a person is needed.
void get_stuck(Shop& shop, const std::string& saga, const std::string& order) {
  shop.payment().fault(R"({"operation":"authorise","fault":"bad_json"})");
  REQUIRE(saga::test::run(command(shop.run(saga, order))).code == 4);
}

TEST_CASE("cancel with the services compensates") {
  Shop shop;
  keep(shop, "O1");
  const Ended ended =
      saga(shop.with_services({"cancel", "O1", "--reason", "a test", "--actor", "Li Wei"}));
  CHECK(ended.code == 0);
  CHECK(has(ended.out, ": now compensated\n"));
  CHECK(shop.show("O1")["cause"] == "canceled");
  CHECK(has(saga(shop.with_db({"history", "O1"})).out, "cancel requested by Li Wei: a test"));
  shop.check_books(nlohmann::json::array());
}

TEST_CASE("cancel without the services is kept, and done by the next run") {
  Shop shop;
  keep(shop, "O1");
  const Ended ended = saga(shop.with_db({"cancel", "O1", "-o", "json"}));
  CHECK(ended.code == 0);
  CHECK(parse(ended.out)["status"] == "compensating");
  CHECK(saga::test::run(command(shop.run("Keep", "O1"))).code == 3);
  shop.check_books(nlohmann::json::array());
}

TEST_CASE("a verb that the saga's status refuses is a conflict") {
  Shop shop;
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
  const Ended cancel = saga(shop.with_db({"cancel", "O1"}));
  CHECK(cancel.code == 7);
  CHECK(has(cancel.err, "completed"));
  keep(shop, "O2");
  const Ended retry = saga(shop.with_db({"retry", "O2"}));
  CHECK(retry.code == 7);
  CHECK(has(retry.err, "nothing in this saga is parked"));
}

TEST_CASE("a saga that isn't there, and a beginning that fits several, are told apart") {
  Shop shop;
  keep(shop, "O1");
  keep(shop, "O2");
  CHECK(saga(shop.with_db({"cancel", "O3"})).code == 6);
  CHECK(saga(shop.with_db({"cancel", "01234567-89ab-7cde-8123-456789abcdef"})).code == 6);
  const std::string id = shop.show("O1")["id"];
  const std::string other = shop.show("O2")["id"];
  const Ended several = saga(shop.with_db({"show", id.substr(0, 4)}));
  CHECK(several.code == 7);
  CHECK(has(several.err, id + " of shop.sells.Keep"));
  CHECK(has(several.err, other + " of shop.sells.Keep"));
  CHECK(parse(saga(shop.with_db({"show", id, "-o", "json"})).out)["key"] == "O1");
  CHECK(saga({"cancel", "O1"}).code == 2);
}

TEST_CASE("an empty id names no saga, not even where there is only one") {
  Shop shop;
  keep(shop, "O1");
  for (const Words& verb :
       {Words{"show", ""}, Words{"history", ""}, Words{"cancel", ""}, Words{"terminate", ""},
        Words{"retry", ""}, Words{"settle", "", "done"}, Words{"skip", ""}}) {
    const Ended ended = saga(shop.with_db(verb));
    CHECK_MESSAGE(ended.code == 2, verb[0]);
    CHECK(has(ended.err, "the ID is empty"));
  }
  CHECK(shop.show("O1")["status"] == "running");
}

TEST_CASE("a saga is found by its key, even if that looks like an id") {
  Shop shop;
  const std::string key = "01234567-89ab-7cde-8123-456789abcdef";
  keep(shop, key);
  CHECK(shop.show(key)["key"] == key);
  CHECK(saga(shop.with_db({"cancel", key})).code == 0);
}

TEST_CASE("the inbox lists what waits for a person, in each format") {
  Shop shop;
  get_stuck(shop, "Sell", "O1");
  const std::string id = shop.show("O1")["id"];
  const Ended text = saga(shop.with_db({"inbox"}));
  CHECK(text.code == 0);
  CHECK(has(text.out, id + "  hold  2"));
  CHECK(has(text.out, "Z  shop.sells.Sell  O1\n    `authorise` answered "));
  CHECK(has(text.out, "\n    next: saga retry|settle " + id + ", or saga cancel " + id + "\n"));
  const nlohmann::json items = parse(saga(shop.with_db({"inbox", "-o", "json"})).out);
  REQUIRE(items.size() == 1);
  CHECK(items[0]["saga_id"] == id);
  CHECK(items[0]["step"] == "hold");
  CHECK(items[0]["verbs"] == nlohmann::json::array({"retry", "settle", "cancel"}));
  CHECK_FALSE(items[0].contains("undone_by"));
  CHECK(parse(saga(shop.with_db({"inbox", "-o", "jsonl"})).out) == items[0]);
}

TEST_CASE("what a retry does after the deadline is undone, which is told before") {
  Shop shop;
  get_stuck(shop, "SellSoon", "O1");
  const auto item = [&] { return parse(saga(shop.with_db({"inbox", "-o", "json"})).out)[0]; };
  const nlohmann::json since = item()["since"];
  while (!item().contains("undone_by")) {
  }
  CHECK(item()["undone_by"] == "deadline");
  const std::string notice =
      "the saga's deadline has passed: what `hold` does now is compensated right after; "
      "`saga cancel` compensates without doing it";
  CHECK(has(saga(shop.with_db({"inbox"})).out, notice));
  // A run takes note of the deadline; since when a person is needed stays what it was.
  CHECK(saga::test::run(command(shop.run("Sell", "O2"))).code == 0);
  CHECK(shop.show("O1")["updated_at"] > since);
  CHECK(item()["since"] == since);
  CHECK(item()["undone_by"] == "deadline");
  CHECK(shop.show("O1")["parked"][0]["since"] == since);
  const Ended ended = saga(shop.with_services({"retry", "O1"}));
  CHECK(ended.code == 0);
  CHECK(has(ended.err, "notice: " + notice));
  CHECK(has(ended.out, ": now compensated\n"));
  shop.check_books({"O2"});
}

TEST_CASE("a cancel of what is stuck compensates what may have been done") {
  Shop shop;
  get_stuck(shop, "Sell", "O1");
  const Ended ended = saga(shop.with_services({"cancel", "O1"}));
  CHECK(ended.code == 0);
  CHECK(has(ended.out, ": now compensated\n"));
  shop.check_books(nlohmann::json::array());
}

TEST_CASE("a cancel that waits for a pivot in doubt is seen, and told when it came too late") {
  Shop shop;
  shop.payment().fault(R"({"operation":"capture","fault":"bad_json"})");
  shop.payment().fault(R"({"operation":"charge_of","fault":"bad_json","times":0})");
  REQUIRE(saga(shop.run("Sell", "O1")).code == 4);
  const Ended ended = saga(shop.with_services({"cancel", "O1"}));
  CHECK(ended.code == 4);
  CHECK(has(ended.err, "the cancel is requested; it waits"));
  CHECK(shop.show("O1")["cancel_requested"] == true);
  CHECK(has(saga(shop.with_db({"show", "O1"})).out, "cancel      requested; it waits"));
  CHECK(saga(shop.with_db({"settle", "O1", "done", "--result", "\"C1\""})).code == 0);
  CHECK(shop.show("O1")["status"] == "completed");
  CHECK_FALSE(shop.show("O1").contains("cancel_requested"));
  CHECK(has(saga(shop.with_db({"history", "O1"})).out, "the cancel came too late"));
}

TEST_CASE("an empty inbox is an empty list") {
  Shop shop;
  keep(shop, "O1");
  CHECK(saga(shop.with_db({"inbox", "-o", "json"})).out == "[]\n");
  CHECK(saga(shop.with_db({"inbox", "-o", "jsonl"})).out.empty());
  CHECK(saga(shop.with_db({"inbox"})).out.empty());
}

TEST_CASE("retry sends a parked step again with its key") {
  Shop shop;
  get_stuck(shop, "Sell", "O1");
  const Ended ended = saga(shop.with_services({"retry", "O1"}));
  CHECK(ended.code == 0);
  CHECK(has(ended.out, ": now completed\n"));
  shop.check_books({"O1"});
}

TEST_CASE("settle done gives the step its result") {
  Shop shop;
  get_stuck(shop, "Sell", "O1");
  const Ended missing = saga(shop.with_db({"settle", "O1", "done"}));
  CHECK(missing.code == 2);
  CHECK(has(missing.err, "string"));
  const Ended wrong = saga(shop.with_db({"settle", "O1", "done", "--result", "7"}));
  CHECK(wrong.code == 2);
  CHECK(has(wrong.err, "string"));
  CHECK(shop.show("O1")["status"] == "stuck");
  const Ended ended = saga(shop.with_services(
      {"settle", "O1", "done", "--result", "\"H1\"", "--step", "hold", "--actor", "Li Wei"}));
  CHECK(ended.code == 0);
  CHECK(has(ended.out, ": now completed\n"));
  CHECK(has(saga(shop.with_db({"history", "O1"})).out, "settle hold by Li Wei"));
  shop.check_books({"O1"});
}

TEST_CASE("history says of a call that a verb without services left open who makes it") {
  Shop shop;
  get_stuck(shop, "Sell", "O1");
  CHECK(saga(shop.with_db({"settle", "O1", "done", "--result", "\"H1\""})).code == 0);
  const std::string history = saga(shop.with_db({"history", "O1"})).out;
  CHECK(has(history, "to be called by `saga run`"));
  CHECK_FALSE(has(history, "tries again in 0s"));
}

TEST_CASE("settle not_done compensates what was done before") {
  Shop shop;
  keep(shop, "O2");
  get_stuck(shop, "Sell", "O1");
  CHECK(saga(shop.with_db({"settle", "O1", "not_done", "--step", "charge"})).code == 6);
  CHECK(saga(shop.with_db({"settle", "O1", "not_done", "--result", "3"})).code == 2);
  const Ended ended = saga(shop.with_services({"settle", "O1", "not_done"}));
  CHECK(ended.code == 0);
  CHECK(has(ended.out, ": now compensated\n"));
  // Only the named saga was driven: the other one sleeps on.
  CHECK(shop.show("O2")["status"] == "running");
}

Words ask(const Shop& shop, const std::string& order) {
  return shop.with_db(
      {"run", fixture("asks.saga"), "Ask", "--input", R"({"order":")" + order + R"("})"});
}

TEST_CASE("an escalation waits for a person, who settles it as done") {
  Shop shop;
  CHECK(saga(ask(shop, "O1")).code == 4);
  const std::string inbox = saga(shop.with_db({"inbox"})).out;
  CHECK(has(inbox, "is O1 right?"));
  CHECK(has(inbox, "next: saga settle "));
  CHECK(saga(shop.with_db({"retry", "O1"})).code == 7);
  CHECK(saga(shop.with_db({"settle", "O1", "done"})).code == 0);
  CHECK(saga(ask(shop, "O1")).code == 0);
  CHECK(shop.show("O1")["output"] == "soon");
  const std::string history = saga(shop.with_db({"history", "O1"})).out;
  for (const char* line :
       {"escalate: needs a person: is O1 right?", "note: stuck: is O1 right?",
        "soon: done first; what the other branches did is taken back", "replied: \"soon\"",
        "alert (inconsistency) to ops: O1 went on", "on completed", "note: told soon"}) {
    CHECK_MESSAGE(has(history, line), line, " isn't in:\n", history);
  }
}

TEST_CASE("an escalation that is settled as not done fails what is around it") {
  Shop shop;
  CHECK(saga(ask(shop, "O1")).code == 4);
  CHECK(saga(shop.with_db({"settle", "O1", "not_done", "--reason", "a wrong address"})).code == 0);
  CHECK(shop.show("O1")["status"] == "compensated");
  CHECK(shop.show("O1")["error"]["error"] == "Escalated");
  CHECK(has(saga(shop.with_db({"history", "O1"})).out, "a wrong address"));
}

TEST_CASE("skip leaves a compensation undone and tells so") {
  Shop shop;
  keep(shop, "O1");
  shop.stock().fault(R"({"operation":"release","fault":"reject","error":{"error":"Shipped"}})");
  const Ended cancel = saga(shop.with_services({"cancel", "O1"}));
  CHECK(cancel.code == 4);
  CHECK(has(cancel.out, ": now stuck\n"));
  CHECK(has(cancel.err, "next: saga retry|settle|skip "));
  CHECK(has(saga(shop.with_db({"inbox"})).out, "next: saga retry|settle|skip "));
  const Ended skipped = saga(shop.with_db({"skip", "O1", "--reason", "by hand"}));
  CHECK(skipped.code == 0);
  CHECK(has(skipped.out, "left over: reserve\n"));
  const nlohmann::json view = shop.show("O1");
  CHECK(view["status"] == "terminated");
  CHECK(view["left_over"] == nlohmann::json::array({"reserve"}));
}

TEST_CASE("terminate stops without compensating and lists what is left") {
  Shop shop;
  keep(shop, "O1");
  const Ended ended = saga(shop.with_db({"terminate", "O1", "--reason", "a test", "-o", "json"}));
  CHECK(ended.code == 0);
  keep(shop, "O2");
  const Ended text = saga(shop.with_db({"terminate", "O2"}));
  CHECK(has(text.out, ": now terminated\nleft over: reserve\n"));
  CHECK_FALSE(has(text.err, "goes on"));
  const nlohmann::json view = parse(ended.out);
  CHECK(view["status"] == "terminated");
  CHECK(view["left_over"] == nlohmann::json::array({"reserve"}));
}

TEST_CASE("a verb with services needs the addresses of the whole family and drives it") {
  Shop shop;
  get_stuck(shop, "SellByTwo", "O1");
  const nlohmann::json inbox = parse(saga(shop.with_db({"inbox", "-o", "json"})).out);
  REQUIRE(inbox.size() == 1);
  const std::string called = inbox[0]["saga_id"];
  CHECK(called != shop.show("O1")["id"]);
  // The called saga needs Payment alone; its caller's Stock is needed too.
  const Ended refused =
      saga(shop.with_db({"retry", called, "--service", "Payment=" + shop.payment().url()}));
  CHECK(refused.code == 2);
  CHECK(has(refused.err, "Stock"));
  CHECK(shop.show("O1")["status"] == "running");
  // It ends, its caller fails, and both are compensated.
  const Ended ended = saga(shop.with_services({"retry", called}));
  CHECK(ended.code == 0);
  CHECK(shop.show("O1")["status"] == "compensated");
  CHECK(saga(shop.with_db({"list", "--status", "compensated"})).code == 0);
  shop.check_books(nlohmann::json::array());
}

TEST_CASE("an address that this family doesn't call is no mistake, a misspelt name is") {
  Shop shop;
  keep(shop, "O1");
  CHECK(saga::test::run(command(shop.run("Sell", "O2"))).code == 0);
  const Ended wrong = saga(shop.with_db({"cancel", "O1", "--service", "Stokc=http://127.0.0.1:1"}));
  CHECK(wrong.code == 2);
  CHECK(has(wrong.err, "did you mean `Stock`?"));
  CHECK(shop.show("O1")["status"] == "running");
  CHECK(saga(shop.with_services({"cancel", "O1"})).code == 0);
  CHECK(shop.show("O1")["status"] == "compensated");
}

TEST_CASE("a caller's cancel reaches the saga that it called") {
  Shop shop;
  get_stuck(shop, "SellByTwo", "O1");
  const Ended ended = saga(shop.with_services({"cancel", "O1"}));
  CHECK(ended.code == 0);
  CHECK(has(ended.out, ": now compensated\n"));
  shop.check_books(nlohmann::json::array());
}

TEST_CASE("a verb waits no longer than it is told") {
  Shop shop;
  keep(shop, "O1");
  shop.stock().pause();
  const Ended ended = saga(shop.with_services({"cancel", "O1", "--wait", "1s"}));
  CHECK(ended.code == 8);
  CHECK(has(ended.err, "the wait ran out"));
  shop.stock().go_on();
  CHECK(saga::test::run(command(shop.run("Keep", "O1"))).code == 3);
  shop.check_books(nlohmann::json::array());
}

}  // namespace
}  // namespace saga::cli::test
