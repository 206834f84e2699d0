#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/config.hpp"
#include "cli/console.hpp"
#include "engine/ports/journal.hpp"
#include "engine/runtime/engine.hpp"

namespace saga::cli {

using Definitions = std::vector<std::shared_ptr<const core::Definition>>;

// An engine in this process with its journal and its participants' caller: what `run` and the
// operators' verbs on a file work with. Ends in order: engine first, journal last.
class Session {
 public:
  enum class Drives {
    kAll,      // every unfinished saga of the journal
    kNamed,    // only those that a request names
    kNothing,  // none: requests are journaled and no call is made
  };
  struct Work {
    Drives drives = Drives::kNothing;
    Definitions called;     // whose calls will be made
    Definitions known;      // others whose services a person may name
    bool on_mocks = false;  // the addresses are those of mocks
  };
  // A journal in memory where `config.db` is empty; a file that isn't there is made once nothing
  // refuses the work. Unless it drives nothing, each service of
  // `work.called` must have an address, and with kAll those of every saga that goes on by itself
  // too: a saga must not fail for want of configuration. An address on the command line for a
  // service that no definition of the work and the journal calls is an error. kConflict where mocks
  // would answer for sagas of real services, or the other way round. Errors: those of the
  // journal, of the configuration, of a port for callbacks.
  static base::Result<std::unique_ptr<Session>> open(const Config& config, Work work,
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
  // All but the engine. Adds what the journal's own sagas call to `work.called`.
  base::Result<void> prepare(const Config& config, Work& work, const runtime::EngineEvents& events);
  std::unique_ptr<Parts> parts_;
  std::unique_ptr<ports::Journal> journal_;
  std::unique_ptr<runtime::Engine> engine_;
};

// A reader of the journal file that the configuration names. kInvalidArgument if it names none.
base::Result<std::unique_ptr<ports::JournalReader>> open_reader(const Config& config);

// The whole saga id that a person means by it, its key or its beginning. kInvalidArgument for
// nothing, kNotFound; kConflict if several fit.
base::Result<std::string> find_saga_id(ports::JournalReader& reader, const std::string& id);

}  // namespace saga::cli
