#include <doctest/doctest.h>

#include <set>

#include "tests/cli/shop.hpp"

namespace saga::cli::test {
namespace {

// Three sagas: sold, compensated, sold.
void sell_three(Shop& shop) {
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
  shop.stock().fault(
      R"({"operation":"reserve","fault":"reject","error":{"error":"OutOfStock","sku":"tea"}})");
  CHECK(saga::test::run(command(shop.run("Sell", "O2"))).code == 3);
  CHECK(saga::test::run(command(shop.run("Sell", "O3"))).code == 0);
}

Words keys_of(const nlohmann::json& items) {
  Words keys;
  for (const nlohmann::json& item : items) keys.push_back(item["key"]);
  return keys;
}

TEST_CASE("list shows the newest first, and filters") {
  Shop shop;
  sell_three(shop);
  const auto keys = [&](const Words& filter) {
    Words words = shop.with_db({"list", "-o", "json"});
    words.insert(words.end(), filter.begin(), filter.end());
    return keys_of(parse(saga(words).out)["items"]);
  };
  CHECK(keys({}) == Words{"O3", "O2", "O1"});
  CHECK(keys({"--status", "compensated"}) == Words{"O2"});
  CHECK(keys({"--key", "O1"}) == Words{"O1"});
  CHECK(keys({"--definition", "shop.sells.Sell", "--status", "completed"}) == Words{"O3", "O1"});
  CHECK(keys({"--definition", "shop.sells.Keep"}).empty());
  const Ended text = saga(shop.with_db({"list"}));
  CHECK(lines_of(text.out).size() == 3);
  CHECK(has(text.out, "compensated (failed)"));
  const std::vector<std::string> lines = lines_of(saga(shop.with_db({"list", "-o", "jsonl"})).out);
  REQUIRE(lines.size() == 3);
  CHECK(parse(lines[2])["key"] == "O1");
  const Ended wrong = saga(shop.with_db({"list", "--status", "done"}));
  CHECK(wrong.code == 2);
  CHECK(has(wrong.err, "completed"));
}

TEST_CASE("a definition is found by its bare name too") {
  Shop shop;
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
  const auto count = [&](const std::string& name) {
    return lines_of(saga(shop.with_db({"list", "--definition", name})).out).size();
  };
  CHECK(count("Sell") == 1);
  CHECK(count("shop.sells.Sell") == 1);
  CHECK(count("Sel") == 0);
}

TEST_CASE("pages of a list follow each other") {
  Shop shop;
  sell_three(shop);
  Words words = shop.with_db({"list", "-o", "json", "--limit", "2"});
  const nlohmann::json first = parse(saga(words).out);
  CHECK(keys_of(first["items"]) == Words{"O3", "O2"});
  words.insert(words.end(), {"--cursor", first["next_cursor"]});
  const nlohmann::json second = parse(saga(words).out);
  CHECK(keys_of(second["items"]) == Words{"O1"});
  CHECK(second["next_cursor"].is_null());
  words.back() = "no cursor";
  CHECK(saga(words).code == 2);
}

TEST_CASE("show gives one saga, by key, id or the beginning of its id") {
  Shop shop;
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
  const nlohmann::json view = shop.show("O1");
  const std::string id = view["id"];
  CHECK(parse(saga(shop.with_db({"show", id, "-o", "jsonl"})).out) == view);
  CHECK(parse(saga(shop.with_db({"show", id.substr(0, 13), "-o", "json"})).out) == view);
  const Ended text = saga(shop.with_db({"show", "O1"}));
  CHECK(has(text.out, "id          " + id + "\n"));
  CHECK(has(text.out, "status      completed\n"));
  CHECK(saga(shop.with_db({"show", "O2"})).code == 6);
  CHECK(saga({"show", "O1"}).code == 2);
}

TEST_CASE("a history is the same by text, by line and as a list, and may begin later") {
  Shop shop;
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
  const nlohmann::json list = parse(saga(shop.with_db({"history", "O1", "-o", "json"})).out);
  const std::vector<std::string> lines =
      lines_of(saga(shop.with_db({"history", "O1", "-o", "jsonl"})).out);
  REQUIRE(lines.size() == list.size());
  for (std::size_t i = 0; i < lines.size(); ++i) CHECK(parse(lines[i]) == list[i]);
  const nlohmann::json& step = *std::find_if(list.begin(), list.end(), [](const auto& record) {
    return record["kind"] == "step_started";
  });
  CHECK(step["step"] == "reserve");
  CHECK(step["span"]["file"] == fixture("sells.saga"));
  CHECK(step["span"]["line"] == 26);
  const nlohmann::json later =
      parse(saga(shop.with_db({"history", "O1", "--after", "5", "-o", "json"})).out);
  CHECK(later.size() == list.size() - 5);
  CHECK(later[0] == list[5]);
  const Ended text = saga(shop.with_db({"history", "O1"}));
  CHECK(has(text.out, "charge: done\n"));
  CHECK(saga(shop.with_db({"history", "O2"})).code == 6);
}

TEST_CASE("a journal is read while another process writes it") {
  Shop shop;
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
  shop.payment().pause();
  Program writer(command(shop.run("Sell", "O2")));
  REQUIRE(writer.wait_for("hold: calls Payment.authorise\n"));
  CHECK(shop.show("O2")["status"] == "running");
  CHECK(shop.show("O2")["current"] == nlohmann::json::array({"hold"}));
  CHECK(lines_of(saga(shop.with_db({"list"})).out).size() == 2);
  CHECK(has(saga(shop.with_db({"history", "O2"})).out, "reserve: done\n"));
  CHECK(saga(shop.with_db({"inbox"})).code == 0);
  // What writes names who holds the file.
  const Ended second = saga::test::run(command(shop.run("Sell", "O3")));
  CHECK(second.code == 5);
  CHECK(has(second.err, "process " + std::to_string(writer.pid())));
  const Ended verb = saga(shop.with_db({"cancel", "O2"}));
  CHECK(verb.code == 5);
  CHECK(has(verb.err, "process " + std::to_string(writer.pid())));
  shop.payment().go_on();
  CHECK(writer.wait().code == 0);
  shop.check_books({"O1", "O2"});
}

}  // namespace
}  // namespace saga::cli::test
