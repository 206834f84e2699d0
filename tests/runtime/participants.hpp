#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/core/outcome.hpp"
#include "engine/ports/participant_caller.hpp"

namespace saga::test {

// The oracle's participants: what a service with the barrier does, kept by the action's key.
class Participants {
 public:
  // Executes the call, or not, and gives the answer that comes back; a lost answer is unknown.
  core::Outcome call(const ports::CallRequest& request, base::SeededRandom& random);
  // Executes a call whose caller is gone.
  void call_late(const ports::CallRequest& request) { execute(request); }

  // Nothing goes wrong from now on.
  void calm() { is_calm_ = true; }
  // Action keys of a saga whose effect stands.
  [[nodiscard]] std::vector<std::string> standing(const std::string& saga_id) const;
  [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }

 private:
  enum class Effect : std::uint8_t { kNone, kDone, kRejected, kUndone };
  struct Entry {
    Effect effect = Effect::kNone;
    std::string arguments;
  };
  core::Outcome execute(const ports::CallRequest& request, bool rejects = false);

  bool is_calm_ = false;
  std::map<std::string, Entry> entries_;  // by action key
  std::vector<std::string> faults_;       // what no caller may do
};

}  // namespace saga::test
