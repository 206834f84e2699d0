#include <doctest/doctest.h>

#include "tests/http/calls.hpp"
#include "tests/http/certificates.hpp"
#include "tests/http/contract.hpp"
#include "tests/http/peer.hpp"

// TLS fails closed: whatever is wrong with it, nothing of a request leaves.

namespace saga::http::test {

using Kind = core::Outcome::Kind;

namespace {

struct Authority {
  Identity root{Claims{.subject = "root", .names = "", .is_authority = true}};
  TextFile file{root.pem()};
};

Config config_with(const Server& server, const std::string& ca_file,
                   const std::string& host = "127.0.0.1") {
  Config config = config_for("https://" + host + ":" + std::to_string(server.port()));
  config.services["Payment"].ca_file = ca_file;
  return config;
}

// A call to a server with this identity fails before anything was sent.
void check_refused(const Claims& claims, const std::string& host = "127.0.0.1") {
  const Authority authority;
  const Identity identity(claims, &authority.root);
  const Context context = identity.server();
  Server server(always(answer(200, "\"C1\"")), context.get());
  Calls calls(config_with(server, authority.file.path(), host));
  const core::Outcome outcome = calls.call(request(kCapture));
  CHECK(outcome.kind == Kind::kTransient);
  CHECK(outcome.error == "Unavailable");
  CHECK(outcome.message.find("TLS") != std::string::npos);
  CHECK(server.ended() == 0);
}

}  // namespace

TEST_CASE("a certificate for this host by a trusted authority is accepted, the connection kept") {
  const Authority authority;
  const Identity identity(Claims{}, &authority.root);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const char* host : {"127.0.0.1", "localhost"}) {
      const Context context = identity.server(version);
      Server server(always(answer(200, "\"C1\"")), context.get());
      Calls calls(config_with(server, authority.file.path(), host));
      for (int i = 0; i < 3; ++i) CHECK(calls.call(request(kCapture)).body == "\"C1\"");
      CHECK(server.connections() == 1);
    }
  }
}

TEST_CASE("a body of many records arrives in both directions") {
  const Authority authority;
  const Identity identity(Claims{}, &authority.root);
  const Context context = identity.server();
  const std::string text = '"' + std::string(900'000, 'x') + '"';
  Server server(
      [&](Peer& peer, int) {
        const std::string got = peer.read_request();
        peer.send(answer(200, got.substr(got.find("\r\n\r\n") + 4)));
      },
      context.get());
  Calls calls(config_with(server, authority.file.path()));
  CHECK(calls.call(request(kCapture, text)).body == text);
}

TEST_CASE("a certificate for another host is refused") {
  check_refused(Claims{.names = "DNS:payments.example,IP:10.0.0.1"});
  check_refused(Claims{.subject = "other", .names = "DNS:localhost"}, "127.0.0.1");
  check_refused(Claims{.subject = "other", .names = "IP:127.0.0.1"}, "localhost");
}

TEST_CASE("a certificate whose time is over, or has not come, is refused") {
  check_refused(Claims{.valid_from = -7'200, .valid_to = -3'600});
  check_refused(Claims{.valid_from = 3'600, .valid_to = 7'200});
}

TEST_CASE("a certificate that nobody trusted has signed is refused") {
  const Authority trusted;
  const Identity self_signed{Claims{}};
  const Identity other_root{Claims{.subject = "root", .names = "", .is_authority = true}};
  const Identity of_other_root(Claims{}, &other_root);
  const Identity no_authority(Claims{}, &trusted.root);
  const Identity of_no_authority(Claims{}, &no_authority);
  for (const Identity* identity : {&self_signed, &of_other_root, &of_no_authority}) {
    const Context context = identity->server();
    Server server(always(answer(200, "\"C1\"")), context.get());
    for (const std::string& file : {trusted.file.path(), std::string()}) {
      Calls calls(config_with(server, file));
      CHECK(calls.call(request(kCapture)).error == "Unavailable");
    }
    CHECK(server.ended() == 0);
  }
}

TEST_CASE("trusted certificates that can't be read trust nobody") {
  const Authority authority;
  const Identity identity(Claims{}, &authority.root);
  const Context context = identity.server();
  Server server(always(answer(200, "\"C1\"")), context.get());
  Calls calls(config_with(server, authority.file.path() + ".missing"));
  CHECK(calls.call(request(kCapture)).error == "Unavailable");
}

TEST_CASE("TLS before 1.2 is refused") {
  const Authority authority;
  const Identity identity(Claims{}, &authority.root);
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    const Context context = identity.server(version);
    Server server(always(answer(200, "\"C1\"")), context.get());
    Calls calls(config_with(server, authority.file.path()));
    CHECK(calls.call(request(kCapture)).error == "Unavailable");
    CHECK(server.ended() == 0);
  }
}

TEST_CASE("a plain server where TLS is expected sees nothing of the request") {
  Flag done;
  std::string got;
  Server server([&](Peer& peer, int) {
    got = peer.read(1);
    peer.send(answer(400, ""));
    got += peer.read_to_end();
    done.raise();
  });
  Calls calls(config_with(server, ""));
  CHECK(calls.call(request(kCapture)).error == "Unavailable");
  done.wait();
  CHECK(got.find("capture") == std::string::npos);
  CHECK(got.find("O1") == std::string::npos);
}

TEST_CASE("a TLS server where plain HTTP is expected answers nothing") {
  const Identity identity{Claims{}};
  const Context context = identity.server();
  Server server(always(answer(200, "\"C1\"")), context.get());
  Calls calls(server.url());
  CHECK(calls.call(request(kCapture)).kind == Kind::kUnknown);
}

TEST_CASE("a handshake that doesn't end by the deadline was no request") {
  Server server([](Peer& peer, int) { peer.read_to_end(); });
  Calls calls(config_with(server, ""));
  ports::CallRequest call = request(kCapture);
  call.effect.until = test_now() + std::chrono::milliseconds(20);
  const core::Outcome outcome = calls.call(call);
  CHECK(outcome.kind == Kind::kTransient);
  CHECK(outcome.error == "Unavailable");
}

TEST_CASE("an answer without a length needs TLS's farewell at its end") {
  const Authority authority;
  const Identity identity(Claims{}, &authority.root);
  const Context context = identity.server();
  for (const bool says_farewell : {true, false}) {
    Server server(
        [&](Peer& peer, int) {
          peer.read_request();
          peer.send("HTTP/1.1 200 OK\r\n\r\n12");
          says_farewell ? peer.close() : peer.cut();
        },
        context.get());
    Calls calls(config_with(server, authority.file.path()));
    CHECK(calls.call(request(kCapture)).kind == (says_farewell ? Kind::kDone : Kind::kUnknown));
  }
}

TEST_CASE("surplus bytes of a TLS connection never become the next call's answer") {
  const Authority authority;
  const Identity identity(Claims{}, &authority.root);
  const Context context = identity.server();
  for (const bool at_once : {true, false}) {
    Flag spoken;
    Server server(
        [&](Peer& peer, int connection) {
          const std::string own = answer(200, "\"C" + std::to_string(connection) + "\"");
          const std::string surplus = answer(200, "\"of another call\"");
          peer.read_request();
          peer.send(at_once ? own + surplus : own);
          peer.send(surplus);
          spoken.raise();
          peer.read_to_end();
        },
        context.get());
    Calls calls(config_with(server, authority.file.path()));
    CHECK(calls.call(request(kCapture)).body == "\"C0\"");
    spoken.wait();
    CHECK(calls.call(request(kCapture)).body == "\"C1\"");
  }
}

TEST_CASE("a kept TLS connection that was closed meanwhile is replaced") {
  const Authority authority;
  const Identity identity(Claims{}, &authority.root);
  const Context context = identity.server();
  Flag closed;
  Server server(
      [&](Peer& peer, int) {
        peer.read_request();
        peer.send(answer(200, "\"C1\""));
        peer.close();
        closed.raise();
      },
      context.get());
  Calls calls(config_with(server, authority.file.path()));
  CHECK(calls.call(request(kCapture)).kind == Kind::kDone);
  closed.wait();
  CHECK(calls.call(request(kCapture)).kind == Kind::kDone);
  CHECK(server.connections() == 2);
}

}  // namespace saga::http::test
