#include <algorithm>
#include <utility>

#include "engine/runtime/orchestrator.hpp"
#include "engine/runtime/resident.hpp"

namespace saga::runtime {
namespace {

constexpr base::TimePoint kAlways{base::Duration{253'402'300'799'999}};  // the end of 9999
constexpr base::Duration kWindow = base::limits::kTimerWindow;
constexpr std::size_t kFiredAtOnce = 1'000;
constexpr base::Duration kLoadAgain{1'000};  // after a read that failed

}  // namespace

void Orchestrator::recover(base::TimePoint now) {
  now_ = now;
  if (!options_.takes_up_all) {
    horizon_ = kAlways;
    return;
  }
  ready_.loads.push_back(LoadReceivers{});
  extend_horizon();
}

// Whether the next timers may be read: few are left in memory, and no load is waited for.
bool Orchestrator::may_read_timers() const {
  return options_.takes_up_all && !is_reading_timers_ && wanted_.empty() &&
         timers_.size() <= options_.max_timers / 2;
}

// They are read once the time for which they were read last is half over.
bool Orchestrator::wants_timers() const {
  return may_read_timers() && (!horizon_ || *horizon_ <= now_ + kWindow / 2);
}

void Orchestrator::extend_horizon() {
  if (!wants_timers()) return;
  is_reading_timers_ = true;
  // From here on changes up to the new horizon go to memory; those before are in batches that are
  // committed before the read.
  horizon_ = now_ + kWindow;
  const auto limit = static_cast<std::uint32_t>(options_.max_timers);
  held_outputs().loads.push_back(LoadTimers{*horizon_, last_timer_, limit});
}

void Orchestrator::loaded_timers(const LoadedTimers& loaded) {
  is_reading_timers_ = false;
  if (!loaded.rows) {
    ready_.problems.push_back({"", loaded.rows.error()});
    return read_again();
  }
  for (const ports::TimerRow& row : *loaded.rows) {
    const auto known = sagas_.find(row.machine_id);
    if (known != sagas_.end()) {  // memory knows better
      if (!known->second->is_loading) set_due(*known->second);
      continue;
    }
    if (row.due == base::TimePoint{}) {
      bring_in(row.machine_id);
    } else if (!timers_.has(row.machine_id)) {  // else it changed since the read, and left
      timers_.set(row.machine_id, row.due);
    }
  }
  if (loaded.rows->size() < loaded.asked.limit) {
    last_timer_ = ports::TimerRow{*horizon_, ""};
  } else {
    last_timer_ = loaded.rows->back();
    horizon_ = std::min(*horizon_, last_timer_->due);
    if (*horizon_ < last_timer_->due) last_timer_ = ports::TimerRow{*horizon_, ""};
  }
  extend_horizon();
}

void Orchestrator::loaded_receivers(const LoadedReceivers& loaded) {
  if (!loaded.machines) {
    ready_.problems.push_back({"", loaded.machines.error()});
    lacks_receivers_ = true;
    return read_again();
  }
  // The load brings the messages along.
  for (const std::string& machine : *loaded.machines) {
    if (sagas_.find(machine) == sagas_.end()) {
      bring_in(machine);
    }
  }
}

// Lets the horizon be so near that the next tick, soon, reads on from where the last read ended.
void Orchestrator::read_again() {
  if (horizon_) horizon_ = std::min(*horizon_, now_ + kWindow / 2 + kLoadAgain);
}

void Orchestrator::bring_in(const std::string& id) {
  with_saga(id, "", [this, id](Saga* saga, const base::Error& why) {
    if (saga == nullptr) bring_in_later(id, why);
  });
}

// A read that failed is tried again where it may go well.
void Orchestrator::bring_in_later(const std::string& id, const base::Error& why) {
  ready_.problems.push_back({id, why});
  const bool may_go_well = why.code != base::ErrorCode::kCorrupt &&
                           why.code != base::ErrorCode::kNewerVersion &&
                           why.code != base::ErrorCode::kNotFound;
  if (may_go_well) timers_.set(id, now_ + kLoadAgain);
}

void Orchestrator::set_due(const Saga& saga) {
  const std::optional<base::TimePoint> due = core::next_due(saga.state);
  // While a saga is active the journal says so in place of its next timer: memory must keep that.
  const bool is_kept = due && horizon_ && (core::is_hot(saga.state) || *due <= *horizon_);
  timers_.set(saga.id, is_kept ? due : std::nullopt);
  if (options_.takes_up_all && timers_.size() > 2 * options_.max_timers) forget_far_timers();
}

// What is forgotten is in the journal, or in a batch that is committed before the next read.
void Orchestrator::forget_far_timers() {
  horizon_ = timers_.drop_last(options_.max_timers, [this](const std::string& id) {
    const auto saga = sagas_.find(id);
    return saga == sagas_.end() || saga->second->is_loading || !core::is_hot(saga->second->state);
  });
  last_timer_ = ports::TimerRow{*horizon_, ""};
}

void Orchestrator::tick(base::TimePoint now) {
  now_ = now;
  if (holding_ || is_stopping_ || !options_.makes_calls) return;
  for (std::size_t i = 0; i < kFiredAtOnce; ++i) {
    const std::optional<std::string> id = timers_.take_due(now);
    if (!id) break;
    fire(*id);
  }
  extend_horizon();
  if (std::exchange(lacks_receivers_, false)) ready_.loads.push_back(LoadReceivers{});
  run_mail();
}

void Orchestrator::fire(const std::string& id) {
  with_saga(id, "", [this, id](Saga* saga, const base::Error& why) {
    if (saga == nullptr) return bring_in_later(id, why);
    const std::optional<base::TimePoint> due = core::next_due(saga->state);
    if (!due || *due > now_ || is_stopping_) return set_due(*saga);
    if (feed(*saga, core::TimerInput{})) return;
    ready_.problems.push_back(
        {id,
         {base::ErrorCode::kInternal,
          "what was due at " + base::format_time(*due) + " changed nothing", ""}});
  });
  let_go(id);
}

std::optional<base::TimePoint> Orchestrator::wake_at() const {
  if (holding_ || is_stopping_ || !options_.makes_calls) return std::nullopt;
  std::optional<base::TimePoint> at = timers_.first();
  const bool reads_later = horizon_ && may_read_timers();
  if (reads_later && (!at || *horizon_ - kWindow / 2 < *at)) at = *horizon_ - kWindow / 2;
  return at;
}

}  // namespace saga::runtime
