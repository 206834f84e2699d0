#include <doctest/doctest.h>

#include <sys/socket.h>

#include "tests/http/calls.hpp"
#include "tests/http/contract.hpp"
#include "tests/http/peer.hpp"

// Connections as they are kept, lost and broken, over a real socket and a server that follows a
// script. Nothing here depends on how long anything takes: a deadline is far away, or certain to be
// missed.

namespace saga::http::test {

using Kind = core::Outcome::Kind;

namespace {

void check_unknown(const core::Outcome& outcome, const std::string& error) {
  CHECK(outcome.kind == Kind::kUnknown);
  CHECK(outcome.error == error);
}

void check_not_sent(const core::Outcome& outcome) {
  CHECK(outcome.kind == Kind::kTransient);
  CHECK(outcome.error == "Unavailable");
  CHECK_FALSE(outcome.message.empty());
}

ports::CallRequest soon(ports::CallRequest request) {
  request.effect.until = test_now() + std::chrono::milliseconds(20);
  return request;
}

// A body that no socket buffer takes at once.
std::string big_arguments() { return "{\"text\":\"" + std::string(1'000'000, 'x') + "\"}"; }

std::uint16_t unused_port() {
  const Server server([](Peer&, int) {});
  return server.port();
}

}  // namespace

TEST_CASE("a call brings its bytes to the participant and the answer back") {
  Flag done;
  std::string got;
  Server server([&](Peer& peer, int) {
    got = peer.read_request();
    peer.send(answer(200, "\"C1\""));
    done.raise();
  });
  Calls calls(server.url());
  const core::Outcome outcome = calls.call(request(kCapture));
  CHECK(outcome.kind == Kind::kDone);
  CHECK(outcome.body == "\"C1\"");
  done.wait();
  CHECK(got.starts_with("POST /capture HTTP/1.1\r\n"));
  CHECK(got.ends_with("\r\n\r\n{\"order\":\"O1\"}"));
}

TEST_CASE("a connection is kept for the next call") {
  Server server(always(answer(200, "\"C1\"")));
  Calls calls(server.url());
  for (int i = 0; i < 5; ++i) CHECK(calls.call(request(kCapture)).kind == Kind::kDone);
  CHECK(server.connections() == 1);
}

TEST_CASE("a connection is not kept where the answer forbids or doesn't allow it") {
  for (const std::string& bytes :
       {answer(200, "\"C1\"", "Connection: close\r\n"),
        std::string("HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\n\"C1\""),
        answer(200, "\"C1\"", "Keep-Alive: timeout=1\r\n"),
        answer(200, "\"C1\"", "Keep-Alive: max=1, timeout=0\r\n"), answer(200, "\"C1\"") + "X"}) {
    CAPTURE(bytes);
    Server server(always(bytes));
    Calls calls(server.url());
    for (int i = 0; i < 2; ++i) CHECK(calls.call(request(kCapture)).kind == Kind::kDone);
    CHECK(server.connections() == 2);
  }
}

TEST_CASE("a connection that was idle for longer than allowed is not used again") {
  Server server(always(answer(200, "\"C1\"")));
  Config config = config_for(server.url());
  config.services["Payment"].idle = std::chrono::milliseconds(0);
  Calls calls(config);
  for (int i = 0; i < 3; ++i) CHECK(calls.call(request(kCapture)).kind == Kind::kDone);
  CHECK(server.connections() == 3);
}

TEST_CASE("a kept connection that the other side has closed meanwhile is replaced") {
  for (const bool hard : {false, true}) {
    Flag closed;
    Server server([&](Peer& peer, int) {
      peer.read_request();
      peer.send(answer(200, "\"C1\""));
      hard ? peer.reset() : peer.close();
      closed.raise();
    });
    Calls calls(server.url());
    CHECK(calls.call(request(kCapture)).kind == Kind::kDone);
    closed.wait();
    CHECK(calls.call(request(kCapture)).kind == Kind::kDone);
    CHECK(server.connections() == 2);
  }
}

TEST_CASE("a kept connection on which the other side has spoken meanwhile is replaced") {
  Flag spoken;
  Server server([&](Peer& peer, int connection) {
    peer.read_request();
    peer.send(answer(200, "\"C" + std::to_string(connection) + "\""));
    peer.send(answer(200, "\"of another call\""));
    spoken.raise();
    peer.read_to_end();
  });
  Calls calls(server.url());
  CHECK(calls.call(request(kCapture)).body == "\"C0\"");
  spoken.wait();
  CHECK(calls.call(request(kCapture)).body == "\"C1\"");
}

TEST_CASE("a kept connection that breaks under the request leaves its outcome unknown") {
  Server server([](Peer& peer, int) {
    peer.read_request();
    peer.send(answer(200, "\"C1\""));
    peer.read_request();
    peer.reset();
  });
  Calls calls(server.url());
  CHECK(calls.call(request(kCapture)).kind == Kind::kDone);
  check_unknown(calls.call(request(kCapture)), "Reset");
  CHECK(server.connections() == 1);  // nothing was sent a second time
}

TEST_CASE("a refused connection is surely not executed") {
  const std::string url = "http://127.0.0.1:" + std::to_string(unused_port());
  Calls calls(url);
  const core::Outcome outcome = calls.call(request(kCapture));
  check_not_sent(outcome);
  CHECK(outcome.message == "it can't be reached: Connection refused, at " + url);
}

TEST_CASE("a name that doesn't resolve is surely not executed") {
  Calls calls("http://" + std::string(70, 'a') + ":80");
  const core::Outcome outcome = calls.call(request(kCapture));
  check_not_sent(outcome);
  CHECK(outcome.message.find("name") != std::string::npos);
}

TEST_CASE("a name is resolved, and each of its addresses tried") {
  Server server(always(answer(200, "\"C1\"")));
  Calls calls("http://localhost:" + std::to_string(server.port()));
  CHECK(calls.call(request(kCapture)).kind == Kind::kDone);
}

TEST_CASE("a service without an address is not executed, and misconfigured") {
  Calls calls("http://127.0.0.1:1");
  const core::Outcome outcome = calls.call(request(kOther));
  check_not_sent(outcome);
  CHECK(outcome.misconfigured);
}

TEST_CASE("a reset in the middle of the request leaves the outcome unknown") {
  Server server([](Peer& peer, int) {
    peer.read(1'000);
    peer.reset();
  });
  Calls calls(server.url());
  check_unknown(calls.call(request(kCapture, big_arguments())), "Reset");
}

TEST_CASE("a reset or close after the request leaves the outcome unknown") {
  for (const bool hard : {false, true}) {
    Server server([&](Peer& peer, int) {
      peer.read_request();
      hard ? peer.reset() : peer.close();
    });
    Calls calls(server.url());
    const core::Outcome outcome = calls.call(request(kCapture));
    check_unknown(outcome, "Reset");
    CHECK(outcome.message.starts_with("no answer: "));
    CHECK(outcome.message.ends_with(", at " + server.url()));
  }
}

TEST_CASE("half an answer is none") {
  const std::string whole = answer(200, "\"C1\"");
  for (std::size_t bytes = 1; bytes < whole.size(); ++bytes) {
    CAPTURE(bytes);
    Server server([&](Peer& peer, int) {
      peer.read_request();
      peer.send(whole.substr(0, bytes));
      peer.close();
    });
    Calls calls(server.url());
    check_unknown(calls.call(request(kCapture)), "Reset");
  }
}

TEST_CASE("an answer that comes byte by byte is an answer") {
  Server server([](Peer& peer, int) {
    peer.read_request();
    for (const char byte : answer(200, "\"C1\"")) peer.send({&byte, 1});
    peer.read_to_end();
  });
  Calls calls(server.url());
  CHECK(calls.call(request(kCapture)).body == "\"C1\"");
}

TEST_CASE("an answer without a length ends with the connection") {
  Server server([](Peer& peer, int) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n\r\n\"C1\"");
  });
  Calls calls(server.url());
  CHECK(calls.call(request(kCapture)).body == "\"C1\"");
  CHECK(calls.call(request(kCapture)).body == "\"C1\"");
  CHECK(server.connections() == 2);
}

TEST_CASE("a refusal that comes before all of the request was read is heard") {
  Server server([](Peer& peer, int) {
    peer.read(1'000);
    peer.send(answer(429, "", "Retry-After: 3\r\n"));
    peer.read_to_end();
  });
  Calls calls(server.url());
  const core::Outcome outcome = calls.call(request(kCapture, big_arguments()));
  CHECK(outcome.kind == Kind::kTransient);
  CHECK(outcome.retry_after == std::chrono::seconds(3));
}

TEST_CASE("an answer that never comes is a time-out, its connection not used again") {
  Server server([](Peer& peer, int connection) {
    while (!peer.read_request().empty()) {
      if (connection > 0) peer.send(answer(200, "\"C1\""));
      peer.send(connection == 0 ? answer(200, "\"C0\"") : "");
      if (connection == 0) break;
    }
    peer.read_to_end();
  });
  Calls calls(server.url());
  CHECK(calls.call(request(kCapture)).body == "\"C0\"");
  check_unknown(calls.call(soon(request(kCapture))), "Timeout");
  CHECK(calls.call(request(kCapture)).body == "\"C1\"");
  CHECK(server.connections() == 2);
}

TEST_CASE("a deadline is absolute: drops that never end don't extend it") {
  Server server([](Peer& peer, int) {
    peer.read_request();
    peer.send(answer(200, "\"C1\""));
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while (peer.send("x")) std::this_thread::yield();
  });
  Calls calls(server.url());
  CHECK(calls.call(request(kCapture)).kind == Kind::kDone);
  check_unknown(calls.call(soon(request(kCapture))), "Timeout");
}

TEST_CASE("a call whose deadline has passed is not sent at all") {
  Server server(always(answer(200, "\"C1\"")));
  Calls calls(server.url());
  CHECK(calls.call(request(kCapture)).kind == Kind::kDone);
  for (const base::Duration late : {base::Duration{0}, base::Duration{1}, base::Duration{99'999}}) {
    ports::CallRequest call = request(kCapture);
    call.effect.until = test_now() - late;
    check_not_sent(calls.call(call));
  }
  CHECK(calls.call(request(kCapture)).kind == Kind::kDone);
}

TEST_CASE("a deadline at the end of time is one like any other") {
  Server server(always(answer(200, "\"C1\"")));
  Calls calls(server.url());
  ports::CallRequest call = request(kCapture);
  call.effect.until = base::TimePoint::max();
  CHECK(calls.call(call).kind == Kind::kDone);
}

}  // namespace saga::http::test
