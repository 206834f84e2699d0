#include <doctest/doctest.h>

#include <csignal>

#include "tests/cli/shop.hpp"

namespace saga::cli::test {
namespace {

// A run of Sell that waits for the answer of a payment service that is paused.
struct Paused {
  explicit Paused(Shop& shop) : program((shop.payment().pause(), command(shop.run("Sell", "O1")))) {
    REQUIRE(program.wait_for("hold: calls Payment.authorise\n"));
  }
  Program program;
};

TEST_CASE("killed with -9 and run again it goes on where it was") {
  Shop shop;
  Paused run(shop);
  CHECK(run.program.kill().code == 128 + SIGKILL);
  CHECK(shop.show("O1")["status"] == "running");
  shop.payment().go_on();
  const Ended again = saga::test::run(command(shop.run("Sell", "O1")));
  CHECK(again.code == 0);
  CHECK(has(again.err, "this start is known"));
  CHECK(has(again.out, "hold: calls Payment.authorise\n"));
  CHECK(has(again.out, "completed after "));
  shop.check_books({"O1"});
}

TEST_CASE("a run takes up every unfinished saga of the file") {
  Shop shop;
  Paused(shop).program.kill();
  shop.payment().go_on();
  Words words = shop.run("Sell", "O2");
  CHECK(saga::test::run(command(words)).code == 0);
  // The other one goes on beside it; another run waits for its end.
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
  shop.check_books({"O1", "O2"});
}

TEST_CASE("a run refuses to fail sagas of the file for want of an address") {
  Shop shop;
  Paused(shop).program.kill();
  shop.payment().go_on();
  const std::string file = shop.folder().write("other.saga", R"(module other
service Orders { write cancel(order: string) idempotent }
saga Forget(order: string) {
  step forget = Orders.cancel(order) compensate none "there is nothing to bring back"
}
)");
  const saga::test::Participant orders("orders", shop.folder().file("orders.db"));
  const Words other = shop.with_db(
      {"run", file, "--input", R"({"order":"O9"})", "--service", "Orders=" + orders.url()});
  const Ended refused = saga(other);
  CHECK(refused.code == 2);
  CHECK(refused.out.empty());
  CHECK(has(refused.err, "Payment"));
  CHECK(has(refused.err, "Stock"));
  CHECK(shop.show("O1")["status"] == "running");
  Words all = other;
  const Words services = shop.services();
  all.insert(all.end(), services.begin(), services.end());
  CHECK(saga(all).code == 0);
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
  // Nothing of the shop is unfinished now, so its addresses aren't needed any more.
  CHECK(saga(other).code == 0);
}

void stops_in_order(int signal) {
  Shop shop;
  Paused run(shop);
  run.program.signal(signal);
  REQUIRE(run.program.wait_for("stopping: calls under way may end"));
  // Its answer still comes, is taken and committed, and nothing is begun after it.
  shop.payment().go_on();
  const Ended ended = run.program.wait();
  CHECK(ended.code == 128 + signal);
  CHECK(has(ended.err, "stopped; run the same command"));
  CHECK(has(ended.out, "hold: done\n"));
  CHECK_FALSE(has(ended.out, "charge: done\n"));
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
  shop.check_books({"O1"});
}

TEST_CASE("a stop signal lets the calls under way end and commits what came of them") {
  SUBCASE("SIGTERM") { stops_in_order(SIGTERM); }
  SUBCASE("SIGINT") { stops_in_order(SIGINT); }
}

TEST_CASE("a second stop signal ends at once") {
  Shop shop;
  Paused run(shop);
  run.program.signal(SIGTERM);
  REQUIRE(run.program.wait_for("stopping"));
  run.program.signal(SIGTERM);
  CHECK(run.program.wait().code == 128 + SIGTERM);
  shop.payment().go_on();
  CHECK(saga::test::run(command(shop.run("Sell", "O1"))).code == 0);
  shop.check_books({"O1"});
}

}  // namespace
}  // namespace saga::cli::test
