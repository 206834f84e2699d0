#include "tests/kill/stage.hpp"

#include <doctest/doctest.h>

#include <sstream>

namespace saga::kill {
namespace {

using saga::test::Launch;
using saga::test::Participant;
using saga::test::Program;

constexpr std::size_t kInFlight = 64;

struct Role {
  const char* name;
  const char* service;
};
constexpr std::array<Role, 4> kRoles = {{{"orders", "Orders"},
                                         {"inventory", "Stock"},
                                         {"payments", "Payment"},
                                         {"delivery", "Delivery"}}};

// Any operation may fail so; rejections only where the contract declares them.
constexpr std::array<const char*, 6> kFaults = {
    R"("fault":"drop_answer")",    R"("fault":"unavailable","retry_after":1)",
    R"("fault":"error")",          R"("fault":"error","when":"after")",
    R"("fault":"delay","ms":150)", R"("fault":"delay","ms":150,"when":"after")"};
struct Rejection {
  std::size_t role;
  const char* fault;
};
constexpr std::array<Rejection, 3> kRejections = {
    {{1, R"("operation":"reserve","fault":"reject","error":{"error":"OutOfStock","sku":"tea"})"},
     {2, R"("operation":"authorise","fault":"reject","error":{"error":"Declined","reason":"no"})"},
     {2, R"("operation":"capture","fault":"reject","error":{"error":"Declined","reason":"no"})"}}};

}  // namespace

void Promises::take(const std::string& line) {
  std::istringstream words(line);
  std::string what;
  std::string id;
  std::string last;
  words >> what >> id >> last;
  if (what == "started") {
    const auto [known, is_new] = started.emplace(last, id);
    CHECK_MESSAGE((is_new || known->second == id), last, " is two sagas");
    while (started.contains("K" + std::to_string(next_key))) ++next_key;
  } else if (what == "rest") {
    rested[id] = last;
  } else {
    failure = line;
  }
}

Stage::Stage(Dice& dice) : dice_(dice) {
  for (std::size_t i = 0; i < kRoles.size(); ++i) {
    const std::string role = kRoles[i].name;
    participants_[i] = std::make_unique<Participant>(role, folder_.file(role + ".db"));
  }
}

std::array<const Participant*, 4> Stage::participants() const {
  std::array<const Participant*, 4> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = participants_[i].get();
  return all;
}

void Stage::add_faults() {
  const auto add = [&](std::size_t role, const std::string& fault) {
    const Participant& participant = *participants_[role];
    // What wasn't used up is gone, so that they don't become too many.
    if (dice_.one_in(8)) participant.clear_faults();
    participant.fault("{" + fault + R"(,"times":)" + std::to_string(1 + dice_.below(8)) +
                      R"(,"skip":)" + std::to_string(dice_.below(50)) + "}");
  };
  add(dice_.below(kRoles.size()),
      R"("operation":"*",)" + std::string(kFaults[dice_.below(kFaults.size())]));
  const Rejection& rejection = kRejections[dice_.below(kRejections.size())];
  add(rejection.role, rejection.fault + std::string(R"(,"op":"action")"));
}

void Stage::clear_faults() {
  for (const auto& each : participants_) each->clear_faults();
}

Launch Stage::driver(std::uint64_t last_key, const std::string& unkeyed) const {
  Launch launch;
  launch.words = {SAGA_KILL_DRIVER,
                  db(),
                  "tests/kill/shop.saga",
                  std::to_string(kInFlight),
                  std::to_string(promises_.next_key),
                  std::to_string(last_key),
                  unkeyed};
  for (std::size_t i = 0; i < kRoles.size(); ++i) {
    launch.words.push_back(std::string(kRoles[i].service) + "=" + participants_[i]->url());
  }
  return launch;
}

void Stage::listen(Program& program, int milliseconds) {
  if (!program.read_for(milliseconds)) promises_.failure = "the driver ended by itself";
}

void Stage::live_and_die(int life) {
  Program program(driver(1'000'000'000, "U" + std::to_string(life) + "-"));
  // From the first sign of life on; some die before.
  if (!dice_.one_in(16)) program.wait_for("\n");
  listen(program, static_cast<int>(dice_.below(250)));
  if (dice_.one_in(12)) {
    Participant& victim = *participants_[dice_.below(kRoles.size())];
    victim.kill();
    listen(program, static_cast<int>(dice_.below(100)));
    victim.start_again();
    listen(program, static_cast<int>(dice_.below(100)));
  }
  std::istringstream lines(program.kill().out);
  for (std::string line; std::getline(lines, line);) promises_.take(line);
}

bool Stage::finish() {
  Program program(driver(promises_.next_key + kInFlight, "-"));
  while (const std::optional<std::string> line = program.read_line()) promises_.take(*line);
  return program.wait().code == 0;
}

}  // namespace saga::kill
