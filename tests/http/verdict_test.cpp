#include "adapters/http/verdict.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <vector>

#include "engine/base/limits.hpp"
#include "tests/http/contract.hpp"

// LANGUAGE.md's table "From answers to verdicts", row by row, on the answer's side.

namespace saga::http::test {
namespace {

using Kind = core::Outcome::Kind;

struct Row {
  Operation operation;
  int status;
  std::string body;
  std::string outcome;      // Saga-Outcome
  std::string retry_after;  // Retry-After
  Kind kind;
  std::string error;
  std::string result;  // the outcome's body
};

core::Outcome judge(Operation operation, const Answer& answer, Purpose purpose = {}) {
  const auto definition = contract();
  return classify(*definition, definition->operations[operation], purpose, answer, test_now());
}

core::Outcome judge(const Row& row, Purpose purpose = {}) {
  Answer answer;
  answer.status = row.status;
  answer.body = row.body;
  answer.outcome = row.outcome;
  answer.retry_after = row.retry_after;
  return judge(row.operation, answer, purpose);
}

void check(const std::vector<Row>& rows, Purpose purpose = {}) {
  for (const Row& row : rows) {
    CAPTURE(row.operation);
    CAPTURE(row.status);
    CAPTURE(row.body);
    CAPTURE(row.outcome);
    CAPTURE(row.retry_after);
    const core::Outcome outcome = judge(row, purpose);
    CHECK(outcome.kind == row.kind);
    CHECK(outcome.error == row.error);
    CHECK(outcome.body == row.result);
    CHECK_FALSE(outcome.misconfigured);
  }
}

const std::string kDeclined = R"({"error":"Declined","message":"no funds","reason":"funds"})";
const std::string kNotFound = R"({"error":"NotFound"})";
const std::string kBusy = R"({"error":"Busy"})";
const std::string kSurprise = R"({"error":"Surprise"})";

}  // namespace

TEST_CASE("a 2xx with JSON is done with that very text") {
  check({{kCapture, 200, "\"C1\"", "", "", Kind::kDone, "", "\"C1\""},
         {kCapture, 201, " \"C1\"\n", "", "", Kind::kDone, "", " \"C1\"\n"},
         {kCapture, 299, "-0.5e3", "", "", Kind::kDone, "", "-0.5e3"},
         {kCapture, 200, kDeclined, "", "", Kind::kDone, "", kDeclined},
         {kFind, 200, "null", "", "", Kind::kDone, "", "null"},
         {kShow, 200, "\"x\"", "", "", Kind::kDone, "", "\"x\""}});
}

TEST_CASE("where there is no result a 2xx needs no body, and an object's fields are dropped") {
  check({{kTell, 200, "", "", "", Kind::kDone, "", "null"},
         {kTell, 200, " \r\n", "", "", Kind::kDone, "", "null"},
         {kTell, 204, "", "", "", Kind::kDone, "", "null"},
         {kTell, 200, "null", "", "", Kind::kDone, "", "null"},
         {kTell, 200, "{}", "", "", Kind::kDone, "", "null"},
         {kTell, 200, R"({"id":"T1","error":null})", "", "", Kind::kDone, "", "null"}});
}

TEST_CASE("where there is no result a 2xx with anything else is a defect") {
  for (const Purpose purpose : {Purpose{}, Purpose{.is_compensation = true}}) {
    check({{kTell, 200, "<html>", "", "", Kind::kDefect, "", ""},
           {kTell, 200, "OK", "", "", Kind::kDefect, "", ""},
           {kTell, 200, "\"OK\"", "", "", Kind::kDefect, "", ""},
           {kTell, 200, "[]", "", "", Kind::kDefect, "", ""},
           {kTell, 200, "false", "", "", Kind::kDefect, "", ""},
           {kTell, 200, kDeclined, "", "", Kind::kDefect, "", ""},
           {kTell, 200, R"({"error":{"code":7}})", "", "", Kind::kDefect, "", ""}},
          purpose);
  }
  CHECK(judge({kTell, 200, kDeclined, "", "", Kind::kDone, "", ""}).message ==
        "`tell` answered 200 with an error, which only another status or `Saga-Outcome` can tell: "
        "Declined: no funds");
}

TEST_CASE("404 and 204 are null where the result is optional, and nowhere else") {
  check({{kFind, 404, "", "", "", Kind::kDone, "", "null"},
         {kFind, 404, kSurprise, "", "", Kind::kDone, "", "null"},
         {kFind, 204, "", "", "", Kind::kDone, "", "null"},
         {kCapture, 204, "", "", "", Kind::kDefect, "", ""}});
  CHECK(judge({kCapture, 404, "", "", "", Kind::kDone, "", ""}).misconfigured);
}

TEST_CASE("202 is pending for an async operation, and a defect for another") {
  check({{kBook, 202, "", "", "", Kind::kPending, "", ""},
         {kBook, 202, "null", "", "5", Kind::kPending, "", ""},
         {kBook, 200, "\"B1\"", "", "", Kind::kDone, "", "\"B1\""},
         {kCapture, 202, "\"C1\"", "", "", Kind::kDefect, "", ""},
         {kFind, 202, "null", "", "", Kind::kDefect, "", ""},
         {kTell, 202, "", "", "", Kind::kDefect, "", ""}});
  Answer answer;
  answer.status = 202;
  answer.location = "/jobs/17";
  answer.retry_after = "5";
  const core::Outcome outcome = judge(kBook, answer);
  CHECK(outcome.poll_url == "/jobs/17");
  CHECK(outcome.retry_after == std::chrono::seconds(5));
}

TEST_CASE("a 4xx whose body names a declared error is rejected with that body") {
  for (const int status : {400, 401, 403, 404, 405, 408, 409, 410, 418, 422, 425, 429, 451, 499}) {
    check({{kCapture, status, kDeclined, "", "", Kind::kRejected, "Declined", kDeclined},
           {kCapture, status, kNotFound, "", "", Kind::kRejected, "NotFound", kNotFound}});
  }
  CHECK(judge({kCapture, 409, kDeclined, "", "", Kind::kRejected, "", ""}).message == "no funds");
}

TEST_CASE("a declared transient error is transient under its own name") {
  check({{kCapture, 409, kBusy, "", "", Kind::kTransient, "Busy", kBusy},
         {kCapture, 429, kBusy, "", "2", Kind::kTransient, "Busy", kBusy}});
  CHECK(judge({kCapture, 429, kBusy, "", "2", Kind::kTransient, "", ""}).retry_after ==
        std::chrono::seconds(2));
}

TEST_CASE("a declared error decides in a 4xx only") {
  check({{kCapture, 500, kDeclined, "", "", Kind::kUnknown, "Reset", ""},
         {kCapture, 503, kBusy, "", "", Kind::kUnknown, "Reset", ""},
         {kCapture, 503, kBusy, "", "1", Kind::kTransient, "Unavailable", ""},
         {kCapture, 302, kDeclined, "", "", Kind::kDefect, "", ""}});
}

TEST_CASE("other undeclared 4xx are defects") {
  for (const int status : {400, 402, 406, 409, 410, 411, 413, 415, 418, 422, 426, 431, 499}) {
    check({{kCapture, status, "", "", "", Kind::kDefect, "", ""},
           {kCapture, status, kSurprise, "", "", Kind::kDefect, "", ""},
           {kFind, status, kDeclined, "", "", Kind::kDefect, "", ""},
           {kCapture, status, "Declined", "", "", Kind::kDefect, "", ""},
           {kCapture, status, "[" + kDeclined + "]", "", "", Kind::kDefect, "", ""},
           {kCapture, status, R"({"error":7})", "", "", Kind::kDefect, "", ""},
           {kCapture, status, kDeclined + ",", "", "", Kind::kDefect, "", ""},
           {kCapture, status, "", "", "1", Kind::kDefect, "", ""}});
  }
}

TEST_CASE("what a participant says of a failure that isn't declared is kept") {
  const auto message = [](int status, const std::string& body, const std::string& header = "",
                          const std::string& retry_after = "") {
    return judge({kCapture, status, body, header, retry_after, Kind::kDone, "", ""}).message;
  };
  const std::string locked = R"({"error":"Locked","message":"by another"})";
  CHECK(message(422, locked) ==
        "`capture` refused the request with an error that its contract doesn't declare (422): "
        "Locked: by another");
  CHECK(message(500, locked) == "`capture` failed inside (500): Locked: by another");
  CHECK(message(503, R"({"title":"Closed","detail":"at night"})", "", "5") ==
        "`capture` is unavailable and asks to come later (503): at night");
  CHECK(message(401, R"({"title":"Closed"})") ==
        "`capture` was refused, as our credentials are (401): Closed");
  CHECK(message(500, kSurprise, "unknown") == "`capture` doesn't know what became of it: Surprise");
  CHECK(message(500, "<html>") == "`capture` failed inside (500)");
  CHECK(message(408, "") == "`capture` gave up the request (408)");
}

TEST_CASE("what a participant says of a failure is cut where it is long, between characters") {
  std::string text;
  while (text.size() < 5'000) text += "…";
  const std::string told =
      judge({kCapture, 500, R"({"message":")" + text + "\"}", "", "", Kind::kDone, "", ""}).message;
  CHECK(told.size() < 1'100);
  CHECK(base::valid_utf8(told) == told);
}

TEST_CASE("401, 403, 405 and an undeclared 404 are transient and misconfigured") {
  for (const int status : {401, 403, 404, 405}) {
    CAPTURE(status);
    for (const std::string& body : {std::string(), kSurprise}) {
      const core::Outcome outcome = judge({kCapture, status, body, "", "", Kind::kDone, "", ""});
      CHECK(outcome.kind == Kind::kTransient);
      CHECK(outcome.error == "Unavailable");
      CHECK(outcome.misconfigured);
    }
  }
}

TEST_CASE("425 and 429 are transient, after the time they name") {
  check({{kCapture, 425, "", "", "", Kind::kTransient, "Unavailable", ""},
         {kCapture, 429, "", "", "", Kind::kTransient, "Unavailable", ""}});
  CHECK(judge({kCapture, 425, "", "", "3", Kind::kDone, "", ""}).retry_after ==
        std::chrono::seconds(3));
  CHECK_FALSE(judge({kCapture, 429, "", "", "", Kind::kDone, "", ""}).retry_after);
}

TEST_CASE("408 and 503 are transient with a Retry-After and unknown without one") {
  const std::string date = "Sun, 22 Nov 2026 08:00:30 GMT";
  for (const int status : {408, 503}) {
    check({{kCapture, status, "", "", "2", Kind::kTransient, "Unavailable", ""},
           {kCapture, status, "", "", date, Kind::kTransient, "Unavailable", ""},
           {kCapture, status, "", "", "", Kind::kUnknown, "Reset", ""},
           {kCapture, status, "", "", "soon", Kind::kUnknown, "Reset", ""}});
    CHECK(judge({kCapture, status, "", "", "2", Kind::kDone, "", ""}).retry_after ==
          std::chrono::seconds(2));
    CHECK(judge({kCapture, status, "", "", date, Kind::kDone, "", ""}).retry_after ==
          std::chrono::seconds(30));
  }
}

TEST_CASE("other 5xx are unknown, whatever their Retry-After") {
  for (const int status : {500, 501, 502, 504, 505, 507, 599}) {
    check({{kCapture, status, "", "", "", Kind::kUnknown, "Reset", ""},
           {kFind, status, "<html>", "", "2", Kind::kUnknown, "Reset", ""}});
  }
}

TEST_CASE("redirects and statuses that are none are defects") {
  for (const int status : {300, 301, 302, 303, 304, 307, 308, 399, 600, 999, 0, 99}) {
    check({{kCapture, status, "\"C1\"", "", "", Kind::kDefect, "", ""}});
  }
}

TEST_CASE("Saga-Outcome decides before the status") {
  for (const int status : {200, 202, 302, 400, 404, 409, 500, 503}) {
    check({{kCapture, status, kDeclined, "rejected", "", Kind::kRejected, "Declined", kDeclined},
           {kCapture, status, kSurprise, "rejected", "", Kind::kRejected, "Surprise", kSurprise},
           {kCapture, status, "", "rejected", "", Kind::kRejected, "Rejected", ""},
           {kCapture, status, "", "transient", "4", Kind::kTransient, "Unavailable", ""},
           {kCapture, status, kBusy, "transient", "", Kind::kTransient, "Busy", kBusy},
           {kCapture, status, kDeclined, "unknown", "", Kind::kUnknown, "Reset", ""}});
  }
  CHECK(judge({kCapture, 500, "", "transient", "4", Kind::kDone, "", ""}).retry_after ==
        std::chrono::seconds(4));
}

TEST_CASE("a Saga-Outcome of another meaning leaves the status to decide") {
  check({{kCapture, 200, "\"C1\"", "done", "", Kind::kDone, "", "\"C1\""},
         {kCapture, 500, "", "applied", "", Kind::kUnknown, "Reset", ""}});
}

TEST_CASE("a transient answer that names what isn't a transient error is Unavailable") {
  check({{kCapture, 503, kDeclined, "transient", "", Kind::kTransient, "Unavailable", kDeclined},
         {kCapture, 503, kSurprise, "transient", "", Kind::kTransient, "Unavailable", kSurprise}});
}

TEST_CASE("what is no JSON, or past a limit, is a defect where it is a result") {
  const std::string deep(base::limits::kMaxJsonDepth + 1, '[');
  const std::string deepest = deep + std::string(deep.size(), ']');
  const std::string long_text = '"' + std::string(base::limits::kMaxPayloadBytes, 'x') + '"';
  for (const std::string& body :
       {std::string(), std::string("{"), std::string("NaN"), std::string("\"\xff\""),
        std::string("1 2"), std::string("{\"a\":1,\"a\":2}"), std::string("<html>"), deepest,
        long_text, std::string("\"a\0\"", 4)}) {
    check({{kCapture, 200, body, "", "", Kind::kDefect, "", ""},
           {kFind, 200, body, "", "", Kind::kDefect, "", ""}});
  }
}

TEST_CASE("a body that can't be used matters only where it is needed") {
  Answer answer;
  answer.body = "\"C1\"";
  answer.unreadable = "a Content-Encoding";
  const auto judged = [&](Operation operation, int status) {
    answer.status = status;
    return judge(operation, answer).kind;
  };
  CHECK(judged(kCapture, 200) == Kind::kDefect);
  CHECK(judged(kTell, 200) == Kind::kDefect);
  CHECK(judged(kFind, 404) == Kind::kDone);
  CHECK(judged(kCapture, 429) == Kind::kTransient);
  CHECK(judged(kCapture, 500) == Kind::kUnknown);
  CHECK(judged(kCapture, 409) == Kind::kDefect);
  answer.body = kDeclined;
  CHECK(judged(kCapture, 409) == Kind::kDefect);
  answer.outcome = "rejected";
  const core::Outcome rejected = judge(kCapture, answer);
  CHECK(rejected.kind == Kind::kRejected);
  CHECK(rejected.body.empty());
}

TEST_CASE("a compensation is done by a 2xx, with its result or without one, and by 404") {
  check({{kCapture, 200, "\"C1\"", "", "", Kind::kDone, "", "\"C1\""},
         {kCapture, 200, "", "", "", Kind::kDone, "", "null"},
         {kCapture, 200, "no JSON", "", "", Kind::kDefect, "", ""},
         {kCapture, 204, "", "", "", Kind::kDone, "", "null"},
         {kCapture, 404, "", "", "", Kind::kDone, "", "null"},
         {kCapture, 404, kSurprise, "", "", Kind::kDone, "", "null"},
         {kTell, 404, "", "", "", Kind::kDone, "", "null"},
         {kCapture, 404, kDeclined, "", "", Kind::kRejected, "Declined", kDeclined},
         {kCapture, 409, kNotFound, "", "", Kind::kRejected, "NotFound", kNotFound},
         {kCapture, 500, "", "", "", Kind::kUnknown, "Reset", ""},
         {kCapture, 302, "", "", "", Kind::kDefect, "", ""},
         {kBook, 202, "", "", "", Kind::kPending, "", ""}},
        {.is_compensation = true});
}

TEST_CASE("a Location that is gone tells nothing about its call") {
  for (const bool is_compensation : {false, true}) {
    check({{kBook, 404, "", "", "", Kind::kUnknown, "Reset", ""},
           {kBook, 410, "", "", "", Kind::kUnknown, "Reset", ""},
           {kFind, 404, "", "", "", Kind::kUnknown, "Reset", ""},
           {kCapture, 404, kDeclined, "", "", Kind::kRejected, "Declined", kDeclined},
           {kBook, 202, "", "", "", Kind::kPending, "", ""},
           {kBook, 200, "\"B1\"", "", "", Kind::kDone, "", "\"B1\""}},
          {.is_compensation = is_compensation, .is_poll = true});
  }
}

TEST_CASE("a fence is reported with the answer that carries it") {
  Answer answer;
  answer.status = 200;
  answer.body = "null";
  CHECK_FALSE(judge(kFind, answer).fenced);
  answer.is_fenced = true;
  CHECK(judge(kFind, answer).fenced);
  answer.status = 404;
  CHECK(judge(kFind, answer).fenced);
  answer.status = 500;
  CHECK_FALSE(judge(kFind, answer).fenced);
}

}  // namespace saga::http::test
