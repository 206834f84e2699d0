#include <doctest/doctest.h>

#include "tests/cli/database.hpp"
#include "tests/cli/shop.hpp"

namespace saga::cli::test {
namespace {

// A saga whose payment broke its contract: the money is held, and a person is needed. Its id.
std::string get_stuck(Shop& shop, const std::string& order) {
  shop.payment().fault(R"({"operation":"authorise","fault":"bad_json"})");
  REQUIRE(saga::test::run(command(shop.run("Sell", order))).code == 4);
  return shop.show(order)["id"];
}

void damage(const Shop& shop, const std::string& id) {
  change(shop.db(),
         "UPDATE history SET events=replace(events, 'authorise', 'authorize') WHERE "
         "machine=(SELECT id FROM machine WHERE name='" +
             id + "')");
  change(shop.db(),
         "UPDATE history SET crc=crc+1 WHERE "
         "machine=(SELECT id FROM machine WHERE name='" +
             id + "')");
  REQUIRE(saga(shop.with_db({"show", id})).code == 5);
}

}  // namespace

TEST_CASE("a damaged journal is told with the row, and gives no wrong answer") {
  Shop shop;
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
  change(shop.db(), "UPDATE history SET events=replace(events, 'C1', 'C2')");
  for (const Words& verb : {Words{"show", "O1"}, Words{"history", "O1"}}) {
    const Ended ended = saga(shop.with_db(verb));
    CHECK(ended.code == 5);
    CHECK(has(ended.err, "wrong checksum"));
  }
}

TEST_CASE("a damaged stuck saga keeps no other from being run") {
  Shop shop;
  damage(shop, get_stuck(shop, "O1"));
  CHECK(saga::test::run(command(shop.run("Sell", "O2"))).code == 0);
}

TEST_CASE("a damaged saga without a key keeps no other start of its definition from being made") {
  Shop shop;
  shop.payment().fault(R"({"operation":"authorise","fault":"bad_json"})");
  REQUIRE(saga::test::run(command(shop.run("Hold", "O1"))).code == 4);
  const std::string rows = saga(shop.with_db({"list", "-o", "jsonl"})).out;
  const std::string id = parse(lines_of(rows).at(0))["id"];
  damage(shop, id);
  const Ended ended = saga::test::run(command(shop.run("Hold", "O2")));
  CHECK(ended.code == 0);
  CHECK(has(ended.err, "saga " + id));
  CHECK(has(ended.err, "if it is the same start, this is a second one"));
}

TEST_CASE("a damaged running saga is told, and the others are run") {
  Shop shop;
  shop.payment().pause();
  Program cut_off(command(shop.run("Sell", "O1")));
  REQUIRE(cut_off.wait_for("hold: calls Payment.authorise\n"));
  cut_off.kill();
  shop.payment().go_on();
  const std::string id = shop.show("O1")["id"];
  damage(shop, id);
  const Ended ended = saga::test::run(command(shop.run("Sell", "O2")));
  CHECK(ended.code == 0);
  CHECK(has(ended.err, id));
  CHECK(has(ended.err, "wrong checksum"));
}

TEST_CASE("a damaged definition keeps no saga of another one from being run") {
  Shop shop;
  get_stuck(shop, "O1");
  change(shop.db(), "UPDATE saga SET status=0");
  change(shop.db(), "UPDATE definition SET text='{' WHERE name='shop.sells.Sell'");
  const Ended ended = saga::test::run(command(shop.run("Hold", "O2")));
  CHECK_MESSAGE(ended.code == 0, ended.err);
  CHECK(has(ended.err, "error: "));
}

TEST_CASE("the inbox tells of a damaged saga and lists the others") {
  Shop shop;
  const std::string damaged = get_stuck(shop, "O1");
  const std::string sound = get_stuck(shop, "O2");
  const std::string newest = get_stuck(shop, "O3");
  damage(shop, damaged);
  damage(shop, newest);
  const Ended inbox = saga(shop.with_db({"inbox", "-o", "json"}));
  CHECK(inbox.code == 0);
  const nlohmann::json items = parse(inbox.out);
  REQUIRE(items.size() == 1);
  CHECK(items[0]["saga_id"] == sound);
  CHECK(has(inbox.err, damaged));
  CHECK(has(inbox.err, newest));
}

}  // namespace saga::cli::test
