#include <doctest/doctest.h>

#include <algorithm>

#include "tests/http/calls.hpp"
#include "tests/http/contract.hpp"
#include "tests/http/peer.hpp"

// The connections of one participant, its queue and its breaker, as calls see them.

namespace saga::http::test {

using Kind = core::Outcome::Kind;

namespace {

Config config_with(const Server& server, std::size_t connections, std::size_t waiting) {
  Config config = config_for(server.url());
  config.services["Payment"].connections = connections;
  config.services["Payment"].waiting = waiting;
  return config;
}

// Answers with the argument it was sent, but nothing before the gate is open.
Server::Script echo_after(Flag& gate) {
  return [&gate](Peer& peer, int) {
    for (;;) {
      const std::string got = peer.read_request();
      if (got.empty()) return;
      gate.wait();
      peer.send(answer(200, got.substr(got.find("\r\n\r\n") + 4)));
    }
  };
}

ports::CallRequest numbered(std::size_t number, base::Duration left = std::chrono::minutes(1)) {
  ports::CallRequest call = request(kCapture, std::to_string(number));
  call.effect.until = test_now() + left;
  return call;
}

}  // namespace

TEST_CASE("there are never more connections than allowed, and each call gets its own answer") {
  Flag gate;
  Server server(echo_after(gate));
  Calls calls(config_with(server, 3, 100));
  for (std::size_t i = 0; i < 50; ++i) calls.begin(numbered(i));
  gate.raise();
  for (std::size_t i = 0; i < 50; ++i) CHECK(calls.wait(i).body == std::to_string(i));
  CHECK(server.connections() == 3);
}

TEST_CASE("calls that wait for a connection are sent in their order") {
  Flag gate;
  Server server(echo_after(gate));
  Calls calls(config_with(server, 1, 100));
  for (std::size_t i = 0; i < 20; ++i) calls.begin(numbered(i));
  gate.raise();
  calls.run_until([&] { return calls.ending_order().size() == 20; });
  CHECK(std::is_sorted(calls.ending_order().begin(), calls.ending_order().end()));
}

TEST_CASE("a call that finds too many waiting is told so at once, and was not sent") {
  Flag gate;
  Server server(echo_after(gate));
  Calls calls(config_with(server, 1, 2));
  for (std::size_t i = 0; i < 3; ++i) calls.begin(numbered(i));
  const core::Outcome refused = calls.call(numbered(3));
  CHECK(refused.kind == Kind::kTransient);
  CHECK(refused.error == "Unavailable");
  CHECK(calls.ending_order().size() == 1);
  gate.raise();
  for (std::size_t i = 0; i < 3; ++i) CHECK(calls.wait(i).kind == Kind::kDone);
}

TEST_CASE("a call whose deadline comes while it waits was surely not sent") {
  Flag gate;
  Server server(echo_after(gate));
  Calls calls(config_with(server, 1, 10));
  calls.begin(numbered(0));
  const std::size_t patient = calls.begin(numbered(1));
  const std::size_t hasty = calls.begin(numbered(2, std::chrono::milliseconds(20)));
  const core::Outcome outcome = calls.wait(hasty);
  CHECK(outcome.kind == Kind::kTransient);
  CHECK(outcome.error == "Unavailable");
  CHECK(calls.ending_order().size() == 1);
  gate.raise();
  CHECK(calls.wait(patient).body == "1");
}

TEST_CASE("deadlines come in their own order, whatever that of the calls") {
  Flag gate;
  Server server(echo_after(gate));
  Calls calls(config_with(server, 2, 10));
  for (const int left : {60, 20, 40, 80, 10})
    calls.begin(numbered(0, std::chrono::milliseconds(left)));
  calls.run_until([&] { return calls.ending_order().size() == 5; });
  for (std::size_t i = 0; i < 5; ++i) CHECK(calls.times_ended(i) == 1);
  gate.raise();
}

TEST_CASE("a breaker opens after the failures it is given, and says when to come again") {
  Server server(always(answer(500, "")));
  Config config = config_for(server.url());
  config.services["Payment"].breaker = {.failures = 3, .open_for = std::chrono::hours(1)};
  Calls calls(config);
  for (int i = 0; i < 3; ++i) CHECK(calls.call(request(kCapture)).kind == Kind::kUnknown);
  const core::Outcome outcome = calls.call(request(kCapture));
  CHECK(outcome.kind == Kind::kTransient);
  CHECK(outcome.error == "Unavailable");
  REQUIRE(outcome.retry_after);
  CHECK(*outcome.retry_after > std::chrono::minutes(59));
  CHECK(outcome.message ==
        "it is left alone for a while, after: `capture` failed inside (500), at " + server.url());
  CHECK(server.connections() == 1);
}

TEST_CASE("a breaker opens at once where the participant is misconfigured") {
  Server server(always(answer(403, "")));
  Config config = config_for(server.url());
  config.services["Payment"].breaker.open_for = std::chrono::hours(1);
  Calls calls(config);
  CHECK(calls.call(request(kCapture)).misconfigured);
  const core::Outcome outcome = calls.call(request(kCapture));
  CHECK(outcome.kind == Kind::kTransient);
  CHECK(outcome.retry_after);
  CHECK_FALSE(outcome.misconfigured);  // one alert is enough
}

TEST_CASE("a person is told of a misconfigured participant once, until it has answered well") {
  Server server([](Peer& peer, int) {
    for (const int status : {403, 500, 401, 200, 403}) {
      if (peer.read_request().empty()) return;
      peer.send(answer(status, status == 200 ? "\"C1\"" : ""));
    }
  });
  Config config = config_for(server.url());
  config.services["Payment"].breaker.open_for = std::chrono::milliseconds(0);
  std::vector<std::string> told;
  config.on_misconfigured = [&](const std::string& service, const std::string& url,
                                const std::string& why) {
    CHECK(service == "shop.Payment");
    CHECK(url == server.url());
    told.push_back(why);
  };
  Calls calls(config);
  for (int i = 0; i < 3; ++i) CHECK(calls.call(request(kCapture)).kind != Kind::kDone);
  CHECK(told.size() == 1);
  CHECK(calls.call(request(kCapture)).kind == Kind::kDone);
  CHECK(told.size() == 1);
  CHECK(calls.call(request(kCapture)).misconfigured);
  REQUIRE(told.size() == 2);
  CHECK(told[0].find("(403)") != std::string::npos);
}

TEST_CASE("business answers, defects and declared faults don't open a breaker") {
  for (const std::string& bytes :
       {answer(409, R"({"error":"Declined"})"), answer(429, R"({"error":"Busy"})"), answer(400, ""),
        answer(200, "no JSON")}) {
    Server server(always(bytes));
    Config config = config_for(server.url());
    config.services["Payment"].breaker = {.failures = 1, .open_for = std::chrono::hours(1)};
    Calls calls(config);
    const Kind first = calls.call(request(kCapture)).kind;
    CHECK(calls.call(request(kCapture)).kind == first);
    CHECK_FALSE(calls.call(request(kCapture)).retry_after);
  }
}

TEST_CASE("a probe goes through when the breaker's time is over, and closes it by its success") {
  std::atomic<bool> is_well = false;
  Server server([&](Peer& peer, int) {
    while (!peer.read_request().empty()) peer.send(answer(is_well ? 200 : 500, "\"C1\""));
  });
  Config config = config_for(server.url());
  config.services["Payment"].breaker = {.failures = 1, .open_for = std::chrono::milliseconds(1)};
  Calls calls(config);
  CHECK(calls.call(request(kCapture)).kind == Kind::kUnknown);
  is_well = true;
  core::Outcome outcome;
  calls.run_until([&] { return (outcome = calls.call(request(kCapture))).kind == Kind::kDone; });
  for (int i = 0; i < 3; ++i) CHECK(calls.call(request(kCapture)).kind == Kind::kDone);
}

TEST_CASE("calls that never got a connection don't count against the participant") {
  Flag gate;
  Server server(echo_after(gate));
  Config config = config_with(server, 1, 100);
  config.services["Payment"].breaker = {.failures = 2, .open_for = std::chrono::hours(1)};
  Calls calls(config);
  const std::size_t first = calls.begin(numbered(0));
  for (std::size_t i = 1; i < 9; ++i) calls.begin(numbered(i, std::chrono::milliseconds(10)));
  calls.run_until([&] { return calls.ending_order().size() == 8; });
  gate.raise();
  CHECK(calls.wait(first).kind == Kind::kDone);
  CHECK(calls.call(numbered(9)).kind == Kind::kDone);
}

TEST_CASE("services at one address share its connections") {
  Server server(always(answer(200, "\"C1\"")));
  Config config = config_for(server.url());
  config.services["Other"].url = server.url();
  Calls calls(config);
  CHECK(calls.call(request(kCapture)).kind == Kind::kDone);
  CHECK(calls.call(request(kOther)).kind == Kind::kDone);
  CHECK(server.connections() == 1);
}

TEST_CASE("a secret is read at each call, and goes along as a bearer token") {
  Flag gate;
  std::vector<std::string> got;
  Server server([&](Peer& peer, int) {
    for (int i = 0; i < 2; ++i) {
      got.push_back(peer.read_request());
      peer.send(answer(200, "\"C1\""));
    }
    gate.raise();
  });
  Config config = config_for(server.url());
  int reads = 0;
  config.secret = [&](const std::string& name) {
    return base::Result<std::string>(name + std::to_string(++reads));
  };
  Calls calls(config);
  for (int i = 0; i < 2; ++i) CHECK(calls.call(request(kSecured)).kind == Kind::kDone);
  gate.wait();
  CHECK(got[0].find("\r\nAuthorization: Bearer token1\r\n") != std::string::npos);
  CHECK(got[1].find("\r\nAuthorization: Bearer token2\r\n") != std::string::npos);
}

TEST_CASE("without its secret a call is not sent, and misconfigured") {
  Server server(always(answer(200, "\"C1\"")));
  Config config = config_for(server.url());
  Calls without(config);
  CHECK(without.call(request(kSecured)).misconfigured);
  config.secret = [](const std::string&) {
    return base::Result<std::string>(base::fail(base::ErrorCode::kNotFound, "it is gone"));
  };
  Calls calls(config);
  const core::Outcome outcome = calls.call(request(kSecured));
  CHECK(outcome.kind == Kind::kTransient);
  CHECK(outcome.misconfigured);
  CHECK(outcome.message == "it is gone");
  CHECK(server.connections() == 0);
}

TEST_CASE("arguments that make no request are a defect, and nothing is sent") {
  Server server(always(answer(200, "\"C1\"")));
  Calls calls(server.url());
  CHECK(calls.call(request(kShow, R"({"order":"..","line":1})")).kind == Kind::kDefect);
  ports::CallRequest poll = request(kBook);
  poll.effect.poll_url = "http://elsewhere/jobs/17";
  CHECK(calls.call(poll).kind == Kind::kDefect);
  CHECK(server.connections() == 0);
}

}  // namespace saga::http::test
