#include "tests/http/conformance.hpp"

#include <doctest/doctest.h>

#include "tests/http/peer.hpp"

namespace saga::http::test {
namespace {

class OverHttp final : public Setup {
 public:
  explicit OverHttp(Server::Script script) : server_(std::move(script)), calls_(server_.url()) {}
  Calls& calls() override { return calls_; }

 private:
  Server server_;
  Calls calls_;
};

class InProcess final : public Setup {
 public:
  Calls& calls() override { return calls_; }

 private:
  Calls calls_{[](InProcessParticipants& participants) {
    participants.add("Payment.capture", [](const ports::CallRequest& request) {
      core::Outcome outcome;
      outcome.kind = core::Outcome::Kind::kDone;
      outcome.body = request.effect.arguments;
      return outcome;
    });
  }};
};

void echo(Peer& peer, int) {
  for (std::string got = peer.read_request(); !got.empty(); got = peer.read_request())
    peer.send(answer(200, got.substr(got.find("\r\n\r\n") + 4)));
}

void swallow(Peer& peer, int) { peer.read_to_end(); }

}  // namespace

TEST_CASE("participants over HTTP conform") {
  check_conformance([] { return std::make_unique<OverHttp>(echo); });
}

TEST_CASE("participants over HTTP keep deadlines") {
  check_deadlines([] { return std::make_unique<OverHttp>(swallow); });
}

TEST_CASE("participants in the same process conform") {
  check_conformance([] { return std::make_unique<InProcess>(); });
}

}  // namespace saga::http::test
