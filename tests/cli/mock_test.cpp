#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/cli/command.hpp"

namespace saga::cli::test {
namespace {

const std::string kSells = R"(module shop
secret PAY_TOKEN
error Declined { reason: string }
service Payment auth PAY_TOKEN {
  write charge(order: string) -> string
    errors Declined
    idempotent by key
    resolve charge_of(key)
  write refund(order: string) idempotent
  read charge_of(key: string) -> string?
}
service Printer {
  write print(order: string) -> string idempotent by key async
  write drop(order: string) idempotent
}
saga Sell(order: string) -> string key order {
  step job = Printer.print(order) timeout 5s within 1m compensate Printer.drop(order)
  step paid = Payment.charge(order) timeout 5s compensate Payment.refund(order)
  return paid
}
)";

class Shop {
 public:
  Shop() { std::ofstream(file()) << kSells; }
  [[nodiscard]] std::string file() const { return folder_.file("sells.saga"); }
  [[nodiscard]] std::string db() const { return folder_.file("saga.db"); }
  [[nodiscard]] Ended run(const Words& more) const {
    Words words = {"run", file(), "--input", R"({"order":"O1"})"};
    words.insert(words.end(), more.begin(), more.end());
    return saga(words);
  }

 private:
  Folder folder_;
};

}  // namespace

TEST_CASE("a saga runs on mocks, and needs nothing else") {
  const Shop shop;
  const Ended ended = shop.run({"--mock"});
  INFO(ended.out, ended.err);
  CHECK(ended.code == 0);
  CHECK(has(ended.out, "completed"));
  const Ended told = shop.run({"--mock", "--answer", R"(Payment.charge="C-77")", "-o", "json"});
  CHECK(parse(told.out)["output"] == "C-77");
}

TEST_CASE("mocks go wrong where they are told to") {
  const Shop shop;
  const Ended declined = shop.run({"--mock", "--fault", "Payment.charge=reject:Declined"});
  CHECK(declined.code == 3);
  CHECK(has(declined.out, "compensates by Printer.drop"));
  const Ended lost = shop.run({"--mock", "--fault", "Payment.charge=drop_answer"});
  INFO(lost.out, lost.err);
  CHECK(lost.code == 0);
  CHECK(has(lost.out, "Payment.charge_of"));
}

TEST_CASE("what is wrong with a mock's option is told before anything runs") {
  const Shop shop;
  for (const Words& bad :
       {Words{"--mock", "--fault", "Payment.charge"},
        Words{"--mock", "--fault", "Payment.pay=error"},
        Words{"--mock", "--fault", "Payment.charge=reject:Lost"}, Words{"--mock", "--answer", "x"},
        Words{"--mock", "--answer", "Payment.charge=3"},
        Words{"--fault", "Payment.charge=error"}}) {
    const Ended ended = shop.run(bad);
    CAPTURE(bad.back());
    CHECK(ended.code == 2);
    CHECK_FALSE(ended.err.empty());
    CHECK(ended.out.empty());
  }
}

TEST_CASE("mocks never answer for real sagas, nor real services for those of mocks") {
  const Shop shop;
  CHECK(shop.run({"--mock", "--db", shop.db()}).code == 0);
  CHECK(shop.run({"--mock", "--db", shop.db()}).code == 0);  // the same start again
  const Ended real = shop.run({"--db", shop.db(), "--service", "Payment=http://127.0.0.1:9",
                               "--service", "Printer=http://127.0.0.1:9"});
  CHECK(real.code == 7);
  CHECK(has(real.err, "began on mocks"));
  const std::string other = shop.db() + "2";
  const Words really = {"run",
                        fixture("prints.saga"),
                        "Print",
                        "--input",
                        R"({"order":"O1"})",
                        "--db",
                        other,
                        "--wait",
                        "1ms",
                        "--service",
                        "Printer=http://127.0.0.1:9"};
  CHECK(saga(really).code == 3);  // nobody is there: nothing was done
  const Ended mocked = shop.run({"--mock", "--db", other});
  CHECK(mocked.code == 7);
  CHECK(has(mocked.err, "sagas of real services"));
}

TEST_CASE("no mock takes over from a real service, nor is a made-up secret sent to one") {
  const Shop shop;
  const std::string nobody = "Payment=http://127.0.0.1:9";
  const Ended kept = shop.run({"--mock", "--db", shop.db(), "--service", nobody});
  CHECK(kept.code == 2);
  CHECK(has(kept.err, "takes no --service"));
  CHECK_FALSE(std::filesystem::exists(shop.db()));
  const Ended secret = shop.run({"--mock", "--service", nobody});
  CHECK(secret.code == 2);
  CHECK(has(secret.err, "PAY_TOKEN"));
}

TEST_CASE("two services of one name aren't mocked at once") {
  const Shop shop;
  const std::string other = shop.db() + ".saga";
  std::ofstream(other) << R"(module other
service Payment { read look(id: string) -> int }
saga Look(id: string) -> int key id {
  step a = Payment.look(id) timeout 5s
  return a
}
)";
  const Ended ended = saga({"mock", shop.file(), other});
  CHECK(ended.code == 2);
  CHECK(has(ended.err, "`Payment` is both shop.Payment and other.Payment"));
}

TEST_CASE("mocks are served until a signal, and print each call") {
  const Shop shop;
  Program mocks(command({"mock", shop.file(), "--fault", "Payment.charge=unavailable"}));
  const std::string payment = mocks.read_line().value_or("");
  const std::string printer = mocks.read_line().value_or("");
  REQUIRE(has(payment, "--service Payment=http://127.0.0.1:"));
  const Ended ran = shop.run({"--service", payment.substr(10), "--service", printer.substr(10)});
  CHECK(ran.code == 2);  // the secret of a real service isn't made up
  CHECK(has(ran.err, "PAY_TOKEN"));
  mocks.signal(SIGTERM);
  CHECK(mocks.wait().code == 0);
}

TEST_CASE("each call is a line, with its outcome") {
  const Shop shop;
  const std::string file = shop.db() + ".saga";
  std::ofstream(file) << R"(module shop
service Stock {
  write take(id: string) -> string idempotent by key
  write back(id: string) idempotent
}
saga Take(id: string) -> string key id {
  step a = Stock.take(id) timeout 5s retry 100ms up to 2 times compensate Stock.back(id)
  return a
}
)";
  Program mocks(command({"mock", file, "-o", "jsonl", "--fault", "Stock.take=unavailable"}));
  const nlohmann::json stock = parse(mocks.read_line().value_or("{}"));
  CHECK(stock["service"] == "Stock");
  const Ended ran = saga({"run", file, "--input", R"({"id":"A"})", "--service",
                          "Stock=" + stock["url"].get<std::string>()});
  INFO(ran.err);
  CHECK(ran.code == 0);
  const nlohmann::json first = parse(mocks.read_line().value_or("{}"));
  CHECK(first["operation"] == "Stock.take");
  CHECK(has(first["outcome"], "503"));
  const nlohmann::json second = parse(mocks.read_line().value_or("{}"));
  CHECK(second["key"] == first["key"]);
  CHECK(has(second["outcome"], "200 \"sample\""));
}

}  // namespace saga::cli::test
