#pragma once

#include <optional>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/base/time.hpp"

namespace saga::cli {

// Takes SIGINT and SIGTERM from its construction on, so that a run can end in order, and ignores
// SIGPIPE for good. One at a time;
// a second signal ends the process at once.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  [[nodiscard]] bool came() const { return number() != 0; }
  [[nodiscard]] int number() const;  // 0 while none came
};

// `--wait`: `30s`, `1h30m`, `250ms`; nothing for the empty text. kInvalidArgument.
base::Result<std::optional<base::Duration>> parse_wait(std::string_view text);

}  // namespace saga::cli
