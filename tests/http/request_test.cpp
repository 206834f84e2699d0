#include "adapters/http/request.hpp"

#include <doctest/doctest.h>

#include "tests/http/contract.hpp"

namespace saga::http::test {
namespace {

Address address(const std::string& url = "http://payments:9102") {
  return parse_address(url).value();
}

base::Result<std::string> build(const ports::CallRequest& call, const std::string& secret = "",
                                const Address& to = address()) {
  return build_request(to, call.definition->operations[call.effect.operation], call, secret);
}

std::string line(const std::string& request) { return request.substr(0, request.find("\r\n")); }

std::string show(const std::string& arguments) {
  const auto built = build(request(kShow, arguments));
  return built ? line(*built) : std::string(name_of(built.error().code));
}

bool has(const std::string& request, const std::string& header) {
  return request.find("\r\n" + header + "\r\n") != std::string::npos;
}

bool names(const std::string& request, const std::string& header) {
  return request.find("\r\n" + header + ":") != std::string::npos;
}

}  // namespace

TEST_CASE("an operation is a POST of its arguments, byte for byte") {
  ports::CallRequest call = request(kCapture, "{\"order\":\"O1\",\"amount\":\"12.50\"}");
  call.effect.attempt = 3;
  call.effect.deadline = test_now() + std::chrono::milliseconds(90'500);
  CHECK(build(call).value() ==
        "POST /capture HTTP/1.1\r\n"
        "Host: payments:9102\r\n"
        "Accept: application/json\r\n"
        "Idempotency-Key: 01990c1e-7d5a-7000-8000-5f1c2a9be001/charge\r\n"
        "Saga-Id: 01990c1e-7d5a-7000-8000-5f1c2a9be001\r\n"
        "Saga-Step: charge\r\n"
        "Saga-Op: action\r\n"
        "Saga-Attempt: 3\r\n"
        "Saga-Deadline: 2026-11-22T08:01:30.500Z\r\n"
        "Content-Type: application/json\r\n"
        "Content-Length: 31\r\n"
        "\r\n"
        "{\"order\":\"O1\",\"amount\":\"12.50\"}");
}

TEST_CASE("the optional headers are there only when they have something to say") {
  ports::CallRequest call = request(kCapture);
  for (const char* name : {"Saga-Deadline", "Saga-Compensates", "Saga-Callback", "traceparent",
                           "Authorization", "Transfer-Encoding", "Accept-Encoding"}) {
    CAPTURE(name);
    CHECK_FALSE(names(build(call).value(), name));
  }
  call.effect.compensates = "S1/charge";
  call.callback_url = "http://127.0.0.1:9000/v1/callbacks/x.1.0.1.ab";
  call.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const std::string built = build(call, "s3cret").value();
  CHECK(has(built, "Saga-Compensates: S1/charge"));
  CHECK(has(built, "Saga-Callback: http://127.0.0.1:9000/v1/callbacks/x.1.0.1.ab"));
  CHECK(has(built, "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
  CHECK(has(built, "Authorization: Bearer s3cret"));
}

TEST_CASE("Saga-Op tells what a call is for") {
  ports::CallRequest call = request(kCapture);
  CHECK(has(build(call).value(), "Saga-Op: action"));
  call.effect.compensates = "S1/charge";  // an action inside a compensation's block
  CHECK(has(build(call).value(), "Saga-Op: compensate"));
  call.effect.phase = core::Phase::kCompensate;
  CHECK(has(build(call).value(), "Saga-Op: compensate"));
  call.effect.phase = core::Phase::kResolve;
  CHECK(has(build(call).value(), "Saga-Op: resolve"));
}

TEST_CASE("the host is named as the address has it, and the prefix goes before every path") {
  const auto built = [](const std::string& url) {
    return build(request(kCapture), "", address(url)).value();
  };
  CHECK(has(built("http://pay"), "Host: pay"));
  CHECK(has(built("http://pay:80"), "Host: pay"));
  CHECK(has(built("https://pay:80"), "Host: pay:80"));
  CHECK(has(built("http://[::1]:9102"), "Host: [::1]:9102"));
  CHECK(line(built("http://pay/v2/")) == "POST /v2/capture HTTP/1.1");
  CHECK(line(build(request(kChange), "", address("http://pay/v2")).value()) ==
        "PUT /v2/orders/O1 HTTP/1.1");
}

TEST_CASE("a template takes its arguments percent-encoded, and a GET the rest as query") {
  CHECK(show(R"({"order":"O1","line":7})") == "GET /orders/O1/lines/7 HTTP/1.1");
  CHECK(show(R"({"order":"a/b c?d#e%f\"g","line":true})") ==
        "GET /orders/a%2Fb%20c%3Fd%23e%25f%22g/lines/true HTTP/1.1");
  CHECK(show(R"({"order":"é","line":"a-b.c_d~e"})") ==
        "GET /orders/%C3%A9/lines/a-b.c_d~e HTTP/1.1");
  CHECK(show(R"({"order":"O1","full":true,"line":1,"tag":"x&y=z","none":null})") ==
        "GET /orders/O1/lines/1?full=true&tag=x%26y%3Dz HTTP/1.1");
  CHECK(show(R"({"order":"O1","line":1,"ids":["a","b"]})") ==
        "GET /orders/O1/lines/1?ids=%5B%22a%22%2C%22b%22%5D HTTP/1.1");
}

TEST_CASE("a GET and a DELETE have no body") {
  for (const Operation operation : {kShow, kRemove}) {
    const std::string built = build(request(operation, R"({"order":"O1","line":1})")).value();
    CHECK_FALSE(names(built, "Content-Length"));
    CHECK_FALSE(names(built, "Content-Type"));
    CHECK(built.ends_with("\r\n\r\n"));
  }
  ports::CallRequest call = request(kRemove, R"({"order":"O1","why":"late"})");
  CHECK(line(build(call).value()) == "DELETE /orders/O1?why=late HTTP/1.1");
}

TEST_CASE("another method has all its arguments in the body, those of the path too") {
  const std::string arguments = R"({"order":"O1","qty":2})";
  const std::string built = build(request(kChange, arguments)).value();
  CHECK(line(built) == "PUT /orders/O1 HTTP/1.1");
  CHECK(built.ends_with("\r\n\r\n" + arguments));
}

TEST_CASE("a method without a path calls the operation by its name") {
  ports::CallRequest call = request(kShow, R"({"order":"O1"})");
  auto definition = contract();
  definition->operations[kShow].http_path.clear();
  call.definition = definition;
  CHECK(line(build(call).value()) == "GET /show?order=O1 HTTP/1.1");
}

TEST_CASE("a template with a query of its own is continued") {
  ports::CallRequest call = request(kShow, R"({"order":"O1","line":1})");
  auto definition = contract();
  definition->operations[kShow].http_path = "/orders?id={order}";
  call.definition = definition;
  CHECK(line(build(call).value()) == "GET /orders?id=O1&line=1 HTTP/1.1");
}

TEST_CASE("arguments can't lead to another path than the template's") {
  CHECK(show(R"({"order":"O1"})") == "defect");
  CHECK(show(R"({"order":"O1","line":null})") == "defect");
  CHECK(show(R"({"order":"","line":1})") == "defect");
  CHECK(show(R"({"order":"..","line":1})") == "defect");
  CHECK(show(R"({"order":"O1","line":"."})") == "defect");
  CHECK(show(R"({"order":"..%2f","line":1})") == "GET /orders/..%252f/lines/1 HTTP/1.1");
  CHECK(show(R"({"order":"...","line":1})") == "GET /orders/.../lines/1 HTTP/1.1");
}

TEST_CASE("a template that makes no path is refused") {
  for (const char* form : {"orders/{order", "orders/{nobody}", "orders/a b", "orders/\r\nX: y",
                           "orders/\xc3\xa9", "orders#x", "../orders", "./orders"}) {
    CAPTURE(form);
    ports::CallRequest call = request(kShow, R"({"order":"O1","line":1})");
    auto definition = contract();
    definition->operations[kShow].http_path = form;
    call.definition = definition;
    const auto built = build(call);
    REQUIRE_FALSE(built);
    CHECK(built.error().code == base::ErrorCode::kDefect);
  }
}

TEST_CASE("no value brings in another header") {
  const std::string evil = "x\r\nEvil: yes\r\n\r\nGET / HTTP/1.1";
  ports::CallRequest call = request(kCapture);
  call.saga_id = call.effect.step = call.callback_url = call.traceparent = evil;
  const std::string built = build(call).value();
  CHECK_FALSE(names(built, "Evil"));
  CHECK(built.find("\r\n\r\n") == built.size() - call.effect.arguments.size() - 4);
}

TEST_CASE("a key that a header would change is a defect, never another key") {
  for (const std::string& key : {std::string("a b"), std::string("a\r\nb"), std::string("\xc3\xa9"),
                                 std::string("a\0b", 3), std::string("a\x7f")}) {
    ports::CallRequest call = request(kCapture);
    call.effect.key = key;
    CHECK(build(call).error().code == base::ErrorCode::kDefect);
    call.effect.key = "k";
    call.effect.compensates = key;
    CHECK(build(call).error().code == base::ErrorCode::kDefect);
  }
}

TEST_CASE("a secret that a header would change is refused without showing it") {
  const auto built = build(request(kSecured, "{}"), "pass\nw0rd");
  REQUIRE_FALSE(built);
  CHECK(built.error().code == base::ErrorCode::kNotFound);
  CHECK(built.error().message.find("w0rd") == std::string::npos);
}

TEST_CASE("asking for a pending answer is a GET of its Location") {
  ports::CallRequest call = request(kBook);
  const auto poll = [&](const std::string& location, const std::string& url) {
    call.effect.poll_url = location;
    const auto built = build(call, "", address(url));
    return built ? line(*built) : std::string(name_of(built.error().code));
  };
  CHECK(poll("/jobs/17?x=1", "http://pay/v2") == "GET /jobs/17?x=1 HTTP/1.1");
  CHECK(poll("http://pay/jobs/17", "http://pay") == "GET /jobs/17 HTTP/1.1");
  CHECK(poll("http://pay:80/jobs/17", "http://pay") == "GET /jobs/17 HTTP/1.1");
  CHECK(poll("https://pay:9102/jobs/17#top", "https://pay:9102/v2") == "GET /jobs/17 HTTP/1.1");
  CHECK(poll("http://pay", "http://pay") == "GET / HTTP/1.1");
  CHECK(poll("http://pay?job=1", "http://pay") == "GET /?job=1 HTTP/1.1");
  call.effect.poll_url = "/jobs/17";
  CHECK(build(call).value().ends_with("\r\n\r\n"));
  CHECK_FALSE(names(build(call).value(), "Content-Length"));
}

TEST_CASE("a Location that leads elsewhere is refused") {
  for (const char* location :
       {"http://evil/jobs/17", "https://pay/jobs/17", "http://pay:81/jobs/17", "//evil/jobs",
        "http://pay.evil/jobs", "http://pay@evil/jobs", "ftp://pay/jobs", "jobs/17", "/jobs 17",
        "/jobs\r\nX: y", "/jobs/\xc3\xa9", "?x", "#x", "http://"}) {
    CAPTURE(location);
    ports::CallRequest call = request(kBook);
    call.effect.poll_url = location;
    const auto built = build(call, "", address("http://pay"));
    REQUIRE_FALSE(built);
    CHECK(built.error().code == base::ErrorCode::kInvalidArgument);
  }
}

}  // namespace saga::http::test
