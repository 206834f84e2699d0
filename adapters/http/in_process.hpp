#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "engine/ports/participant_caller.hpp"

namespace boost::asio {
class io_context;
}

namespace saga::http {

// Participants in the same process, for tests and the benchmark: a function for each operation,
// whose outcome comes back by the loop. An operation without a function is Unavailable. Destroyed
// on the loop's thread, calls under way are forgotten.
// Thread-safety: functions are added before the first call; calls as the port says.
class InProcessParticipants final : public ports::ParticipantCaller {
 public:
  using Function = std::function<core::Outcome(const ports::CallRequest& request)>;

  explicit InProcessParticipants(boost::asio::io_context& loop) : loop_(loop) {}
  // By the bare names: `Payment.capture`.
  void add(const std::string& operation, Function function) {
    functions_[operation] = std::move(function);
  }
  void call(ports::CallRequest request, Done done) override;

 private:
  boost::asio::io_context& loop_;
  std::unordered_map<std::string, Function> functions_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace saga::http
