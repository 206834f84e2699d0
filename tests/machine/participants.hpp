#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/ids.hpp"
#include "tests/machine/sagas.hpp"

namespace saga::test {

// A call on its way, with what the model needs to know of it.
struct ModelCall {
  std::string saga;
  core::CallEffect effect;
  const core::Operation* operation = nullptr;
};

// All participants of a workflow as a table of effects by action key, with the semantics of the
// barrier: a repeated key is answered as it was first, a compensation that comes before its action
// keeps it from ever being executed, and so does a fence.
class Participants {
 public:
  // Does a call's work, and gives the honest answer to it.
  core::Outcome execute(const ModelCall& call);
  // Turns an action down, for ever, unless it has been done already.
  core::Outcome reject(const ModelCall& call, base::SeededRandom& random);
  // A fenced or unfenced answer to a resolve.
  core::Outcome resolve(const ModelCall& call, bool fence);

  // Whether an action's effect stands; and what a person does about one by hand.
  [[nodiscard]] bool stands(const std::string& key) const;
  void undo(const std::string& key);
  // The first call of each action that may have an effect, by its key.
  [[nodiscard]] const std::map<std::string, ModelCall>& actions() const { return actions_; }
  void know(const ModelCall& call);

  // A JSON value of an operation's result type.
  static base::JsonText result_of(const core::Definition& definition, core::TypeId type);
  void define(const std::string& saga, std::shared_ptr<const core::Definition> definition);

 private:
  [[nodiscard]] std::string taken_back(const ModelCall& call) const;
  struct Effect {
    bool stands = false;
    bool is_blocked = false;  // compensated or fenced: never executed from here on
    std::optional<core::Outcome> rejection;
  };
  core::Outcome done(const ModelCall& call) const;

  std::map<std::string, Effect> effects_;
  std::map<std::string, ModelCall> actions_;
  std::map<std::string, std::shared_ptr<const core::Definition>> definitions_;
};

}  // namespace saga::test
