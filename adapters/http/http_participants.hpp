#pragma once

#include <memory>

#include "adapters/http/config.hpp"
#include "engine/ports/clock.hpp"
#include "engine/ports/participant_caller.hpp"

namespace boost::asio {
class io_context;
}

namespace saga::http {

// Calls participants over HTTP/1.1: pools of kept-alive connections, absolute deadlines, limits, a
// breaker for each target, TLS with verification. Redirects are never followed, nothing is
// decompressed, addresses come from the configuration only. Contract, threads, blocking:
// ports::ParticipantCaller's. `loop` and `clock` outlive it; it is destroyed on the loop's thread,
// calls under way are forgotten.
class HttpParticipants final : public ports::ParticipantCaller {
 public:
  // Requires: validate(config, …) found nothing wrong with the addresses.
  HttpParticipants(boost::asio::io_context& loop, const ports::Clock& clock, Config config);
  ~HttpParticipants() override;

  void call(ports::CallRequest request, Done done) override;

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace saga::http
