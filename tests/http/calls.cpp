#include "tests/http/calls.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>

#include "adapters/http/http_participants.hpp"
#include "tests/http/contract.hpp"

namespace saga::http::test {

base::TimePoint StandingClock::now() const { return test_now(); }

struct Calls::Parts {
  struct Call {
    int times_ended = 0;
    core::Outcome outcome;
  };
  StandingClock clock;
  boost::asio::io_context loop{1};
  std::unique_ptr<ports::ParticipantCaller> caller;
  std::vector<Call> calls;
  std::vector<std::size_t> order;
  bool is_calling = false;
};

Config config_for(const std::string& url) {
  Config config;
  config.services["Payment"].url = url;
  return config;
}

Calls::Calls(Config config) : parts_(std::make_unique<Parts>()) {
  parts_->caller =
      std::make_unique<HttpParticipants>(parts_->loop, parts_->clock, std::move(config));
}

Calls::Calls(const std::string& url) : Calls(config_for(url)) {}

Calls::Calls(const std::function<void(InProcessParticipants&)>& fill)
    : parts_(std::make_unique<Parts>()) {
  auto caller = std::make_unique<InProcessParticipants>(parts_->loop);
  fill(*caller);
  parts_->caller = std::move(caller);
}

Calls::~Calls() = default;

std::size_t Calls::begin(ports::CallRequest request, std::function<void()> after) {
  Parts& parts = *parts_;
  const std::size_t number = parts.calls.size();
  parts.calls.emplace_back();
  parts.is_calling = true;
  parts.caller->call(std::move(request),
                     [&parts, number, after = std::move(after)](core::Outcome outcome) {
                       CHECK_FALSE(parts.is_calling);  // never from inside call
                       ++parts.calls[number].times_ended;
                       parts.calls[number].outcome = std::move(outcome);
                       parts.order.push_back(number);
                       if (after) after();
                     });
  parts.is_calling = false;
  return number;
}

core::Outcome Calls::wait(std::size_t number) {
  run_until([&] { return times_ended(number) > 0; });
  return parts_->calls[number].outcome;
}

int Calls::times_ended(std::size_t number) const { return parts_->calls[number].times_ended; }

const std::vector<std::size_t>& Calls::ending_order() const { return parts_->order; }

void Calls::run_until(const std::function<bool()>& holds) {
  const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (!holds() && std::chrono::steady_clock::now() < patience) {
    if (parts_->loop.stopped()) parts_->loop.restart();
    parts_->loop.run_one_for(std::chrono::milliseconds(10));
  }
  REQUIRE(holds());
}

void Calls::run_ready() {
  if (parts_->loop.stopped()) parts_->loop.restart();
  parts_->loop.poll();
}

void Calls::drop() { parts_->caller.reset(); }

}  // namespace saga::http::test
