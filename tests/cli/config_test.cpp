#include <doctest/doctest.h>

#include <filesystem>

#include "tests/cli/shop.hpp"

namespace saga::cli::test {
namespace {

std::string absolute(const std::string& path) { return std::filesystem::absolute(path).string(); }

// `list` with this saga.toml in its folder.
Ended list_with(const std::string& toml) {
  const Folder folder;
  folder.write("saga.toml", toml);
  Launch launch = command({"list"});
  launch.folder = folder.path();
  return saga::test::run(launch);
}

TEST_CASE("saga.toml in the working directory names journal and services") {
  Shop shop;
  shop.folder().write("saga.toml", "db = \"by_file.db\"\n[services.Stock]\nurl = \"" +
                                       shop.stock().url() + "\"\n[services.Payment]\nurl = \"" +
                                       shop.payment().url() + "\"\nconnections = 2\n");
  Launch launch =
      command({"run", absolute(fixture("sells.saga")), "Sell", "-i", R"({"order":"O1"})"});
  launch.folder = shop.folder().path();
  CHECK(saga::test::run(launch).code == 0);
  CHECK(std::filesystem::exists(shop.folder().file("by_file.db")));
  shop.check_books({"O1"});
}

TEST_CASE("the environment goes before the file, and a flag before both") {
  Shop shop;
  const Folder elsewhere;
  const std::string config =
      elsewhere.write("other.toml", "db = \"" + elsewhere.file("by_file.db") +
                                        "\"\n[services]\nStock = { url = \"http://127.0.0.1:1\" }\n"
                                        "Payment = { url = \"" +
                                        shop.payment().url() + "\" }\n");
  Launch launch = command({"run", fixture("sells.saga"), "Sell", "-i", R"({"order":"O1"})", "--db",
                           elsewhere.file("by_flag.db")});
  launch.added = {{"SAGA_CONFIG", config},
                  {"SAGA_DB", elsewhere.file("by_variable.db")},
                  {"SAGA_SERVICES", "Stock=" + shop.stock().url()}};
  CHECK(saga::test::run(launch).code == 0);
  CHECK(std::filesystem::exists(elsewhere.file("by_flag.db")));
  CHECK_FALSE(std::filesystem::exists(elsewhere.file("by_variable.db")));
  launch.words.resize(launch.words.size() - 2);
  CHECK(saga::test::run(launch).code == 0);
  CHECK(std::filesystem::exists(elsewhere.file("by_variable.db")));
  CHECK_FALSE(std::filesystem::exists(elsewhere.file("by_file.db")));
}

TEST_CASE("an unknown key is an error with file, line and the nearest key") {
  const Ended top = list_with("\ndatabase = \"x.db\"\n");
  CHECK(top.code == 2);
  CHECK(has(top.err,
            "saga.toml:2: unknown key `database`; known are `db`, `callback_port`, `services`, "
            "`secrets`"));
  const Ended service = list_with("[services.Stock]\nulr = \"http://127.0.0.1:1\"\n");
  CHECK(service.code == 2);
  CHECK(has(service.err, "saga.toml:2: unknown key `ulr`; did you mean `url`?"));
  const Ended secret = list_with("[secrets]\nTOKEN = { vra = \"TOKEN\" }\n");
  CHECK(secret.code == 2);
  CHECK(has(secret.err, "saga.toml:2: unknown key `vra`"));
}

TEST_CASE("a value of the wrong kind is an error with file, line and key") {
  const std::pair<const char*, const char*> kFaulty[] = {
      {"db = 7", "saga.toml:1: `db` must be a string"},
      {"services = 7", "saga.toml:1: `services` must be a table"},
      {"[services]\nStock = \"x\"", "saga.toml:2: `Stock` must be a table with `url`"},
      {"[services.Stock]\nconnections = 5", "`Stock` has no `url`"},
      {"[services.Stock]\nurl = 'ftp://x'", "saga.toml:2: `url`: `ftp://x` is no address"},
      {"[services.Stock]\nurl='http://x'\nconnections = 0", "saga.toml:3: `connections` must be"},
      {"callback_port = 65536", "saga.toml:1: `callback_port`"},
      {"callback_port = 'x'", "saga.toml:1: `callback_port`"},
      {"[secrets]\nT = {}", "a secret has either `env` or `file`"},
      {"db = ", "saga.toml:1: "},
      {"db = 'a'\ndb = 'b'", "saga.toml:2: "}};
  for (const auto& each : kFaulty) {
    const std::string toml = each.first;  // clang 14 captures no structured binding
    const std::string message = each.second;
    const Ended ended = list_with(toml + "\n");
    CHECK_MESSAGE(ended.code == 2, toml);
    CHECK_MESSAGE(has(ended.err, message), ended.err);
    CHECK(ended.out.empty());
  }
}

TEST_CASE("a secret's value in the configuration is refused and not shown") {
  const Ended ended = list_with("[secrets]\nTOKEN = \"hunter2\"\n");
  CHECK(ended.code == 2);
  CHECK(has(ended.err, "saga.toml:2: a secret's value never stands in the configuration"));
  CHECK_FALSE(has(ended.err, "hunter2"));
}

TEST_CASE("a configuration that isn't there, or is a folder, is an error") {
  const Folder folder;
  const Ended missing = saga({"list", "--config", folder.file("none.toml")});
  CHECK(missing.code == 2);
  CHECK(has(missing.err, "none.toml"));
  const Ended dir = saga({"list", "--config", folder.path()});
  CHECK(dir.code == 2);
  CHECK(has(dir.err, "folder"));
}

TEST_CASE("addresses that this file doesn't call are no fault of the configuration") {
  Shop shop;
  Launch launch = command(shop.run("Sell", "O1"));
  launch.added["SAGA_SERVICES"] = "Delivery=http://127.0.0.1:1";
  CHECK(saga::test::run(launch).code == 0);
}

TEST_CASE("an address of the command line that nothing calls is a mistake") {
  Shop shop;
  const Ended ended =
      saga::test::run(command(shop.run("Sell", "O1", {"--service", "Paymnet=http://127.0.0.1:1"})));
  CHECK(ended.code == 2);
  CHECK(has(ended.err, "`Paymnet`"));
  CHECK(has(ended.err, "`Payment`"));
}

}  // namespace
}  // namespace saga::cli::test
