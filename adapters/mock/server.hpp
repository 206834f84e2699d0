#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "adapters/mock/participants.hpp"

namespace saga::mock {

// HTTP/1.1 around MockParticipants, on loopback, with a thread of its own. The answer of an `async`
// call is posted to its callback URL, at loopback only, until that takes it.
// Limits: those of base::limits for header and body, 1024 connections, 60 s of silence.
// Thread-safety: each function from any thread; `on_call` runs on the server's thread.
class MockServer {
 public:
  using OnCall = std::function<void(const Call& call)>;

  // kUnavailable if the port can't be opened. Port 0 picks one.
  static base::Result<std::unique_ptr<MockServer>> open(std::uint16_t port,
                                                        MockParticipants participants,
                                                        OnCall on_call);
  ~MockServer();
  MockServer(const MockServer&) = delete;
  MockServer& operator=(const MockServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;

 private:
  class Parts;
  explicit MockServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace saga::mock
