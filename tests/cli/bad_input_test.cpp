#include <doctest/doctest.h>

#include <filesystem>

#include "tests/cli/shop.hpp"

namespace saga::cli::test {
namespace {

TEST_CASE("a workflow file that can't be read is named, whatever the reason") {
  const Folder folder;
  const Ended missing = saga({"check", folder.file("none.saga")});
  CHECK(missing.code == 2);
  CHECK(has(missing.err, folder.file("none.saga") + ": there is no such file"));
  const Ended dir = saga({"check", folder.path()});
  CHECK(dir.code == 2);
  CHECK(has(dir.err, folder.path() + ": is a folder without a .saga file"));
  const Ended broken = saga({"check", "/proc/self/mem"});
  CHECK(broken.code == 2);
  CHECK(has(broken.err, "/proc/self/mem: can't be read"));
}

TEST_CASE("a workflow file that one may not read is named") {
  const Folder folder;
  const std::string file = folder.write("secret.saga", "module x\n");
  std::filesystem::permissions(file, std::filesystem::perms::none);
  Launch launch = command({"check", file});
  launch.heeds_modes = true;
  const Ended ended = saga::test::run(launch);
  CHECK(ended.code == 2);
  CHECK(has(ended.err, file + ": can't be read"));
}

TEST_CASE("a file of 10 MB is refused by its size") {
  const Folder folder;
  const std::string file = folder.write("big.saga", std::string(10'000'000, ' '));
  const Ended ended = saga({"check", file});
  CHECK(ended.code == 2);
  CHECK(has(ended.err, "1000000 bytes"));
}

TEST_CASE("invalid UTF-8 is a diagnostic with its place") {
  const Folder folder;
  const std::string file = folder.write("latin.saga", "module x\n// caf\xe9\n");
  const Ended ended = saga({"check", file});
  CHECK(ended.code == 1);
  CHECK(has(ended.err, file + ":2"));
  CHECK(has(ended.err, "UTF-8"));
  const Ended json = saga({"check", file, "-o", "json"});
  CHECK(json.code == 1);
  CHECK(parse(json.out).size() == 1);
}

TEST_CASE("an expression 10,000 deep is a diagnostic and no crash") {
  const Folder folder;
  const std::string deep = std::string(10'000, '(') + "1" + std::string(10'000, ')');
  for (const std::string& expression : {deep, std::string(10'000, '!') + "true",
                                        std::string(10'000, '[') + std::string(10'000, ']')}) {
    const std::string file =
        folder.write("deep.saga", "module x\nfn f() -> int = " + expression + "\n");
    const Ended ended = saga({"check", file});
    CHECK(ended.code == 1);
    CHECK(has(ended.err, file + ":2"));
    CHECK(ended.err.size() < 100'000);
  }
}

TEST_CASE("text that is no workflow is diagnosed") {
  const Folder folder;
  const std::string nulls = folder.write("nulls.saga", std::string(1000, '\0'));
  CHECK(saga({"check", nulls}).code == 1);
  CHECK(saga({"check", SAGA_FULL_DISK}).code == 1);
  const std::string empty = folder.write("empty.saga", "");
  const Ended none = saga({"check", empty});
  CHECK(none.code == 0);
  CHECK(has(none.err, "there is no saga in `" + empty + "`"));
}

TEST_CASE("a run names what is wrong with its saga or input, with field and types") {
  const auto run = [](const std::string& saga_name, const std::string& input) {
    return saga({"run", fixture("sells.saga"), saga_name, "--input", input});
  };
  const Ended name = run("Sel", R"({"order":"O1"})");
  CHECK(name.code == 6);
  CHECK(has(name.err, "did you mean `Sell`?"));
  const Ended type = run("Sell", R"({"order":7})");
  CHECK(type.code == 2);
  CHECK(has(type.err, "order"));
  CHECK(has(type.err, "string"));
  const Ended missing = run("Sell", "{}");
  CHECK(missing.code == 2);
  CHECK(has(missing.err, "order"));
  const Ended unknown = run("Sell", R"({"order":"O1","colour":"red"})");
  CHECK(unknown.code == 2);
  CHECK(has(unknown.err, "colour"));
  const Ended nested = saga({"run", "workflows/order.saga", "PlaceOrder", "-i",
                             R"({"order":{"id":"O1","items":[{"sku":"a","qty":"two"}]}})"});
  CHECK(nested.code == 2);
  CHECK(has(nested.err, "qty"));
  CHECK(has(nested.err, "int"));
  const Ended price = saga({"run", "workflows/order.saga", "PlaceOrder", "-i",
                            R"({"order":{"id":"O1","items":[{"sku":"a","qty":1,"price":12}]}})"});
  CHECK(has(price.err, R"(must be money such as {"amount":"12.50","currency":"CNY"}, but is)"));
  const Ended no_key = run("Sell", R"({"order":""})");
  CHECK(no_key.code == 2);
  CHECK(has(no_key.err, "the saga's `key` is empty"));
  for (const char* text : {"{\"order\":", "nonsense", "[]", "{\"order\":\"\xff\"}"}) {
    const Ended broken = run("Sell", text);
    CHECK(broken.code == 2);
    CHECK(has(broken.err, "shop.sells.Sell"));
    CHECK(broken.out.empty());
  }
  const Ended deep = run("Sell", R"({"order":)" + std::string(10'000, '[') + "}");
  CHECK(deep.code == 2);
}

TEST_CASE("an input that can't be read, or is too big, is named") {
  const Folder folder;
  const Words words = {"run", fixture("sells.saga"), "Sell", "--input"};
  const auto with = [&](const std::string& input) {
    Words all = words;
    all.push_back(input);
    return saga(all);
  };
  const Ended missing = with("@" + folder.file("none.json"));
  CHECK(missing.code == 2);
  CHECK(has(missing.err, "none.json"));
  const Ended big = with("@" + folder.write("big.json", std::string(2'000'000, ' ')));
  CHECK(big.code == 2);
  CHECK(has(big.err, "big.json: has more than 1048576 bytes"));
  Launch launch;
  launch.words = {"/bin/sh", "-c",
                  "head -c 100000000 /dev/zero | " + std::string(SAGA_COMMAND) + " run " +
                      fixture("sells.saga") + " Sell -i -"};
  const Ended endless = saga::test::run(launch);
  CHECK(endless.code == 2);
  CHECK(has(endless.err, "standard input: has more than 1048576 bytes"));
}

TEST_CASE("a file with several sagas, or with none, asks which") {
  const Ended several = saga({"run", fixture("sells.saga")});
  CHECK(several.code == 2);
  CHECK(has(several.err, "`shop.sells.Sell`, `shop.sells.SellSoon`, `shop.sells.Keep`"));
  const Folder folder;
  const Ended none = saga({"run", folder.write("none.saga", "module x\n")});
  CHECK(none.code == 6);
  CHECK(has(none.err, "no saga"));
}

TEST_CASE("a service without an address is named before anything is started") {
  const Folder folder;
  const Ended ended = saga({"run", fixture("sells.saga"), "Sell", "-i", R"({"order":"O1"})", "--db",
                            folder.file("saga.db"), "--service", "Stock=http://127.0.0.1:1"});
  CHECK(ended.code == 2);
  CHECK(has(ended.err, "no address is given for `Payment`"));
  CHECK(has(ended.err, "--service Payment="));
  CHECK(ended.out.empty());
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("where an unfinished saga of the journal needs an address, it is named") {
  Shop shop;
  shop.payment().fault(R"({"operation":"authorise","fault":"bad_json"})");
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 4);
  const nlohmann::json stuck = shop.show("O1");
  CHECK(saga(shop.with_db({"retry", "O1"})).code == 0);
  const Ended ended =
      saga(shop.with_db({"run", fixture("sells.saga"), "Keep", "-i", R"({"order":"O2"})",
                         "--service", "Stock=" + shop.stock().url()}));
  CHECK(ended.code == 2);
  CHECK(has(ended.err, "no address is given for `Payment`"));
  CHECK(has(ended.err, "the journal's unfinished saga " + std::string(stuck["id"]) +
                           " of shop.sells.Sell, key O1, needs it"));
}

TEST_CASE("only what the saga calls needs an address, not the whole file") {
  Shop shop;
  CHECK(saga({"run", fixture("sells.saga"), "Hold", "-i", R"({"order":"O1"})", "--service",
              "Payment=" + shop.payment().url()})
            .code == 0);
  // What a saga that it calls needs is needed too.
  const Ended ended = saga({"run", fixture("sells.saga"), "SellByTwo", "-i", R"({"order":"O2"})",
                            "--service", "Stock=" + shop.stock().url()});
  CHECK(ended.code == 2);
  CHECK(has(ended.err, "`Payment`"));
}

TEST_CASE("an address that is none is named") {
  for (const char* url : {"127.0.0.1:9102", "http://", "http://x:70000", "http://x:y",
                          "https://user@host/", "http://x/?q=1", "http://[::1"}) {
    const Ended ended = saga({"run", fixture("sells.saga"), "Sell", "-i", R"({"order":"O1"})",
                              "--service", std::string("Payment=") + url});
    CHECK_MESSAGE(ended.code == 2, url);
    CHECK_MESSAGE(has(ended.err, std::string("`") + url + "` is no address"), ended.err);
  }
  const Ended form = saga(
      {"run", fixture("sells.saga"), "Sell", "-i", R"({"order":"O1"})", "--service", "Payment"});
  CHECK(form.code == 2);
  CHECK(has(form.err, "NAME=URL"));
}

TEST_CASE("a duration or port that is none is named") {
  const Ended wait =
      saga({"run", fixture("sells.saga"), "Sell", "-i", R"({"order":"O1"})", "--wait", "soon"});
  CHECK(wait.code == 2);
  CHECK(has(wait.err, "--wait: `soon` is no duration"));
  const Ended port = saga({"list", "--db", "x.db", "--config", "/dev/null"});
  CHECK(port.code == 6);
  Launch launch = command({"list"});
  launch.added["SAGA_CALLBACK_PORT"] = "x";
  const Ended variable = saga::test::run(launch);
  CHECK(variable.code == 2);
  CHECK(has(variable.err, "SAGA_CALLBACK_PORT"));
}

TEST_CASE("a wait of any length is sound") {
  Shop shop;
  CHECK(saga::test::run(command(shop.run("Sell", "O1", {"--wait", "9999999d"}))).code == 0);
}

}  // namespace
}  // namespace saga::cli::test
