#pragma once

#include <array>
#include <bitset>
#include <span>
#include <string_view>

#include "engine/base/result.hpp"

namespace saga::core {

// When a `schedule` is due: the minutes, hours, days, months and weekdays of `M H D M W`.
// A moment fits if minute, hour and month fit, and the day: where days *and* weekdays are limited,
// either is enough, as cron has it.
struct CronSchedule {
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;     // 1 to 31
  std::bitset<13> months;   // 1 to 12
  std::bitset<7> weekdays;  // 0 is Sunday
  bool any_day = false;     // the field begins with `*`
  bool any_weekday = false;
};

// Five fields between blanks, each a list of `*`, `n`, `a-b`, each but `n` with a `/step`; months
// and weekdays also by the first three letters of their English names, Sunday as 0 or 7.
// kInvalidArgument, with words for people, for anything else and for what is never due
// (`0 0 31 2 *`).
base::Result<CronSchedule> parse_cron(std::string_view text);

}  // namespace saga::core
