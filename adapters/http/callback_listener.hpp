#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/core/effect.hpp"
#include "engine/core/input.hpp"

namespace saga::http {

// Signs and checks the tokens in callback URLs: which saga, frame, phase and attempt an answer is
// for, with 16 bytes of HMAC-SHA256 under the store's secret. Readable by nobody's right, forgeable
// by nobody.
class CallbackTokens {
 public:
  explicit CallbackTokens(std::string secret) : secret_(std::move(secret)) {}
  [[nodiscard]] std::string make(std::string_view saga_id, const core::CallEffect& call) const;

  struct Parsed {
    std::string saga_id;
    core::FrameId frame = 0;
    core::Phase phase = core::Phase::kAction;
    std::uint32_t attempt = 0;
  };
  // kNotFound for anything this store didn't sign. The comparison takes the same time for all.
  [[nodiscard]] base::Result<Parsed> parse(std::string_view token) const;

 private:
  std::string secret_;
};

// Takes the answers of `async` operations: `POST /v1/callbacks/{token}`. The body is the answer as
// it would have been: the bare result (or nothing where there is none), or an error object
// `{"error":"Declined",…}`. `Saga-Outcome` says `done`, `rejected`, `transient` (it was not
// executed) or `unknown`; without it a body with an `error` is a rejection. Answers 200 once the
// answer is taken, 404 for a token that isn't ours, 400, 405, 413, 431, and 503 where it wasn't
// taken. On loopback, on a port of its own choice, with a thread of its own. Thread-safety:
// `on_answer` runs on the listener's thread.
class CallbackListener {
 public:
  // Tells the participant whether its answer was taken: it repeats one that wasn't. From any
  // thread, at most once; after the listener it does nothing.
  using Taken = std::function<void(bool taken)>;
  // Whoever takes the answer says so when it is durable, and not before.
  using OnAnswer = std::function<void(std::string saga_id, core::AnswerInput answer, Taken)>;

  struct Limits {
    std::chrono::milliseconds time{15'000};  // for a request and its reply, all in all
    std::size_t connections = 256;
  };

  // kUnavailable if the port can't be opened. Port 0 picks one.
  static base::Result<std::unique_ptr<CallbackListener>> open(std::uint16_t port,
                                                              CallbackTokens tokens,
                                                              OnAnswer on_answer, Limits limits);
  ~CallbackListener();
  CallbackListener(const CallbackListener&) = delete;
  CallbackListener& operator=(const CallbackListener&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string url_for(std::string_view saga_id, const core::CallEffect& call) const;

 private:
  class Parts;
  explicit CallbackListener(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace saga::http
