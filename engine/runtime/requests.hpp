#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/core/effect.hpp"
#include "engine/core/entity/key.hpp"
#include "engine/ports/journal.hpp"
#include "engine/ports/participant_caller.hpp"
#include "engine/runtime/restore.hpp"
#include "engine/runtime/saga_view.hpp"

// What goes into the orchestrator and what comes out of it: data, nothing else.
namespace saga::runtime {

// Chosen by whoever asks; comes back with the reply, once.
using RequestId = std::uint64_t;

struct StartRequest {
  std::string definition_hash;  // of a registered definition
  base::JsonText input;         // an object by parameter name
};
struct StartReply {
  enum class Kind : std::uint8_t {
    kStarted,  // durable now
    kKnown,    // the same start came before: saga_id is its saga
    kRefused,  // error; saga_id of the key's holder where that is why
  };
  Kind kind = Kind::kRefused;
  std::string saga_id;
  base::Error error;
};

struct OperateRequest {
  std::string saga_id;
  core::OperatorInput input;
};
struct OperateReply {
  std::optional<base::Error> error;  // none: it is durable
};

// An answer that came by itself was taken.
struct AnswerReply {
  std::optional<base::Error> error;  // none: it is durable, or nothing waits for it any more
};

// A saga has come to rest: it ended, or it needs a person.
struct RestReply {
  std::optional<SagaView> saga;
  base::Error error;  // without a saga
};

struct Reply {
  RequestId request = 0;
  std::variant<StartReply, OperateReply, AnswerReply, RestReply> body;
};

// Tells people.
struct Alert {
  std::string saga_id;
  std::string step;
  std::string text;
};
// Something is wrong with what is stored or wired up; the engine goes on without it.
struct Problem {
  std::string saga_id;
  base::Error error;
};

// Reads that the orchestrator needs; each is answered by one Loaded.
struct LoadSaga {
  std::string id;
  std::string definition_hash;  // not empty: wanted too if the saga has no history yet
};
struct LoadKey {
  std::string id;
};
struct LoadTimers {
  base::TimePoint before;  // due <= before
  std::optional<ports::TimerRow> after;
  std::uint32_t limit = 0;  // rows
};
struct LoadReceivers {};
using Load = std::variant<LoadSaga, LoadKey, LoadTimers, LoadReceivers>;

struct LoadedSaga {
  std::string id;
  base::Result<std::optional<RestoredSaga>> saga;
  std::vector<ports::MessageRow> messages;
  std::shared_ptr<const core::Definition> definition;  // the one that was wanted, if it is there
};
struct LoadedKey {
  std::string id;
  base::Result<core::entity::KeyState> key;
};
struct LoadedTimers {
  LoadTimers asked;
  base::Result<std::vector<ports::TimerRow>> rows;
};
struct LoadedReceivers {
  base::Result<std::vector<std::string>> machines;
};
using Loaded = std::variant<LoadedSaga, LoadedKey, LoadedTimers, LoadedReceivers>;

// A batch on its way to the journal.
struct Submission {
  std::uint64_t number = 0;  // grows by one
  ports::Batch batch;
};

// What may be done now, in this order. Everything in it is durable, or needs nothing that isn't.
struct Outputs {
  std::vector<Reply> replies;
  std::vector<ports::CallRequest> calls;
  std::vector<Load> loads;
  std::vector<Alert> alerts;
  std::vector<Problem> problems;
  [[nodiscard]] bool empty() const {
    return replies.empty() && calls.empty() && loads.empty() && alerts.empty() && problems.empty();
  }
};

}  // namespace saga::runtime
