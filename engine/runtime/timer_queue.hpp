#pragma once

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "engine/base/time.hpp"

namespace saga::runtime {

// When machines are due, the earliest first; at most one time a machine. Not thread-safe.
class TimerQueue {
 public:
  // Replaces the machine's time; nullopt removes it.
  void set(const std::string& machine, std::optional<base::TimePoint> due) {
    const auto known = by_machine_.find(machine);
    if (known != by_machine_.end()) {
      if (due == known->second) return;
      order_.erase({known->second, machine});
      if (!due) by_machine_.erase(known);
    }
    if (!due) return;
    by_machine_[machine] = *due;
    order_.emplace(*due, machine);
  }
  [[nodiscard]] std::optional<base::TimePoint> first() const {
    if (order_.empty()) return std::nullopt;
    return order_.begin()->first;
  }
  // Takes out the first machine that is due by `now`.
  std::optional<std::string> take_due(base::TimePoint now) {
    if (order_.empty() || order_.begin()->first > now) return std::nullopt;
    std::string machine = order_.begin()->second;
    order_.erase(order_.begin());
    by_machine_.erase(machine);
    return machine;
  }
  // Drops `count` of those that are due last and may be dropped; the time up to which all that may
  // be dropped are left. Requires: not empty.
  template <class MayDrop>
  base::TimePoint drop_last(std::size_t count, MayDrop may_drop) {
    base::TimePoint complete = order_.rbegin()->first;
    for (auto at = order_.end(); count > 0 && at != order_.begin();) {
      --at;
      if (!may_drop(at->second)) continue;
      complete = at->first - base::Duration{1};
      by_machine_.erase(at->second);
      at = order_.erase(at);
      --count;
    }
    return complete;
  }
  [[nodiscard]] bool has(const std::string& machine) const { return by_machine_.contains(machine); }
  [[nodiscard]] std::size_t size() const { return order_.size(); }

 private:
  std::set<std::pair<base::TimePoint, std::string>> order_;
  std::unordered_map<std::string, base::TimePoint> by_machine_;
};

}  // namespace saga::runtime
