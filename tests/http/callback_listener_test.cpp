#include "adapters/http/callback_listener.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>

#include "engine/base/limits.hpp"
#include "tests/http/peer.hpp"

namespace saga::http::test {

using Kind = core::Outcome::Kind;

namespace {

const std::string kSaga = "01990c1e-7d5a-7000-8000-5f1c2a9be001";

// A listener whose answers are kept.
class Listening {
 public:
  explicit Listening(CallbackListener::Limits limits = {}, bool takes = true) {
    auto opened = CallbackListener::open(
        0, CallbackTokens("secret"),
        [this, takes](const std::string& saga, core::AnswerInput answer,
                      const CallbackListener::Taken& taken) {
          {
            const std::lock_guard lock(mutex_);
            CHECK(saga == kSaga);
            answers_.push_back(std::move(answer));
          }
          taken(takes);
        },
        limits);
    REQUIRE(opened);
    listener = std::move(*opened);
    call.frame = 3;
    call.attempt = 2;
  }
  [[nodiscard]] std::string path() const {
    const std::string url = listener->url_for(kSaga, call);
    return url.substr(url.find("/v1/"));
  }
  std::vector<core::AnswerInput> answers() {
    const std::lock_guard lock(mutex_);
    return answers_;
  }

 private:
  std::mutex mutex_;
  std::vector<core::AnswerInput> answers_;

 public:
  core::CallEffect call;
  std::unique_ptr<CallbackListener> listener;  // last: its thread uses what stands above
};

// A client's end of a connection to the listener.
int connected(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return descriptor;
}

// What the listener says to these bytes, until it closes.
std::string reply_to(const Listening& listening, std::string_view bytes) {
  Peer client(connected(listening.listener->port()), nullptr);
  client.send(bytes);
  return client.read_to_end();
}

std::string post(const std::string& path, const std::string& body,
                 const std::string& headers = "") {
  return "POST " + path + " HTTP/1.1\r\nHost: x\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

int status_of(const std::string& reply) {
  return reply.size() > 12 ? std::stoi(reply.substr(9, 3)) : 0;
}

}  // namespace

TEST_CASE("an answer is taken for the attempt that its URL names") {
  Listening listening;
  CHECK(status_of(reply_to(listening, post(listening.path(), "\"B1\""))) == 200);
  REQUIRE(listening.answers().size() == 1);
  const core::AnswerInput answer = listening.answers()[0];
  CHECK(answer.frame == 3);
  CHECK(answer.attempt == 2);
  CHECK(answer.phase == core::Phase::kAction);
  CHECK(answer.is_callback);
  CHECK(answer.outcome.kind == Kind::kDone);
  CHECK(answer.outcome.body == "\"B1\"");
}

TEST_CASE("the URL is whole, of the port it listens at") {
  Listening listening;
  CHECK(listening.listener->url_for(kSaga, listening.call) ==
        "http://127.0.0.1:" + std::to_string(listening.listener->port()) + listening.path());
}

TEST_CASE("a callback means what the same answer to the call would mean") {
  struct Row {
    std::string body;
    std::string outcome;
    Kind kind;
    std::string error;
    std::string result;
  };
  const std::string declined = R"({"error":"Declined","message":"no"})";
  const std::vector<Row> rows = {
      {"", "", Kind::kDone, "", "null"},
      {"null", "", Kind::kDone, "", "null"},
      {"7", "", Kind::kDone, "", "7"},
      {R"({"result":1})", "", Kind::kDone, "", R"({"result":1})"},
      {R"({"error":7})", "", Kind::kDone, "", R"({"error":7})"},
      {R"([{"error":"x"}])", "", Kind::kDone, "", R"([{"error":"x"}])"},
      {declined, "done", Kind::kDone, "", declined},
      {"", "Done", Kind::kDone, "", "null"},
      {declined, "", Kind::kRejected, "Declined", declined},
      {declined, "rejected", Kind::kRejected, "Declined", declined},
      {declined, "Rejected", Kind::kRejected, "Declined", declined},
      {"", "rejected", Kind::kRejected, "Rejected", ""},
      {"", "transient", Kind::kTransient, "Unavailable", ""},
      {R"({"error":"Busy"})", "transient", Kind::kTransient, "Busy", R"({"error":"Busy"})"},
      {"", "unknown", Kind::kUnknown, "Reset", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    CAPTURE(row.outcome);
    Listening listening;
    const std::string headers = row.outcome.empty() ? "" : "Saga-Outcome: " + row.outcome + "\r\n";
    CHECK(status_of(reply_to(listening, post(listening.path(), row.body, headers))) == 200);
    REQUIRE(listening.answers().size() == 1);
    const core::Outcome outcome = listening.answers()[0].outcome;
    CHECK(outcome.kind == row.kind);
    CHECK(outcome.error == row.error);
    CHECK(outcome.body == row.result);
  }
}

TEST_CASE("the same answer may come again") {
  Listening listening;
  for (int i = 0; i < 3; ++i)
    CHECK(status_of(reply_to(listening, post(listening.path(), "1"))) == 200);
  CHECK(listening.answers().size() == 3);
}

TEST_CASE("what isn't an answer is refused with the right status, and not taken") {
  Listening listening;
  const std::string path = listening.path();
  const auto status = [&](const std::string& bytes) {
    return status_of(reply_to(listening, bytes));
  };
  CHECK(status(post(path + "0", "1")) == 404);
  CHECK(status(post("/v1/callbacks/", "1")) == 404);
  CHECK(status(post("/v1/sagas", "1")) == 404);
  CHECK(status(post(path + "?x", "1")) == 404);
  CHECK(status("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n") == 405);
  CHECK(status(post(path, "{")) == 400);
  CHECK(status(post(path, "{\"a\":1,\"a\":2}")) == 400);
  CHECK(status(post(path, "1", "Saga-Outcome: perhaps\r\n")) == 400);
  CHECK(status("nonsense\r\n\r\n") == 400);
  CHECK(status("POST " + path +
               " HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n"
               "\r\n1") == 400);
  CHECK(status("POST " + path + " HTTP/1.1\r\nX: " +
               std::string(base::limits::kMaxHeaderBytes, 'x') + "\r\n\r\n") == 431);
  CHECK(listening.answers().empty());
}

TEST_CASE("a method that isn't allowed is told which one is") {
  Listening listening;
  const std::string reply =
      reply_to(listening, "PUT " + listening.path() + " HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(reply.find("\r\nAllow: POST\r\n") != std::string::npos);
}

TEST_CASE("an answer that is too long is refused, and the client hears of it") {
  Listening listening;
  const std::string longest = '"' + std::string(base::limits::kMaxPayloadBytes - 2, 'x') + '"';
  CHECK(status_of(reply_to(listening, post(listening.path(), longest))) == 200);
  CHECK(status_of(reply_to(listening, post(listening.path(), longest + " "))) == 413);
  const std::string chunked = "POST " + listening.path() +
                              " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n" +
                              std::string(0x200000, 'x');
  CHECK(status_of(reply_to(listening, chunked)) == 413);
  CHECK(listening.answers().size() == 1);
}

TEST_CASE("an answer that wasn't taken is to be sent again") {
  Listening listening({}, false);
  CHECK(status_of(reply_to(listening, post(listening.path(), "1"))) == 503);
}

TEST_CASE("a client that doesn't get to the end is cut off") {
  Listening listening({.time = std::chrono::milliseconds(20)});
  for (const std::string& bytes :
       {std::string(), std::string("POST "), post(listening.path(), "123").substr(0, 130)}) {
    CHECK(reply_to(listening, bytes).empty());
  }
  CHECK(listening.answers().empty());
}

TEST_CASE("an answer that nobody ever takes is not confirmed") {
  CallbackListener::Taken kept;
  Flag has_come;
  auto listener = CallbackListener::open(
      0, CallbackTokens("secret"),
      [&](const std::string&, const core::AnswerInput&, CallbackListener::Taken taken) {
        kept = std::move(taken);
        has_come.raise();
      },
      {.time = std::chrono::milliseconds(20)});
  REQUIRE(listener);
  const std::string url = (*listener)->url_for(kSaga, core::CallEffect{});
  Peer client(connected((*listener)->port()), nullptr);
  client.send(post(url.substr(url.find("/v1/")), "1"));
  CHECK(client.read_to_end().empty());
  has_come.wait();
  kept(true);  // too late, and harmless
  listener->reset();
  kept(true);
}

TEST_CASE("what was taken is confirmed, though the listener goes at once") {
  CallbackListener::Taken taken;
  Flag has_come;
  auto listener = CallbackListener::open(
      0, CallbackTokens("secret"),
      [&](const std::string&, const core::AnswerInput&, CallbackListener::Taken confirm) {
        taken = std::move(confirm);
        has_come.raise();
      },
      {});
  REQUIRE(listener);
  const std::string url = (*listener)->url_for(kSaga, core::CallEffect{});
  Peer client(connected((*listener)->port()), nullptr);
  client.send(post(url.substr(url.find("/v1/")), "1"));
  has_come.wait();
  taken(true);
  listener->reset();
  CHECK(status_of(client.read_to_end()) == 200);
}

TEST_CASE("more connections than allowed are closed, and those that are there go on") {
  Listening listening({.time = std::chrono::seconds(15), .connections = 2});
  Peer first(connected(listening.listener->port()), nullptr);
  Peer second(connected(listening.listener->port()), nullptr);
  CHECK(reply_to(listening, "").empty());
  first.send(post(listening.path(), "1"));
  CHECK(status_of(first.read(15)) == 200);
}

TEST_CASE("a port that is taken is a clear error") {
  Listening listening;
  const auto again = CallbackListener::open(
      listening.listener->port(), CallbackTokens("secret"),
      [](const std::string&, const core::AnswerInput&, const CallbackListener::Taken&) {}, {});
  REQUIRE_FALSE(again);
  CHECK(again.error().code == base::ErrorCode::kUnavailable);
  CHECK(again.error().message.find(std::to_string(listening.listener->port())) !=
        std::string::npos);
}

TEST_CASE("a listener may go while clients are connected") {
  auto listening = std::make_unique<Listening>();
  Peer client(connected(listening->listener->port()), nullptr);
  client.send("POST ");
  listening.reset();
  CHECK(client.read_to_end().empty());
}

}  // namespace saga::http::test
