#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>

#include "tests/cli/database.hpp"
#include "tests/cli/full_disk.hpp"
#include "tests/cli/shop.hpp"

namespace saga::cli::test {
namespace {

namespace fs = std::filesystem;

// Every verb that opens the journal gives this code and says this.
void check_refused(const Shop& shop, int code, const std::string& words) {
  const Ended run = saga::test::run(command(shop.run("Sell", "O9")));
  CHECK(run.code == code);
  CHECK_MESSAGE(has(run.err, words), run.err);
  CHECK(run.out.empty());
  for (const Words& verb : {Words{"list"}, Words{"inbox"}, Words{"show", "O1"},
                            Words{"history", "O1"}, Words{"cancel", "O1"}}) {
    const Ended ended = saga(shop.with_db(verb));
    CHECK_MESSAGE(ended.code == code, verb[0]);
    CHECK_MESSAGE(has(ended.err, words), ended.err);
    CHECK(ended.out.empty());
  }
}

TEST_CASE("a full disk holds a run, and when there is room it goes on by itself") {
  Shop shop;
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
  const FullDisk disk(shop.folder());
  shop.payment().pause();
  Program run(disk.under(command(shop.run("Sell", "O2"))));
  REQUIRE(run.wait_for("hold: calls Payment.authorise\n"));
  disk.fill();
  shop.payment().go_on();
  REQUIRE(run.wait_for("waiting: the journal can't be written"));
  disk.make_room();
  const Ended ended = run.wait();
  CHECK(ended.code == 0);
  CHECK(has(ended.err, "going on"));
  shop.check_books({"O1", "O2"});
}

TEST_CASE("stopped on a full disk a run loses nothing that was told") {
  Shop shop;
  const FullDisk disk(shop.folder());
  shop.payment().pause();
  Program run(disk.under(command(shop.run("Sell", "O1"))));
  REQUIRE(run.wait_for("hold: calls Payment.authorise\n"));
  disk.fill();
  shop.payment().go_on();
  REQUIRE(run.wait_for("waiting: the journal can't be written"));
  SUBCASE("by SIGTERM") { run.signal(SIGTERM); }
  SUBCASE("by SIGKILL") { run.signal(SIGKILL); }
  CHECK(run.wait().code > 128);
  disk.make_room();
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
  shop.check_books({"O1"});
}

TEST_CASE("a start on a full disk waits for room, and no longer than it is told") {
  Shop shop;
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
  const FullDisk disk(shop.folder());
  disk.fill();
  const Ended refused = saga::test::run(disk.under(command(shop.run("Sell", "O2"))));
  CHECK(refused.code == 5);
  CHECK(has(refused.err, "no room for the -shm file"));
  // While another program reads the journal, all files beside it are there.
  const Database reader = open(shop.db());
  execute(reader, "SELECT count(*) FROM saga");
  const Ended ran_out =
      saga::test::run(disk.under(command(shop.run("Sell", "O2", {"--wait", "1s"}))));
  CHECK(ran_out.code == 8);
  CHECK(has(ran_out.err, "whether the saga was started is seen by `saga list`"));
  CHECK(ran_out.out.empty());
  Program run(disk.under(command(shop.run("Sell", "O2"))));
  REQUIRE(run.wait_for("waiting: the journal can't be written"));
  disk.make_room();
  CHECK(run.wait().code == 0);
  shop.check_books({"O1", "O2"});
}

TEST_CASE("a journal can't be made on a full disk, and nothing of it is in the way later") {
  Shop shop;
  const FullDisk disk(shop.folder());
  disk.fill();
  const Ended ended = saga::test::run(disk.under(command(shop.run("Sell", "O1"))));
  CHECK(ended.code == 5);
  CHECK(has(ended.err, "full"));
  disk.make_room();
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
}

TEST_CASE("a file that one may only read is refused for writing and read") {
  Shop shop;
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
  fs::permissions(shop.db(), fs::perms::owner_read);
  Launch write = command(shop.run("Sell", "O2"));
  write.heeds_modes = true;
  const Ended refused = saga::test::run(write);
  CHECK(refused.code == 5);
  CHECK(has(refused.err, "can't be written"));
  Launch read = command(shop.with_db({"list"}));
  read.heeds_modes = true;
  const Ended list = saga::test::run(read);
  CHECK_MESSAGE(list.code == 0, list.err);
  CHECK(has(list.out, "O1"));
}

TEST_CASE("a journal in a folder that one may only read is refused for writing and read") {
  Shop shop;
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
  const Folder folder;
  const std::string copy = folder.file("copy.db");
  fs::copy_file(shop.db(), copy);
  fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
  Launch write = command({"cancel", "O1", "--db", copy});
  write.heeds_modes = true;
  const Ended refused = saga::test::run(write);
  CHECK(refused.code == 5);
  CHECK(has(refused.err, "Permission denied"));
  Launch make = command({"run", fixture("sells.saga"), "Sell", "-i", R"({"order":"O1"})", "--db",
                         folder.file("new.db"), "--service", "Stock=http://127.0.0.1:1",
                         "--service", "Payment=http://127.0.0.1:1"});
  make.heeds_modes = true;
  CHECK(saga::test::run(make).code == 5);
  Launch read = command({"list", "--db", copy});
  read.heeds_modes = true;
  const Ended list = saga::test::run(read);
  CHECK_MESSAGE(list.code == 0, list.err);
  CHECK(has(list.out, "O1"));
  fs::permissions(folder.path(), fs::perms::owner_all);
}

TEST_CASE("a journal of a newer version is refused and not touched") {
  Shop shop;
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
  change(shop.db(), "PRAGMA user_version=99");
  check_refused(shop, 5, "the journal has format 99");
  change(shop.db(), "PRAGMA user_version=2");
  CHECK(shop.show("O1")["status"] == "completed");
}

TEST_CASE("a file that is no database, or another program's, is refused and not touched") {
  Shop shop;
  SUBCASE("text") {
    const std::string text(5000, 'x');
    shop.folder().write("saga.db", text);
    check_refused(shop, 5, "not a database");
    CHECK(fs::file_size(shop.db()) == text.size());
  }
  SUBCASE("another program's database") {
    change(shop.db(), "CREATE TABLE mine(x)");
    check_refused(shop, 5, "a database of another program");
  }
}

TEST_CASE("a folder as journal, or one in a folder that isn't there, is told so") {
  Shop shop;
  const Ended dir = saga({"list", "--db", shop.folder().path()});
  CHECK(dir.code == 2);
  CHECK(has(dir.err, "folder"));
  const Ended none = saga({"list", "--db", shop.folder().file("none/saga.db")});
  CHECK(none.code == 6);
  CHECK(has(none.err, "none/saga.db"));
  Words words = shop.run("Sell", "O1");
  for (std::string& word : words) {
    if (word == shop.db()) word = shop.folder().file("none/saga.db");
  }
  const Ended run = saga(words);
  CHECK(run.code == 6);
  CHECK(has(run.err, "none"));
}

}  // namespace
}  // namespace saga::cli::test
