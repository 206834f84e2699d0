#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tests/participant/bank.hpp"

// Every order of the calls that a network can produce, against what must hold in each of them.

namespace saga::participant::test {

namespace {

// What a caller has been told so far, and so what may never be contradicted.
struct Told {
  std::string first_action;  // the body of the first answer to the action
  bool compensated = false;
  bool not_done = false;  // a resolve said so, fenced
};

void check_action(Bank& bank, Told& told, std::int64_t before) {
  const Answer answer = bank.action();
  const bool is_first = told.first_action.empty();
  if (is_first) told.first_action = answer.body;
  CHECK(answer.body == told.first_action);
  if (told.compensated || told.not_done) CHECK(bank.balance() == before);
  if (is_first && (told.compensated || told.not_done)) {
    CHECK(answer.status == 409);
    CHECK(answer.outcome == Outcome::kRejected);
  }
}

void check_compensation(Bank& bank, Told& told) {
  const Answer answer = bank.compensation();
  CHECK(answer.outcome == Outcome::kDone);
  CHECK(answer.repeated == told.compensated);
  told.compensated = true;
  CHECK(bank.balance() == 0);
}

void check_resolution(Bank& bank, Told& told, std::int64_t before) {
  const Answer answer = bank.resolution();
  CHECK(answer.outcome == Outcome::kDone);
  CHECK(bank.balance() == before);
  CHECK(answer.fenced == (before == 0));
  CHECK(answer.body == (before == 1 ? told.first_action : "null"));
  told.not_done = told.not_done || answer.fenced;
}

void check_other_arguments(Bank& bank, const Told& told, std::int64_t before) {
  if (told.first_action.empty()) return;  // there is no first content to differ from
  const Answer answer = bank.action(R"({"amount":2})");
  CHECK(bank.balance() == before);
  CHECK((answer.outcome == Outcome::kDefect || answer.outcome == Outcome::kRejected));
}

void play(const std::string& calls, bool reject) {
  CAPTURE(calls);
  Bank bank;
  bank.reject = reject;
  Told told;
  for (const char call : calls) {
    const std::int64_t before = bank.balance();
    if (call == 'A') check_action(bank, told, before);
    if (call == 'C') check_compensation(bank, told);
    if (call == 'R') check_resolution(bank, told, before);
    if (call == 'X') check_other_arguments(bank, told, before);
    CHECK(bank.balance() >= 0);
    CHECK(bank.balance() <= 1);
  }
  CHECK(bank.actions <= 1);
  CHECK(bank.compensations <= 1);
  if (told.compensated || reject) CHECK(bank.balance() == 0);
}

// Every word of `length` letters over action, compensation, resolve and reused key.
void play_all(std::size_t length, bool reject, const std::string& calls = "") {
  if (calls.size() == length) return play(calls, reject);
  for (const char call : std::string("ACRX")) play_all(length, reject, calls + call);
}

}  // namespace

TEST_CASE(
    "action, duplicate, late action, compensation twice and resolve in every order: net <= 1") {
  std::string calls = "AAACCR";
  int orders = 0;
  do {
    play(calls, false);
    ++orders;
  } while (std::next_permutation(calls.begin(), calls.end()));
  CHECK(orders == 60);
}

TEST_CASE("every word of up to five calls: effects once, net zero once compensated or fenced") {
  for (std::size_t length = 1; length <= 5; ++length) play_all(length, false);
}

TEST_CASE("every word of up to five calls of a rejected action: nothing is left, nothing undone") {
  for (std::size_t length = 1; length <= 5; ++length) play_all(length, true);
}

}  // namespace saga::participant::test
