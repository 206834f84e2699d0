#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "cli/session.hpp"
#include "cli/stop_signal.hpp"

namespace saga::cli {

// Why a wait ended.
enum class WaitEnd {
  kReady,        // what was waited for is there
  kNeedsPerson,  // the saga waits for one that it called, and that one for a person
  kRanOut,       // `--wait`
  kStopped,      // SIGINT or SIGTERM
  kBroken,       // the engine can't go on
};

// What one command waits for while an engine works, and what it tells meanwhile. Made before the
// engine and destroyed after it: takes the stop signals from its construction on.
// Thread-safety: the events run on the engine's thread, all else on one thread.
class Wait {
 public:
  // No `longest` = without end.
  Wait(const Console& console, std::optional<base::Duration> longest);

  using OnCommitted = std::function<void(const std::vector<ports::HistoryRow>& rows)>;
  // For the engine; `on_committed` may be null.
  runtime::EngineEvents events(OnCommitted on_committed);

  template <class Value>
  WaitEnd until(const std::future<Value>& future) {
    return until(future, [] { return false; });
  }
  // Until the saga, an outermost one, is at rest, or one that it called needs a person.
  WaitEnd until_rest(runtime::Engine& engine, ports::JournalReader& reader, const std::string& id);

  // Ends the session in order: calls under way may end, for some seconds, and what came of them is
  // committed.
  void close(Session& session, WaitEnd end) const;
  // Tells on stderr why a wait for `what` was given up: the exit code.
  int give_up(WaitEnd end, const std::string& what) const;

 private:
  static constexpr std::chrono::milliseconds kLook{50};

  template <class Value, class Look>
  WaitEnd until(const std::future<Value>& future, Look look) {
    while (future.wait_for(kLook) != std::future_status::ready) {
      if (const std::optional<WaitEnd> over = is_over()) return *over;
      if (look()) return WaitEnd::kNeedsPerson;
    }
    return is_broken() ? WaitEnd::kBroken : WaitEnd::kReady;
  }
  [[nodiscard]] std::optional<WaitEnd> is_over() const;
  [[nodiscard]] bool is_broken() const;
  void note(const std::vector<ports::HistoryRow>& rows);
  bool needs_person(ports::JournalReader& reader, const std::string& id);

  const Console& console_;
  StopSignal stop_;
  std::chrono::steady_clock::time_point end_;

  mutable std::mutex mutex_;
  std::optional<base::Error> broken_;
  bool may_be_parked_ = true;  // some saga of the journal; looked at once at the beginning
  std::uint64_t commits_ = 0;
  std::optional<std::uint64_t> seen_waiting_;  // `commits_` when a person seemed to be needed
};

}  // namespace saga::cli
