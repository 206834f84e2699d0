#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/mock/contract.hpp"
#include "adapters/mock/fault.hpp"

namespace saga::mock {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;
  std::string target;
  Headers headers;  // any case
  std::string body;

  // The first of that name, or empty.
  [[nodiscard]] std::string header(std::string_view name) const;
};

struct Reply {
  int status = 200;
  std::string body;
  Headers headers = {};
  std::chrono::milliseconds delay{0};  // before it leaves
  bool drop = false;                   // close the connection instead
  // Of a 202: where the answer goes once it has left, what goes there, and its Saga-Outcome.
  std::string callback = {};
  std::string answer = {};
  std::string outcome = {};
};

// One call as it was answered.
struct Call {
  std::string operation;  // `Payment.charge`
  std::string op;         // `action`, `compensate`, `resolve`
  std::string key;
  std::string arguments = {};  // the body, or the query
  std::string outcome = {};    // `200 "sample"`, `409 {…}`, `503 {…}`, `the answer is lost`
};

// Services made from their contracts: an operation answers what was said for it, or a sample of its
// result's type, and keeps the protocol of docs/participants.md: one answer a key, and none for an
// action that was compensated before it came. In memory: a restart forgets all.
// Thread-safety: one thread at a time.
class MockParticipants {
 public:
  explicit MockParticipants(const Definitions& definitions) : contract_(definitions) {}

  [[nodiscard]] const Contract& contract() const { return contract_; }
  // What an operation answers from now on. Errors: kNotFound names those that there are;
  // kTypeMismatch where it is no value of the result's type; kInvalidJson.
  base::Result<void> set_answer(const std::string& operation, const std::string& json);
  // kNotFound, kInvalidArgument for an error that the operation doesn't declare.
  base::Result<void> add_fault(Fault fault);
  // Operations whose sample breaks a rule of its type, each with the reason: they need an answer.
  [[nodiscard]] std::vector<std::string> bad_samples() const;

  // Also takes `/-/faults`: GET, POST and DELETE.
  Reply handle(const Request& request);
  // The calls since the last time.
  std::vector<Call> take_calls() { return std::exchange(calls_, {}); }

 private:
  // What stands under one key.
  struct Row {
    std::string request;         // method, target and body: another one is a mistake
    std::optional<Reply> reply;  // the stored answer; nothing: it was forestalled
    std::string result;          // what was done, as JSON; empty: nothing was
  };
  // What an operation does, before a fault spoils its answer.
  struct Done {
    Reply reply;
    std::string result;  // empty: nothing was done
    bool is_rejected = false;
  };

  Reply control(const Request& request);
  Reply operate(const Route& route, const Request& request, Call& call);
  Reply resolve(const Route& route, const std::string& action);
  Reply write(const Route& route, const Request& request, const Fault* fault, Call& call);
  void take_back(const std::string& action);
  Done work(const Route& route, const Fault* fault);
  Reply promise(const Request& request, const std::string& key, const Reply& answer);
  [[nodiscard]] std::string answer_of(const Route& route) const;
  [[nodiscard]] base::Result<const Route*> route_of(const std::string& operation) const;

  const Contract contract_;
  std::map<std::string, std::string> answers_;  // by the operation's name
  Faults faults_;
  std::map<std::string, Row> rows_;       // by key
  std::map<std::string, Reply> pending_;  // what is found by polling, by path
  std::vector<Call> calls_;
};

}  // namespace saga::mock
