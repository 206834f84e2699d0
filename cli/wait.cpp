#include "cli/wait.hpp"

#include <algorithm>

#include "cli/exit_code.hpp"
#include "cli/family.hpp"

namespace saga::cli {
namespace {

constexpr base::Duration kLongest = std::chrono::hours(24 * 365);
constexpr base::Duration kDrain = std::chrono::seconds(5);

}  // namespace

Wait::Wait(const Console& console, std::optional<base::Duration> longest)
    : console_(console),
      end_(std::chrono::steady_clock::now() + std::min(longest.value_or(kLongest), kLongest)) {}

runtime::EngineEvents Wait::events(OnCommitted on_committed) {
  runtime::EngineEvents events;
  events.on_committed = [this, told = std::move(on_committed)](const auto& rows) {
    if (told) told(rows);
    note(rows);
  };
  events.on_alert = [this](const runtime::Alert& alert) {
    console_.err("alert: " + printable(alert.text));
  };
  events.on_problem = [this](const runtime::Problem& problem) { console_.error(problem.error); };
  events.on_holding = [this](const base::Error& error) {
    console_.err("waiting: the journal can't be written: " + error.message);
  };
  events.on_going_on = [this] { console_.err("the journal can be written again; going on"); };
  events.on_fatal = [this](const base::Error& error) {
    const std::lock_guard lock(mutex_);
    broken_ = error;
  };
  return events;
}

void Wait::note(const std::vector<ports::HistoryRow>& rows) {
  const std::lock_guard lock(mutex_);
  ++commits_;
  for (const ports::HistoryRow& row : rows) {
    may_be_parked_ = may_be_parked_ || row.events.find("\"parked\"") != std::string::npos;
  }
}

std::optional<WaitEnd> Wait::is_over() const {
  if (is_broken()) return WaitEnd::kBroken;
  if (stop_.came()) return WaitEnd::kStopped;
  if (std::chrono::steady_clock::now() >= end_) return WaitEnd::kRanOut;
  return std::nullopt;
}

bool Wait::is_broken() const {
  const std::lock_guard lock(mutex_);
  return broken_.has_value();
}

WaitEnd Wait::until_rest(runtime::Engine& engine, ports::JournalReader& reader,
                         const std::string& id) {
  return until(engine.wait_rest(id), [&] { return needs_person(reader, id); });
}

// A family is read member by member while it goes on: only what is seen twice with no commit in
// between is true.
bool Wait::needs_person(ports::JournalReader& reader, const std::string& id) {
  std::uint64_t commits = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!may_be_parked_) return false;
    commits = commits_;
  }
  const base::Result<Family> family = read_family(reader, id);
  if (!family) return false;
  const std::lock_guard lock(mutex_);
  if (commits != commits_) return false;
  if (!family->waits_for_person()) {
    may_be_parked_ = std::any_of(
        family->members.begin(), family->members.end(),
        [](const Family::Member& member) { return member.saga && !member.saga->parked.empty(); });
    return false;
  }
  const bool again = seen_waiting_ == commits;
  seen_waiting_ = commits;
  return again;
}

void Wait::close(Session& session, WaitEnd end) const {
  if (end == WaitEnd::kStopped)
    console_.err("stopping: calls under way may end; a second signal stops at once");
  session.close(kDrain);
}

int Wait::give_up(WaitEnd end, const std::string& what) const {
  if (end == WaitEnd::kBroken) {
    const std::lock_guard lock(mutex_);
    console_.error(broken_->message + ": run the same command again, it goes on where it was");
    return kUnreachable;
  }
  if (end == WaitEnd::kStopped) {
    console_.err("stopped; run the same command with the same --db to go on");
    return 128 + stop_.number();
  }
  console_.err("the wait ran out; " + what);
  return kWaitRanOut;
}

}  // namespace saga::cli
