#include "tests/http/conformance.hpp"

#include <doctest/doctest.h>

#include "tests/http/contract.hpp"

namespace saga::http::test {

using Kind = core::Outcome::Kind;

namespace {

ports::CallRequest numbered(std::size_t number) {
  return request(kCapture, "{\"number\":" + std::to_string(number) + "}");
}

void check_each_once(Setup& setup, std::size_t count) {
  Calls& calls = setup.calls();
  for (std::size_t i = 0; i < count; ++i) calls.begin(numbered(i));
  for (std::size_t i = 0; i < count; ++i) {
    const core::Outcome outcome = calls.wait(i);
    CHECK(outcome.kind == Kind::kDone);
    CHECK(outcome.body == "{\"number\":" + std::to_string(i) + "}");
  }
  calls.run_ready();
  for (std::size_t i = 0; i < count; ++i) CHECK(calls.times_ended(i) == 1);
}

}  // namespace

void check_conformance(const std::function<std::unique_ptr<Setup>()>& make) {
  const std::unique_ptr<Setup> setup = make();
  Calls& calls = setup->calls();
  SUBCASE("a call ends once, later, with its answer") { check_each_once(*setup, 1); }
  SUBCASE("each of many calls at once ends once, with its own answer") {
    check_each_once(*setup, 500);
  }
  SUBCASE("nothing ends before the loop runs") {
    for (std::size_t i = 0; i < 5; ++i) {
      calls.begin(numbered(i));
      CHECK(calls.ending_order().empty());
    }
    calls.run_until([&] { return calls.ending_order().size() == 5; });
  }
  SUBCASE("an operation that nobody serves ends the same way") {
    const std::size_t number = calls.begin(request(kOther));
    CHECK(calls.times_ended(number) == 0);
    const core::Outcome outcome = calls.wait(number);
    CHECK(outcome.kind == Kind::kTransient);
    CHECK(outcome.error == core::kUnavailable);
    CHECK_FALSE(outcome.message.empty());
  }
  SUBCASE("a call may be made from inside another's end") {
    std::size_t second = 0;
    const std::size_t first = calls.begin(numbered(1), [&] { second = calls.begin(numbered(2)); });
    CHECK(calls.wait(first).kind == Kind::kDone);
    CHECK(calls.wait(second).body == "{\"number\":2}");
  }
  SUBCASE("the caller may go while calls are under way: none of them ends") {
    for (std::size_t i = 0; i < 20; ++i) calls.begin(numbered(i));
    calls.begin(request(kOther));
    calls.drop();
    calls.run_ready();
    CHECK(calls.ending_order().empty());
  }
  SUBCASE("the caller may go from inside a call's end: no other ends") {
    calls.begin(numbered(0), [&] { calls.drop(); });
    for (std::size_t i = 1; i < 20; ++i) calls.begin(numbered(i), [&] { calls.drop(); });
    calls.run_until([&] { return !calls.ending_order().empty(); });
    calls.run_ready();
    CHECK(calls.ending_order().size() == 1);
  }
}

void check_deadlines(const std::function<std::unique_ptr<Setup>()>& make_silent) {
  const std::unique_ptr<Setup> setup = make_silent();
  Calls& calls = setup->calls();
  const auto until = [](base::Duration left) {
    ports::CallRequest call = numbered(0);
    call.effect.until = test_now() + left;
    return call;
  };
  SUBCASE("an answer that doesn't come is a time-out, or Unavailable if nothing was sent") {
    const core::Outcome outcome = calls.call(until(std::chrono::milliseconds(20)));
    const bool is_unknown = outcome.kind == Kind::kUnknown && outcome.error == core::kTimeout;
    const bool is_unsent = outcome.kind == Kind::kTransient && outcome.error == core::kUnavailable;
    CHECK((is_unknown || is_unsent));
  }
  SUBCASE("a deadline that has passed is Unavailable, later") {
    const std::size_t number = calls.begin(until(-std::chrono::milliseconds(1)));
    CHECK(calls.times_ended(number) == 0);
    CHECK(calls.wait(number).error == core::kUnavailable);
  }
  SUBCASE("every one of many calls ends at its deadline, once") {
    for (int i = 0; i < 200; ++i) calls.begin(until(std::chrono::milliseconds(1 + i % 20)));
    calls.run_until([&] { return calls.ending_order().size() == 200; });
    calls.run_ready();
    for (std::size_t i = 0; i < 200; ++i) CHECK(calls.times_ended(i) == 1);
  }
  SUBCASE("the caller may go when deadlines are due: none ends after it") {
    for (int i = 0; i < 20; ++i)
      calls.begin(until(std::chrono::milliseconds(5)), [&] { calls.drop(); });
    calls.run_until([&] { return !calls.ending_order().empty(); });
    calls.run_ready();
    CHECK(calls.ending_order().size() == 1);
  }
}

}  // namespace saga::http::test
