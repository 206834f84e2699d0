#include "adapters/http/config.hpp"

#include <doctest/doctest.h>

#include "tests/http/certificates.hpp"
#include "tests/http/contract.hpp"

namespace saga::http::test {
namespace {

Config sound_config() {
  Config config;
  config.services["Payment"].url = "http://127.0.0.1:9102";
  config.services["shop.Other"].url = "https://other";
  config.secret = [](const std::string& name) { return base::Result<std::string>(name); };
  return config;
}

std::string problems(const Config& config) {
  const auto valid = validate(config, {contract()});
  return valid ? "" : valid.error().message;
}

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an address is taken apart") {
  const Address plain = parse_address("http://pay").value();
  CHECK_FALSE(plain.is_tls);
  CHECK(plain.host == "pay");
  CHECK(plain.port == "80");
  CHECK(plain.prefix.empty());
  const Address whole = parse_address("https://pay.shop.example:9102/v2/payments///").value();
  CHECK(whole.is_tls);
  CHECK(whole.host == "pay.shop.example");
  CHECK(whole.port == "9102");
  CHECK(whole.prefix == "/v2/payments");
  const Address six = parse_address("https://[2001:db8::1]").value();
  CHECK(six.host == "2001:db8::1");
  CHECK(six.port == "443");
  CHECK(six.authority() == "[2001:db8::1]");
  CHECK(parse_address("http://[::1]:80/").value().authority() == "[::1]");
}

TEST_CASE("what is no address is refused with the reason") {
  for (const char* url : {"",
                          "pay",
                          "pay:80",
                          "//pay",
                          "ftp://pay",
                          "HTTP//pay",
                          "http://",
                          "http:///x",
                          "http://:80",
                          "http://pay:",
                          "http://pay:0",
                          "http://pay:65536",
                          "http://pay:-1",
                          "http://pay:8o",
                          "http://pay:80:81",
                          "http://user@pay",
                          "http://user:pass@pay",
                          "http://pay?x",
                          "http://pay#x",
                          "http://pay/a?b",
                          "http://pay/a#b",
                          "http://pay/a b",
                          "http://pay/\r\nX: y",
                          "http://p ay",
                          "http://pay\r\n",
                          "http://\xc3\xa9",
                          "http://pay/\xc3\xa9",
                          "http://[::1",
                          "http://[::1]x",
                          "http://[]",
                          "http://::1",
                          "http://pay%00",
                          "http://pay\\evil"}) {
    CAPTURE(url);
    const auto parsed = parse_address(url);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == base::ErrorCode::kInvalidArgument);
    CHECK(mentions(parsed.error().message, url));
  }
}

TEST_CASE("a service is found by its full name before its bare one") {
  Config config;
  config.services["Payment"].url = "http://bare";
  CHECK(find_target(config, "shop.Payment")->url == "http://bare");
  CHECK(find_target(config, "other.Payment")->url == "http://bare");
  config.services["shop.Payment"].url = "http://full";
  CHECK(find_target(config, "shop.Payment")->url == "http://full");
  CHECK(find_target(config, "other.Payment")->url == "http://bare");
  CHECK(find_target(config, "shop.Orders") == nullptr);
}

TEST_CASE("a configuration that fits has no problems") {
  CHECK(problems(sound_config()).empty());
  CHECK(validate(Config{}, {}));
}

TEST_CASE("a service without an address is named with the ways to give one") {
  Config config = sound_config();
  config.services.erase("Payment");
  const std::string text = problems(config);
  CHECK(mentions(text, "`Payment`"));
  CHECK(mentions(text, "--service Payment=http://"));
  CHECK(mentions(text, "[services.Payment]"));
}

TEST_CASE("a service that nobody has is named with those there are") {
  Config config = sound_config();
  config.services["Payments"].url = "http://x";
  const std::string text = problems(config);
  CHECK(mentions(text, "`Payments`"));
  CHECK(mentions(text, "`Payment`"));
  CHECK(mentions(text, "`Other`"));
}

TEST_CASE("a bare name that fits several services is refused") {
  auto definition = contract();
  definition->operations.back().service = "other.Payment";
  Config config = sound_config();
  config.services.erase("shop.Other");
  const auto valid = validate(config, {definition});
  REQUIRE_FALSE(valid);
  CHECK(mentions(valid.error().message, "`other.Payment`, `shop.Payment`"));
  config.services["other.Payment"].url = "http://x";
  config.services["shop.Payment"] = config.services["Payment"];
  config.services.erase("Payment");
  CHECK(validate(config, {definition}));
}

TEST_CASE("a secret that can't be read is named") {
  Config config = sound_config();
  config.secret = nullptr;
  CHECK(mentions(problems(config), "`token`"));
  config.secret = [](const std::string& name) {
    return base::Result<std::string>(
        base::fail(base::ErrorCode::kNotFound, "no `" + name + "` anywhere"));
  };
  CHECK(mentions(problems(config), "no `token` anywhere"));
}

TEST_CASE("numbers out of their range are named") {
  Config config = sound_config();
  Target& target = config.services["Payment"];
  for (const std::size_t connections : {std::size_t{0}, std::size_t{513}}) {
    target.connections = connections;
    CHECK(mentions(problems(config), "`connections` must be a number from 1 to 512"));
  }
  target.connections = 512;
  CHECK(problems(config).empty());
  target.breaker.failures = 0;
  CHECK(mentions(problems(config), "breaker"));
  target.breaker = {.failures = 1, .open_for = std::chrono::milliseconds(0)};
  CHECK(mentions(problems(config), "breaker"));
}

TEST_CASE("trusted certificates must be there, hold some, and be of use") {
  Config config = sound_config();
  Target& target = config.services["shop.Other"];
  const TextFile empty("");
  const TextFile nonsense("no certificate");
  const TextFile sound(Identity(Claims{}).pem());
  for (const std::string& path : {empty.path(), nonsense.path(), sound.path() + ".missing"}) {
    target.ca_file = path;
    CHECK(mentions(problems(config), "`" + path + "`"));
  }
  target.ca_file = sound.path();
  CHECK(problems(config).empty());
  config.services["Payment"].ca_file = sound.path();
  CHECK(mentions(problems(config), "https"));
}

TEST_CASE("all faults come at once, a line each") {
  Config config;
  config.services["Payment"].url = "pay";
  config.services["Payment"].connections = 0;
  config.services["Paymint"].url = "http://x";
  const std::string text = problems(config);
  CHECK(std::count(text.begin(), text.end(), '\n') == 4);
  for (const char* part : {"http://", "`connections`", "`Paymint`", "`Other`", "`token`"}) {
    CAPTURE(part);
    CHECK(mentions(text, part));
  }
}

}  // namespace saga::http::test
