#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "tests/cli/shop.hpp"

namespace saga::cli::test {
namespace {

const Words kMembers = {"id",         "definition", "version", "key",      "status",
                        "cause",      "input",      "output",  "error",    "seq",
                        "started_at", "updated_at", "current", "left_over"};

TEST_CASE("a saga that completes shows its steps and ends with 0") {
  Shop shop;
  const Ended ended = saga::test::run(command(shop.run("Sell", "O1")));
  CHECK(ended.code == 0);
  CHECK(ended.err.empty());
  const std::vector<std::string> lines = lines_of(ended.out);
  REQUIRE_FALSE(lines.empty());
  CHECK(has(lines.front(), "Sell started, key O1, id "));
  CHECK(has(ended.out, "reserve: calls Stock.reserve\n"));
  CHECK(has(ended.out, "charge: done\n"));
  CHECK(has(ended.out, "note: sold O1\n"));
  CHECK(has(lines.back(), "completed after "));
  shop.check_books({"O1"});
}

TEST_CASE("as JSON a run is one object, the saga") {
  Shop shop;
  const Ended ended = saga::test::run(command(shop.run("Sell", "O1", {"-o", "json"})));
  CHECK(ended.code == 0);
  CHECK(ended.err.empty());
  CHECK(lines_of(ended.out).size() == 1);
  const auto view = nlohmann::ordered_json::parse(ended.out);
  Words members;
  for (const auto& [name, value] : view.items()) members.push_back(name);
  CHECK(members == kMembers);
  CHECK(view["definition"] == "shop.sells.Sell");
  CHECK(view["key"] == "O1");
  CHECK(view["status"] == "completed");
  CHECK(view["output"] == "C1");
  CHECK(view["input"]["card"] == "tok");
  CHECK(view["error"].is_null());
}

TEST_CASE("as JSON lines a run is the history, and the saga is its last line") {
  Shop shop;
  const Ended ended = saga::test::run(command(shop.run("Sell", "O1", {"-o", "jsonl"})));
  CHECK(ended.code == 0);
  std::vector<std::string> lines = lines_of(ended.out);
  REQUIRE(lines.size() > 5);
  const nlohmann::json view = parse(lines.back());
  CHECK(view["status"] == "completed");
  lines.pop_back();
  std::uint64_t seq = 0;
  for (const std::string& line : lines) {
    const nlohmann::json record = parse(line);
    CHECK(record["seq"] == ++seq);
    for (const char* member : {"at", "kind", "step", "data"}) CHECK(record.contains(member));
  }
  CHECK(view["seq"] == seq);
  const Ended history = saga(shop.with_db({"history", "O1", "-o", "jsonl"}));
  CHECK(lines_of(history.out) == lines);
}

TEST_CASE("a saga that fails is compensated and ends with 3") {
  Shop shop;
  shop.payment().fault(
      R"({"operation":"capture","fault":"reject","error":{"error":"Declined","reason":"no"}})");
  const Ended ended = saga::test::run(command(shop.run("Sell", "O1")));
  CHECK(ended.code == 3);
  CHECK(has(ended.out, "charge: rejected: Declined"));
  CHECK(has(ended.out, "reserve: compensated\n"));
  CHECK(shop.show("O1")["cause"] == "failed");
  shop.check_books(nlohmann::json::array());
}

TEST_CASE("a saga that needs a person ends with 4 and says what to do") {
  Shop shop;
  shop.payment().fault(R"({"operation":"authorise","fault":"bad_json"})");
  const Ended ended = saga::test::run(command(shop.run("Sell", "O1")));
  CHECK(ended.code == 4);
  CHECK(has(ended.err, "step `hold`"));
  CHECK(has(ended.err, "next: saga retry|settle " + std::string(shop.show("O1")["id"])));
  const Ended json = saga::test::run(command(shop.run("Sell", "O1", {"-o", "json"})));
  CHECK(json.code == 4);
  CHECK(parse(json.out)["status"] == "stuck");
}

TEST_CASE("a stuck saga of a run in memory names no journal that isn't there") {
  Shop shop;
  shop.payment().fault(R"({"operation":"authorise","fault":"bad_json"})");
  Words words = {"run", fixture("sells.saga"), "Sell", "-i", R"({"order":"O1"})"};
  const Words services = shop.services();
  words.insert(words.end(), services.begin(), services.end());
  const Ended ended = saga(words);
  CHECK(ended.code == 4);
  CHECK_FALSE(has(ended.err, "saga retry"));
  CHECK(has(ended.err, "nothing of it is kept"));
}

TEST_CASE("a call that is tried again shows why, with the address") {
  Shop shop;
  shop.stock().fault(R"({"operation":"reserve","fault":"error"})");
  shop.stock().fault(R"({"operation":"reserve","fault":"drop_answer"})");
  shop.payment().fault(R"({"operation":"capture","fault":"unavailable","retry_after":0})");
  const Ended ended = saga::test::run(command(shop.run("Sell", "O1")));
  CHECK(ended.code == 0);
  const std::string stock = ", at " + shop.stock().url();
  CHECK(has(ended.out, "reserve: `reserve` failed inside (500)"));
  CHECK(has(ended.out, "reserve: no answer: it closed the connection without a whole answer" +
                           stock + "; it may have been done\n"));
  CHECK(has(ended.out,
            "charge: not executed: `capture` is unavailable and asks to come later (503)"));
  CHECK(has(saga(shop.with_db({"history", "O1"})).out, stock));
}

TEST_CASE("show says why a step waits for its next attempt") {
  Shop shop;
  shop.stock().fault(R"({"operation":"reserve","fault":"unavailable","retry_after":60})");
  const Ended ended = saga::test::run(command(shop.run("Sell", "O1", {"--wait", "2s"})));
  CHECK(ended.code == 8);
  CHECK(has(ended.err, "the same command again goes on with it"));
  const std::string text = saga(shop.with_db({"show", "O1"})).out;
  CHECK(has(text, "waiting     reserve: attempt 2 at 2"));
  CHECK(has(text, ", after: `reserve` is unavailable and asks to come later (503)"));
  const nlohmann::json waiting = shop.show("O1")["waiting"][0];
  CHECK(waiting["step"] == "reserve");
  CHECK(waiting["attempts"] == 1);
  CHECK(has(waiting["why"], ", at " + shop.stock().url()));
}

TEST_CASE("a compensation of an unknown outcome is shown by its own operation") {
  Shop shop;
  shop.payment().fault(R"({"operation":"authorise","fault":"drop_answer"})");
  const Ended ended = saga::test::run(command(shop.run("Sell", "O1")));
  CHECK(ended.code == 3);
  CHECK(has(ended.out, "hold: compensates by Payment.void_by_key\n"));
}

TEST_CASE("a called saga that needs a person ends its caller's run with 4") {
  Shop shop;
  shop.payment().fault(R"({"operation":"authorise","fault":"bad_json"})");
  const Ended ended = saga::test::run(command(shop.run("SellByTwo", "O1")));
  CHECK(ended.code == 4);
  CHECK(has(ended.err, "stuck at the called saga "));
  // The same again, though nothing new happens.
  const Ended again = saga::test::run(command(shop.run("SellByTwo", "O1", {"-o", "json"})));
  CHECK(again.code == 4);
  CHECK(parse(again.out)["key"] == "O1");
}

TEST_CASE("the same start again is the same saga") {
  Shop shop;
  const Ended first = saga::test::run(command(shop.run("Sell", "O1", {"-o", "json"})));
  const Ended again = saga::test::run(command(shop.run("Sell", "O1", {"-o", "json"})));
  CHECK(again.code == 0);
  CHECK(again.out == first.out);
  const Ended text = saga::test::run(command(shop.run("Sell", "O1")));
  CHECK(has(text.err, "this start is known"));
  CHECK_FALSE(has(text.err, "has changed"));
  CHECK(has(text.out, "completed after "));
  CHECK(lines_of(text.out).back() == "  -- until here from the journal; nothing new came");
  shop.check_books({"O1"});
}

TEST_CASE("a key with another input is a conflict that names the saga and what to do") {
  Shop shop;
  saga::test::run(command(shop.run("Sell", "O1")));
  const Ended other = saga(shop.with_services(
      {"run", fixture("sells.saga"), "Sell", "-i", R"({"order":"O1","card":"other"})"}));
  CHECK(other.code == 7);
  CHECK(other.out.empty());
  CHECK(has(other.err, "O1"));
  CHECK(has(other.err, std::string(shop.show("O1")["id"])));
}

TEST_CASE("a run that goes on marks where what it did before ends, and that its file changed") {
  Shop shop;
  std::ifstream original(fixture("sells.saga"));
  const std::string text{std::istreambuf_iterator<char>(original), {}};
  const std::string file = shop.folder().write("sells.saga", text);
  shop.payment().fault(R"({"operation":"authorise","fault":"bad_json"})");
  const auto words = [&](const std::string& order) {
    return shop.with_services({"run", file, "Sell", "-i", R"({"order":")" + order + "\"}"});
  };
  CHECK(saga(words("O1")).code == 4);
  CHECK(saga(shop.with_db({"settle", "O1", "done", "--result", "\"H1\""})).code == 0);
  const Ended same = saga::test::run(command(words("O1")));
  CHECK(has(same.out, "settle hold"));
  const std::size_t mark =
      same.out.find("  -- until here from the journal; from here on it is new\n");
  REQUIRE(mark != std::string::npos);
  CHECK(same.out.find("settle hold") < mark);
  CHECK(same.out.find("charge: calls") > mark);
  CHECK_FALSE(has(same.err, "has changed"));

  shop.payment().fault(R"({"operation":"authorise","fault":"bad_json"})");
  CHECK(saga(words("O2")).code == 4);
  shop.folder().write("sells.saga", "// a line more\n" + text);
  const Ended changed = saga(words("O2"));
  CHECK(changed.code == 4);
  CHECK(has(changed.err, "the file has changed since this saga was started"));
}

TEST_CASE("a known saga is shown by the definition with which it was started") {
  Shop shop;
  std::ifstream original(fixture("sells.saga"));
  const std::string text{std::istreambuf_iterator<char>(original), {}};
  const std::string file = shop.folder().write("sells.saga", text);
  const Words words =
      shop.with_services({"run", file, "Sell", "-i", R"({"order":"O1"})", "-o", "jsonl"});
  const Ended first = saga(words);
  CHECK(first.code == 0);
  shop.folder().write("sells.saga", "// a line more\n" + text);
  CHECK(saga(words).out == first.out);
}

TEST_CASE("when the wait runs out the saga is shown as it is, and goes on later") {
  Shop shop;
  shop.payment().pause();
  const Ended ended =
      saga::test::run(command(shop.run("Sell", "O1", {"--wait", "3s", "-o", "json"})));
  CHECK(ended.code == 8);
  CHECK(has(ended.err, "the wait ran out"));
  CHECK(parse(ended.out)["status"] == "running");
  shop.payment().go_on();
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
  shop.check_books({"O1"});
}

TEST_CASE("without a key the same command goes on with the saga that isn't finished") {
  Shop shop;
  const auto run = [&](const std::string& order, const Words& more) {
    return saga::test::run(command(shop.run("Hold", order, more)));
  };
  shop.payment().pause();
  const Ended cut = run("O1", {"--wait", "3s", "-o", "json"});
  CHECK(cut.code == 8);
  const std::string id = parse(cut.out)["id"];
  const Ended other = run("O2", {"--wait", "1s", "-o", "json"});
  CHECK(parse(other.out)["id"] != id);
  shop.payment().go_on();
  const Ended again = run("O1", {"-o", "json"});
  CHECK(again.code == 0);
  CHECK(parse(again.out)["id"] == id);
  CHECK(has(again.err, "no other is started"));
  const Ended later = run("O1", {"-o", "json"});
  CHECK(later.code == 0);
  CHECK(parse(later.out)["id"] != id);
  CHECK(later.err.empty());
}

TEST_CASE("without a file a run is in memory") {
  Shop shop;
  Words words = {"run", fixture("sells.saga"), "Sell", "--input", R"({"order":"O1"})"};
  const Words services = shop.services();
  words.insert(words.end(), services.begin(), services.end());
  CHECK(saga(words).code == 0);
  shop.check_books({"O1"});
}

TEST_CASE("the input comes from a file or the standard input") {
  Shop shop;
  const std::string file = shop.folder().write("order.json", R"({"order":"O1"})");
  CHECK(saga(shop.with_services({"run", fixture("sells.saga"), "Sell", "-i", "@" + file})).code ==
        0);
  Launch launch = command(shop.with_services({"run", fixture("sells.saga"), "Sell", "-i", "-"}));
  launch.input = R"({"order":"O2"})";
  CHECK(saga::test::run(launch).code == 0);
  shop.check_books({"O1", "O2"});
}

TEST_CASE("a terminated saga answers no") {
  Shop shop;
  shop.payment().fault(R"({"operation":"authorise","fault":"bad_json"})");
  saga::test::run(command(shop.run("Sell", "O1")));
  CHECK(saga(shop.with_db({"terminate", "O1"})).code == 0);
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 1);
}

TEST_CASE("a value from outside can't write to the terminal as it likes") {
  Shop shop;
  const Ended ended = saga(shop.with_services(
      {"run", fixture("sells.saga"), "Sell", "-i", R"({"order":"O1\u001b[2J\nfaked: done"})"}));
  CHECK(ended.code == 0);
  CHECK_FALSE(has(ended.out, "\x1b"));
  CHECK_FALSE(has(ended.out, "\nfaked"));
  CHECK(has(ended.out, R"(sold O1\x1b[2J\nfaked: done)"));
  const Ended list = saga(shop.with_db({"list"}));
  CHECK_FALSE(has(list.out, "\x1b"));
  CHECK(lines_of(list.out).size() == 1);
}

}  // namespace
}  // namespace saga::cli::test
