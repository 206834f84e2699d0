#pragma once

#include <string>
#include <vector>

#include "cli/session.hpp"
#include "engine/runtime/restore.hpp"

namespace saga::cli {

// An outermost saga with all that it called, directly or through others: they finish together, and
// one that needs a person keeps its callers waiting though these aren't stuck themselves.
struct Family {
  struct Member {
    std::string id;
    // Nothing for one whose start is only a message yet.
    std::optional<runtime::SagaView> saga;
    bool goes_on = false;       // without a person: has calls in flight, retries, sleeps
    bool has_messages = false;  // that it hasn't consumed
  };
  std::vector<Member> members;  // the outermost first
  Definitions definitions;      // all whose calls may still be made

  [[nodiscard]] const Member& root() const { return members.front(); }
  // The outermost one hasn't ended, and goes nowhere until a person has looked at another one.
  [[nodiscard]] bool waits_for_person() const;
};

// The family of a saga, whichever of it `id` names. kNotFound, kCorrupt.
base::Result<Family> read_family(ports::JournalReader& reader, const std::string& id);

// The definitions of every saga in the journal that may go on by itself, and of all that they may
// call. What can't be read of one is added to `damaged`, and the others are found.
base::Result<Definitions> unfinished_definitions(ports::JournalReader& reader,
                                                 std::vector<base::Error>& damaged);

}  // namespace saga::cli
