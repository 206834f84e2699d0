#include "adapters/http/retry_after.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace saga::http {
namespace {

using std::string_view;

constexpr base::Duration kLongest = std::chrono::hours{24 * 365};
constexpr std::array<string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Reads a date from its front. After the first thing that isn't there nothing more is read.
class Reader {
 public:
  explicit Reader(string_view text) : text_(text) {}
  [[nodiscard]] bool is_done() const { return sound_ && text_.empty(); }

  void expect(string_view word) {
    if (text_.starts_with(word)) {
      text_.remove_prefix(word.size());
    } else {
      sound_ = false;
    }
  }
  bool skip(char c) {
    const bool is_there = text_.starts_with(c);
    if (is_there) text_.remove_prefix(1);
    return is_there;
  }
  // A weekday's name, in full or not: what it is is not checked.
  void word() {
    const auto is_letter = [](char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; };
    const auto end = std::find_if_not(text_.begin(), text_.end(), is_letter);
    sound_ = sound_ && end - text_.begin() >= 3;
    text_.remove_prefix(static_cast<std::size_t>(end - text_.begin()));
  }
  int number(std::size_t digits) {
    int value = 0;
    const string_view part = text_.substr(0, digits);
    const auto [stop, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    const bool whole = part.size() == digits && stop == part.data() + digits && value >= 0;
    sound_ = sound_ && error == std::errc{} && whole && part[0] != '-';
    text_.remove_prefix(part.size());
    return value;
  }
  unsigned month() {
    const string_view name = text_.substr(0, 3);
    const auto found = std::find(kMonths.begin(), kMonths.end(), name);
    sound_ = sound_ && found != kMonths.end();
    text_.remove_prefix(name.size());
    return static_cast<unsigned>(found - kMonths.begin()) + 1;
  }

 private:
  string_view text_;
  bool sound_ = true;
};

struct Date {
  int year = 0;
  unsigned month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

std::optional<base::TimePoint> to_time(const Date& date) {
  const std::chrono::year_month_day day{std::chrono::year(date.year),
                                        std::chrono::month(date.month),
                                        std::chrono::day(static_cast<unsigned>(date.day))};
  if (!day.ok() || date.hour > 23 || date.minute > 59 || date.second > 60) return std::nullopt;
  return base::TimePoint(std::chrono::sys_days(day)) + std::chrono::hours(date.hour) +
         std::chrono::minutes(date.minute) + std::chrono::seconds(date.second);
}

void read_clock(Reader& reader, Date& date) {
  date.hour = reader.number(2);
  reader.expect(":");
  date.minute = reader.number(2);
  reader.expect(":");
  date.second = reader.number(2);
}

// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and
// `Sun Nov  6 08:49:37 1994`.
std::optional<base::TimePoint> parse_date(string_view text) {
  Reader reader(text);
  Date date;
  reader.word();
  const bool is_asctime = !reader.skip(',');
  reader.expect(" ");
  if (is_asctime) {
    date.month = reader.month();
    reader.expect(" ");
    date.day = reader.skip(' ') ? reader.number(1) : reader.number(2);
    reader.expect(" ");
    read_clock(reader, date);
    reader.expect(" ");
    date.year = reader.number(4);
  } else {
    date.day = reader.number(2);
    const bool is_old = reader.skip('-');
    if (!is_old) reader.expect(" ");
    date.month = reader.month();
    reader.expect(is_old ? "-" : " ");
    date.year = reader.number(is_old ? 2 : 4);
    if (is_old) date.year += date.year < 70 ? 2000 : 1900;
    reader.expect(" ");
    read_clock(reader, date);
    reader.expect(" GMT");
  }
  return reader.is_done() ? to_time(date) : std::nullopt;
}

}  // namespace

std::optional<base::Duration> parse_retry_after(string_view text, base::TimePoint now) {
  if (text.empty()) return std::nullopt;
  const bool is_number =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (is_number) {
    std::int64_t seconds = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool is_huge = error != std::errc{} || seconds > kLongest / std::chrono::seconds{1};
    return is_huge ? kLongest : base::Duration(std::chrono::seconds(seconds));
  }
  const std::optional<base::TimePoint> at = parse_date(text);
  if (!at) return std::nullopt;
  return std::clamp(*at - now, base::Duration{0}, kLongest);
}

}  // namespace saga::http
