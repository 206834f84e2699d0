#include "tests/cli/shop.hpp"

#include <doctest/doctest.h>

namespace saga::cli::test {

Shop::Shop()
    : stock_("inventory", folder_.file("stock.db")),
      payment_("payments", folder_.file("payment.db")) {}

Words Shop::services() const {
  return {"--service", "Stock=" + stock_.url(), "--service", "Payment=" + payment_.url()};
}

Words Shop::with_db(Words arguments) const {
  arguments.insert(arguments.end(), {"--db", db()});
  return arguments;
}

Words Shop::with_services(Words arguments) const {
  arguments = with_db(std::move(arguments));
  const Words all = services();
  arguments.insert(arguments.end(), all.begin(), all.end());
  return arguments;
}

Words Shop::run(const std::string& saga, const std::string& order, const Words& more) const {
  const std::string input = R"({"order":")" + order + R"("})";
  Words words = {"run", fixture("sells.saga"), saga, "--input", input};
  words.insert(words.end(), more.begin(), more.end());
  return with_services(words);
}

nlohmann::json Shop::show(const std::string& key) const {
  const Ended ended = saga(with_db({"show", key, "-o", "json"}));
  REQUIRE_MESSAGE(ended.code == 0, ended.err);
  return parse(ended.out);
}

void Shop::check_books(const nlohmann::json& orders) const {
  for (const saga::test::Participant* each : {&stock_, &payment_}) {
    const nlohmann::json ledger = parse(each->send("GET", "/ledger").body);
    CHECK(ledger["live"] == orders);
    CHECK(ledger["pending"].empty());
    CHECK(ledger["balanced"] == true);
    for (const nlohmann::json& effect : parse(each->send("GET", "/effects").body)) {
      CHECK(effect["count"] == 1);
    }
  }
}

}  // namespace saga::cli::test
