#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dsl/check/program.hpp"
#include "engine/base/time.hpp"

namespace saga::dsl {

inline constexpr base::Duration kDefaultTimeout{10'000};  // LANGUAGE #12

// The delays of one ladder of retries. Of a long one only the first are listed; the rest are as
// long as the last of these, at least.
struct Delays {
  std::vector<base::Duration> listed;
  std::uint64_t unlisted = 0;
  bool is_endless = false;  // then `listed` holds some of them

  [[nodiscard]] std::uint64_t count() const { return listed.size() + unlisted; }
  [[nodiscard]] base::Duration sum() const;  // requires: not endless
};

Delays delays_of(const Program& program, const core::Retry& retry);

// How long a call may take at worst, as a sum that people can follow.
struct Budget {
  std::uint64_t attempts = 1;
  base::Duration timeout = kDefaultTimeout;
  std::vector<base::Duration> delays;  // between the attempts, jitter left out
  base::Duration jitter{0};            // the most that jitter adds
  base::Duration total{0};
  bool is_bounded = false;  // `within` makes the total shorter than the sum
  bool is_endless = false;  // the delays never end and nothing bounds them

  // `6 × 2s + 1s+3s+10s+30s+1m`
  [[nodiscard]] std::string sum_text() const;
};

// The worst case of a call whose clauses are constant; a clause that isn't counts as absent. Every
// ladder may be used up, one fault after the other.
Budget budget_of(const Program& program, const core::Call& call);

// Never past the longest duration.
base::Duration add(base::Duration left, base::Duration right);

// `1s+3s+10s`; the middle of a long row is left out.
std::string join_durations(const std::vector<base::Duration>& delays);

}  // namespace saga::dsl
