#include <doctest/doctest.h>

#include "engine/base/limits.hpp"
#include "tests/http/calls.hpp"
#include "tests/http/contract.hpp"
#include "tests/http/peer.hpp"

// What participants send, fair and foul, byte for byte.

namespace saga::http::test {

using Kind = core::Outcome::Kind;

namespace {

// The outcome of one call whose answer is these bytes; the connection stays open after them.
core::Outcome outcome_of(const std::string& bytes, Operation operation = kCapture) {
  Server server([&](Peer& peer, int) {
    peer.read_request();
    peer.send(bytes);
    peer.read_to_end();
  });
  Calls calls(server.url());
  return calls.call(request(operation));
}

// The same where the bytes go on for ever.
core::Outcome outcome_of_endless(const std::string& head, const std::string& more,
                                 Operation operation = kCapture) {
  std::string block;
  while (block.size() < 8'192) block += more;
  Server server([&](Peer& peer, int) {
    peer.read_request();
    for (bool is_taken = peer.send(head); is_taken;) is_taken = peer.send(block);
  });
  Calls calls(server.url());
  return calls.call(request(operation));
}

std::string chunked(const std::string& chunks, const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
}

}  // namespace

TEST_CASE("the headers that decide are read, whatever their case") {
  const core::Outcome late = outcome_of(answer(503, "", "retry-after: 7\r\n"));
  CHECK(late.kind == Kind::kTransient);
  CHECK(late.retry_after == std::chrono::seconds(7));
  const core::Outcome dated =
      outcome_of(answer(503, "", "Retry-After:  Sun, 22 Nov 2026 08:00:30 GMT \r\n"));
  CHECK(dated.retry_after == std::chrono::seconds(30));
  const core::Outcome rejected =
      outcome_of(answer(200, R"({"error":"Declined"})", "SAGA-OUTCOME: Rejected\r\n"));
  CHECK(rejected.kind == Kind::kRejected);
  CHECK(rejected.error == "Declined");
  CHECK(outcome_of(answer(200, "null", "saga-fenced: TRUE\r\n"), kFind).fenced);
  CHECK_FALSE(outcome_of(answer(200, "null", "Saga-Fenced: no\r\n"), kFind).fenced);
  const core::Outcome pending =
      outcome_of(answer(202, "", "Location: /jobs/17\r\nRetry-After: 5\r\n"), kBook);
  CHECK(pending.kind == Kind::kPending);
  CHECK(pending.poll_url == "/jobs/17");
  CHECK(pending.retry_after == std::chrono::seconds(5));
}

TEST_CASE("of a header that comes twice the first counts") {
  const std::string twice = "Saga-Outcome: unknown\r\nSaga-Outcome: rejected\r\n";
  CHECK(outcome_of(answer(200, "\"C1\"", twice)).kind == Kind::kUnknown);
}

TEST_CASE("an encoded body is never decoded") {
  CHECK(outcome_of(answer(200, "\"C1\"", "Content-Encoding: identity\r\n")).kind == Kind::kDone);
  CHECK(outcome_of(answer(200, "\"C1\"", "Content-Encoding: gzip\r\n")).kind == Kind::kDefect);
  CHECK(outcome_of(answer(503, "\x1f\x8b", "Content-Encoding: gzip\r\nRetry-After: 1\r\n")).kind ==
        Kind::kTransient);
}

TEST_CASE("chunks make one body") {
  CHECK(outcome_of(chunked("2\r\n\"C\r\n2;ext=1\r\n1\"\r\n0\r\n\r\n")).body == "\"C1\"");
  CHECK(outcome_of(chunked("4\r\n\"C1\"\r\n0\r\nTrailer: x\r\n\r\n")).body == "\"C1\"");
}

TEST_CASE("a broken chunk is no answer") {
  for (const char* chunks : {"x\r\n", "-1\r\n", "4\r\n\"C1\"X\r\n0\r\n\r\n", "\r\n",
                             "fffffffffffffffff\r\n", "4 4\r\n\"C1\"\r\n0\r\n\r\n"}) {
    CAPTURE(chunks);
    const core::Outcome outcome = outcome_of(chunked(chunks));
    CHECK(outcome.kind == Kind::kUnknown);
    CHECK(outcome.error == "Reset");
  }
}

TEST_CASE("what is no HTTP, or could be read in two ways, is no answer") {
  for (const char* bytes :
       {"hello\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "\x16\x03\x01\x02\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n\"C1\"",
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n\"C1\"",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n\"C1\"",
        "HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\n\"C1\"",
        "HTTP/1.1 200 OK\r\nContent-Length: 4x\r\n\r\n\"C1\"",
        "HTTP/1.1 200 OK\r\nContent-Length : 4\r\n\r\n\"C1\"",
        "HTTP/1.1 200 OK\nContent-Length: 4\n\n\"C1\"", "HTTP/1.1 200 OK\r\nNo colon\r\n\r\n"}) {
    CAPTURE(bytes);
    const core::Outcome outcome = outcome_of(bytes);
    CHECK(outcome.kind == Kind::kUnknown);
    CHECK(outcome.error == "Reset");
  }
}

TEST_CASE("a number that says the same length twice is no ambiguity that could be used") {
  Server server(always("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\n\"C1\""));
  Calls calls(server.url());
  const Kind kind = calls.call(request(kCapture)).kind;
  CHECK((kind == Kind::kDone || kind == Kind::kUnknown));
}

TEST_CASE("interim answers are passed over, up to a bound") {
  const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
  const std::string final_one = answer(200, "\"C1\"");
  CHECK(outcome_of("HTTP/1.1 100 Continue\r\n\r\n" + interim + final_one).body == "\"C1\"");
  CHECK(outcome_of_endless("", interim).kind == Kind::kUnknown);
  CHECK(outcome_of("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n" + final_one).kind ==
        Kind::kUnknown);
}

TEST_CASE("a header without end is a defect") {
  CHECK(outcome_of_endless("HTTP/1.1 200 OK\r\n", "X-More: and more\r\n").kind == Kind::kDefect);
  CHECK(outcome_of_endless("HTTP/1.1 200 OK\r\nX-Long: ", "xxxxxxxxxxxxxxxx").kind ==
        Kind::kDefect);
  CHECK(outcome_of_endless("HTTP/1.1 200 ", "xxxxxxxxxxxxxxxx").kind == Kind::kDefect);
}

TEST_CASE("a body is as long as allowed, and not a byte longer") {
  const std::string longest = '"' + std::string(base::limits::kMaxPayloadBytes - 2, 'x') + '"';
  CHECK(outcome_of(answer(200, longest)).body == longest);
  const core::Outcome longer = outcome_of(answer(200, longest + " "));
  CHECK(longer.kind == Kind::kDefect);
  CHECK(longer.message.find("more than 1048576 bytes, which is the limit") != std::string::npos);
  CHECK(outcome_of("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n").kind == Kind::kDefect);
  CHECK(outcome_of_endless("HTTP/1.1 200 OK\r\n\r\n", "xxxxxxxxxxxxxxxx").kind == Kind::kDefect);
}

TEST_CASE("chunks without end are a defect") {
  CHECK(outcome_of_endless(chunked(""), "10\r\nxxxxxxxxxxxxxxxx\r\n").kind == Kind::kDefect);
  CHECK(outcome_of_endless(chunked("1;"), "xxxxxxxxxxxxxxxx").kind == Kind::kDefect);
  CHECK(outcome_of_endless(chunked("0\r\n"), "X-Trailer: more\r\n").kind == Kind::kDefect);
}

TEST_CASE("what is too long is judged by its status where the body doesn't matter") {
  const auto status = [](const std::string& line, const std::string& headers = "") {
    return outcome_of_endless("HTTP/1.1 " + line + "\r\n" + headers + "\r\n", "xxxxxxxxxxxxxxxx");
  };
  CHECK(status("503 Later", "Retry-After: 1\r\n").kind == Kind::kTransient);
  CHECK(status("500 Failed").kind == Kind::kUnknown);
  CHECK(status("401 Who").misconfigured);
  CHECK(status("409 Conflict").kind == Kind::kDefect);
  CHECK(status("409 Conflict", "Saga-Outcome: rejected\r\n").kind == Kind::kRejected);
}

TEST_CASE("a redirect is never followed") {
  Server elsewhere(always(answer(200, "\"stolen\"")));
  const std::string location = "Location: " + elsewhere.url() + "/\r\n";
  CHECK(outcome_of(answer(307, "", location)).kind == Kind::kDefect);
  CHECK(elsewhere.connections() == 0);
}

}  // namespace saga::http::test
