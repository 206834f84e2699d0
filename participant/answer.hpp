#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace saga::participant {

// Which of the three calls of a step this is: header `Saga-Op`.
enum class Op { kAction, kCompensate, kResolve };

// What the call did, as the engine will judge it.
enum class Outcome {
  kDone,       // the effect is in the database, committed
  kPending,    // accepted (202): Barrier::finish brings the answer later
  kRejected,   // a business error of the contract; no effect; final
  kTransient,  // surely not executed; the same call may be sent again
  kUnknown,    // perhaps executed; only the same key again, or a resolve, can tell
  kDefect,     // a request that no retry repairs; no effect
};

// One call, taken from its headers and body. Build it with request_of().
struct Request {
  std::string key;          // Idempotency-Key: 1 to 240 bytes of printable ASCII
  Op op = Op::kAction;      // Saga-Op
  std::string compensates;  // Saga-Compensates: the action's key; for compensate and resolve.
                            // Clear it on a compensation whose action ran in *another* database:
                            // its row can't be here, so the call is kept as a plain keyed write.
  std::string fingerprint;  // fingerprint_of() the operation and its arguments
  std::string nothing = "null";  // the body that says "there was nothing to undo"
  std::chrono::sys_seconds now =
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
};

// One answer: what goes on the wire, and what it means.
struct Answer {
  int status = 200;
  std::string body = "null";  // JSON: the bare result, or {"error":…,"message":…,<fields>}
  Outcome outcome = Outcome::kDone;
  bool fenced = false;    // of a resolve: "not done" is final, the action can never happen
  bool repeated = false;  // a stored answer; the business did not run now
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
};

// The usual answers, each with its outcome and a status that the engine reads the same way.
Answer done(std::string body = "null");
Answer accepted(std::string body = "null");
// `name` is an error that the operation declares; `fields` is empty or JSON members with a leading
// comma, for example `,"sku":"S1"`.
Answer rejected(std::string_view name, std::string_view message, std::string_view fields = {});
Answer transient(std::string_view message, std::chrono::seconds retry_after);
Answer unknown(std::string_view message);
// `status` is a 4xx other than 404, 408, 425 and 429, which mean something else to the engine.
Answer defect(int status, std::string_view name, std::string_view message);

// The headers that carry the outcome: Saga-Outcome, Saga-Fenced, Retry-After, as far as they apply.
std::vector<std::pair<std::string, std::string>> headers_of(const Answer& answer);

// The value of a header by its name (any case), or nothing. May be called several times.
using HeaderOf = std::function<std::optional<std::string>(std::string_view)>;

// The request, or the answer that refuses it: no key, a key that is too long or not ASCII, an
// unknown Saga-Op, a resolve or compensation that doesn't name its action. Without Saga-Compensates
// the action's key is read off the key itself (`<action key>/compensate[/name]`, `…/resolve`).
struct Parsed {
  Request request;
  std::optional<Answer> refusal;
};
Parsed request_of(const HeaderOf& header, std::string_view operation, std::string_view body);

// SHA-256, in hex, of the operation and its arguments: what "the same request" means for a key.
std::string fingerprint_of(std::string_view operation, std::string_view arguments);

// `text` as a JSON string with its quotes; bytes from 0x80 on are passed through.
std::string json_string(std::string_view text);

}  // namespace saga::participant
