#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/config.hpp"
#include "cli/console.hpp"
#include "engine/journal/sqlite_journal.hpp"
#include "engine/runtime/engine.hpp"

namespace saga::cli {

using Definitions = std::vector<std::shared_ptr<const core::Definition>>;

// An engine in this process with its journal and its participants' caller: what `run` and the
// operators' verbs on a file work with. Ends in order: engine first, journal last.
class Session {
 public:
  // A journal in memory where `config.db` is empty. Services that `definitions` call must have an
  // address where `wants_services`. Errors: those of the journal, of the configuration, of a port
  // for callbacks.
  static base::Result<std::unique_ptr<Session>> open(const Config& config,
                                                     const Definitions& definitions,
                                                     bool wants_services,
                                                     runtime::EngineEvents events);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  runtime::Engine& engine() { return *engine_; }
  base::Result<std::unique_ptr<ports::JournalReader>> open_reader() {
    return journal_->open_reader();
  }
  // Lets calls in flight end for at most `drain` and commits.
  void close(base::Duration drain);

 private:
  class Parts;
  Session();
  std::unique_ptr<Parts> parts_;
  std::unique_ptr<ports::Journal> journal_;
  std::unique_ptr<runtime::Engine> engine_;
};

// A reader of the journal file that the configuration names. kInvalidArgument if it names none.
base::Result<std::unique_ptr<ports::JournalReader>> open_reader(const Config& config);

// The definition of a stored saga with the texts of its sources. kNotFound, kCorrupt,
// kNewerVersion.
base::Result<std::shared_ptr<const core::Definition>> stored_definition(
    ports::JournalReader& reader, const std::string& hash);

// The whole saga id that a person means by its beginning. kNotFound; kConflict if several fit.
base::Result<std::string> find_saga_id(ports::JournalReader& reader, const std::string& id);

}  // namespace saga::cli
