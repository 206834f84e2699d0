#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "adapters/http/config.hpp"
#include "adapters/http/in_process.hpp"
#include "engine/ports/clock.hpp"
#include "engine/ports/participant_caller.hpp"

namespace saga::http::test {

// A clock that stands still at test_now(): only what is left until a deadline depends on it.
class StandingClock final : public ports::Clock {
 public:
  [[nodiscard]] base::TimePoint now() const override;
};

// A caller on a loop of its own, which runs only inside these functions.
class Calls {
 public:
  explicit Calls(Config config);
  // With `shop.Payment` at this URL.
  explicit Calls(const std::string& url);
  // With functions instead, added by `fill`.
  explicit Calls(const std::function<void(InProcessParticipants&)>& fill);
  ~Calls();
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  // Begins a call; its number. `after` runs inside its `done`.
  std::size_t begin(ports::CallRequest request, std::function<void()> after = nullptr);
  core::Outcome call(ports::CallRequest request) { return wait(begin(std::move(request))); }
  // Runs the loop until the call has ended.
  core::Outcome wait(std::size_t number);
  [[nodiscard]] int times_ended(std::size_t number) const;
  // Ended calls in the order in which they ended.
  [[nodiscard]] const std::vector<std::size_t>& ending_order() const;
  // Runs the loop until it holds; fails the test if it never does.
  void run_until(const std::function<bool()>& holds);
  // Runs what is ready, and waits for nothing.
  void run_ready();
  // Destroys the caller, as its owner may at any time.
  void drop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

Config config_for(const std::string& url);

}  // namespace saga::http::test
