#include "cli/stop_signal.hpp"

#include <csignal>

#include "dsl/check/literals.hpp"

namespace saga::cli {
namespace {

volatile std::sig_atomic_t came_number = 0;

extern "C" void take_signal(int number) {
  if (came_number != 0) std::_Exit(128 + number);
  came_number = number;
}

}  // namespace

StopSignal::StopSignal() {
  came_number = 0;
  std::signal(SIGINT, take_signal);
  std::signal(SIGTERM, take_signal);
  std::signal(SIGPIPE, SIG_IGN);  // whoever reads the output may go: the sagas don't end with him
}

StopSignal::~StopSignal() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

int StopSignal::number() const { return came_number; }

base::Result<std::optional<base::Duration>> parse_wait(std::string_view text) {
  if (text.empty()) return std::optional<base::Duration>{};
  const base::Result<dsl::NumberLiteral> number = dsl::parse_number(text);
  if (number && number->kind == dsl::NumberLiteral::Kind::kDuration) {
    return std::optional(number->duration);
  }

  return base::fail(base::ErrorCode::kInvalidArgument,
                    "`" + std::string(text) + "` is no duration such as 30s or 1h30m", "--wait");
}

}  // namespace saga::cli
