#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/time.hpp"
#include "engine/core/definition.hpp"

namespace saga::dsl {

inline constexpr base::Duration kDefaultTimeout{10'000};  // LANGUAGE #12

// How long a call may take at worst, as a sum that people can follow.
struct Budget {
  std::uint32_t attempts = 1;
  base::Duration timeout = kDefaultTimeout;
  std::vector<base::Duration> delays;  // between the attempts, jitter left out
  std::int32_t jitter_per_mille = 0;
  std::optional<base::Duration> within;  // what bounds all of it
  bool is_endless = false;               // the delays never end and nothing bounds them

  [[nodiscard]] base::Duration delay_sum() const;  // with the most that jitter adds
  [[nodiscard]] base::Duration total() const;      // requires: not endless
  // `6 × 2s + 1s+3s+10s+30s+1m`
  [[nodiscard]] std::string sum_text() const;
};

// The worst case of a call whose clauses are constant; a clause that isn't counts as absent. An
// endless ladder is cut where `within` ends it. Of several ladders the longest counts.
Budget budget_of(const core::Definition& tables, const core::Call& call);

// The delays of one ladder; nullopt if they never end.
std::optional<std::vector<base::Duration>> delays_of(const core::Definition& tables,
                                                     const core::Retry& retry);

// `1s+3s+10s`; the middle of a long row is left out.
std::string join_durations(const std::vector<base::Duration>& delays);

}  // namespace saga::dsl
