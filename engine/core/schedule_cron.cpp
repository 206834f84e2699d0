#include "engine/core/schedule_cron.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <vector>

namespace saga::core {
namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed",
                                                       "thu", "fri", "sat"};

struct Field {
  const char* name;
  int least;
  int most;
  std::span<const std::string_view> names;  // of least, least + 1, …
};
constexpr std::array<Field, 5> kFields = {{{"minute", 0, 59, {}},
                                           {"hour", 0, 23, {}},
                                           {"day of the month", 1, 31, {}},
                                           {"month", 1, 12, kMonths},
                                           {"day of the week", 0, 7, kWeekdays}}};

std::vector<std::string_view> split(std::string_view text, std::string_view at) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find_first_of(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<int> whole_number(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

Result<int> value_of(std::string_view text, const Field& field) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto named = std::ranges::find(field.names, std::string_view(lower));
  if (named != field.names.end())
    return field.least + static_cast<int>(named - field.names.begin());
  const std::optional<int> number = whole_number(text);
  if (number && *number >= field.least && *number <= field.most) return *number;
  return fail(ErrorCode::kInvalidArgument, "`" + std::string(text) + "` is no " + field.name +
                                               ": " + std::to_string(field.least) + " to " +
                                               std::to_string(field.most));
}

// One of a list: `*`, `n`, `a-b`, with or without `/step`.
Result<void> add_range(std::string_view text, const Field& field, std::bitset<64>& chosen) {
  const std::vector<std::string_view> with_step = split(text, "/");
  const std::vector<std::string_view> ends = split(with_step[0], "-");
  const bool is_all = with_step[0] == "*";
  if (with_step.size() > 2 || ends.size() > 2 ||
      (with_step.size() == 2 && !is_all && ends.size() == 1)) {
    return fail(ErrorCode::kInvalidArgument, "`" + std::string(text) + "` isn't understood as a " +
                                                 field.name +
                                                 ": write `*`, `n`, `a-b`, `*/n` or `a-b/n`");
  }
  int first = field.least;
  int last = field.names.size() == 7 ? 6 : field.most;  // 7 is Sunday once more
  if (!is_all) {
    const Result<int> begin = value_of(ends.front(), field);
    if (!begin) return fail(begin.error());
    const Result<int> end = value_of(ends.back(), field);
    if (!end) return fail(end.error());
    first = *begin;
    last = *end;
  }
  if (first > last) {
    return fail(ErrorCode::kInvalidArgument,
                "`" + std::string(text) + "` runs backwards: write it as two, with a comma");
  }
  int step = 1;
  if (with_step.size() == 2) {
    const std::optional<int> given = whole_number(with_step[1]);
    if (!given || *given < 1 || *given > field.most) {
      return fail(ErrorCode::kInvalidArgument,
                  "`" + std::string(with_step[1]) + "` is no step for a " + field.name);
    }
    step = *given;
  }
  for (int each = first; each <= last; each += step) chosen.set(static_cast<std::size_t>(each));
  return {};
}

// Whether the days that are chosen are in any month that is.
bool has_any_day(const CronSchedule& schedule) {
  if (!schedule.any_weekday) return true;
  constexpr std::array<std::size_t, 13> kDays = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (std::size_t month = 1; month <= 12; ++month) {
    if (!schedule.months.test(month)) continue;
    for (std::size_t day = 1; day <= kDays[month]; ++day) {
      if (schedule.days.test(day)) return true;
    }
  }
  return false;
}

template <std::size_t Size>
std::bitset<Size> cut(const std::bitset<64>& chosen) {
  return std::bitset<Size>(chosen.to_ullong());
}

}  // namespace

Result<CronSchedule> parse_cron(std::string_view text) {
  std::vector<std::string_view> parts = split(text, " \t");
  std::erase(parts, std::string_view());
  if (parts.size() != kFields.size()) {
    return fail(ErrorCode::kInvalidArgument,
                "a schedule has five fields (minute, hour, day, month, day of the week), and this "
                "has " +
                    std::to_string(parts.size()));
  }
  std::array<std::bitset<64>, 5> chosen;
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    for (const std::string_view each : split(parts[i], ",")) {
      if (const Result<void> added = add_range(each, kFields[i], chosen[i]); !added)
        return fail(added.error());
    }
  }
  if (chosen[4].test(7)) chosen[4].set(0);
  CronSchedule made;
  made.minutes = cut<60>(chosen[0]);
  made.hours = cut<24>(chosen[1]);
  made.days = cut<32>(chosen[2]);
  made.months = cut<13>(chosen[3]);
  made.weekdays = cut<7>(chosen[4].reset(7));
  made.any_day = parts[2].starts_with('*');
  made.any_weekday = parts[4].starts_with('*');
  if (has_any_day(made)) return made;
  return fail(ErrorCode::kInvalidArgument,
              "no month that it names has such a day: it is never due");
}

}  // namespace saga::core
