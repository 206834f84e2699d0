#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/json.hpp"
#include "engine/base/time.hpp"
#include "engine/core/row_head.hpp"

// One description of a record's fields serves both directions: `describe(archive, record)` lists
// them once, a RecordWriter writes and a RecordReader reads. Fields that hold their default are
// left out.
namespace saga::core::detail {

class RecordWriter {
 public:
  static constexpr bool kReads = false;
  // With a row's head: what it says is left out of the row's events.
  explicit RecordWriter(std::string& out, const RowHead* row = nullptr) : json_(out), row_(row) {}
  base::JsonWriter& json() { return json_; }

  void field(std::string_view name, const std::string& text) {
    if (!text.empty()) json_.key(name).string(text);
  }
  void field(std::string_view name, bool flag) {
    if (flag) json_.key(name).boolean(true);
  }
  void field(std::string_view name, std::uint32_t number) {
    if (number != 0) json_.key(name).integer(number);
  }
  void field(std::string_view name, std::uint64_t number) {
    if (number != 0) json_.key(name).integer(static_cast<std::int64_t>(number));
  }
  void field(std::string_view name, base::TimePoint time) {
    if (time != base::TimePoint{}) json_.key(name).string(base::format_time(time));
  }
  void field(std::string_view name, const std::optional<base::TimePoint>& time) {
    if (time) json_.key(name).string(base::format_time(*time));
  }
  void field(std::string_view name, const std::optional<base::Duration>& duration) {
    if (duration) json_.key(name).string(base::format_duration(*duration));
  }
  // When it was decided: in a row, the row's time unless it says otherwise.
  void moment(std::string_view name, base::TimePoint time) {
    if (row_ == nullptr) return field(name, time);
    if (time != row_->at) json_.key(name).string(base::format_time(time));
  }
  // A key; in a row, `<machine>/<path>` unless it says otherwise.
  void key_of_path(std::string_view name, const std::string& key, const std::string& path) {
    if (row_ == nullptr || !is_key_of_path(key, path)) field(name, key);
  }
  // The place in the history; a row's events follow each other.
  void seq(std::string_view name, std::uint64_t number) {
    if (row_ == nullptr) field(name, number);
  }
  // An id whose default is "none".
  void id(std::string_view name, std::uint32_t number) {
    if (number != UINT32_MAX) json_.key(name).integer(number);
  }
  void field(std::string_view name, std::int32_t number) {
    if (number != 0) json_.key(name).integer(number);
  }
  void field(std::string_view name, std::int64_t number) {
    if (number != 0) json_.key(name).integer(number);
  }
  void field(std::string_view name, base::Duration duration) {
    if (duration.count() != 0) json_.key(name).string(base::format_duration(duration));
  }
  void ids(std::string_view name, const std::vector<std::uint32_t>& numbers) {
    if (numbers.empty()) return;
    json_.key(name).begin_array();
    for (const std::uint32_t number : numbers) json_.integer(number);
    json_.end_array();
  }
  void texts(std::string_view name, const std::vector<std::string>& all) {
    if (all.empty()) return;
    json_.key(name).begin_array();
    for (const std::string& text : all) json_.string(text);
    json_.end_array();
  }
  void durations(std::string_view name, const std::vector<base::Duration>& all) {
    if (all.empty()) return;
    json_.key(name).begin_array();
    for (const base::Duration duration : all) json_.string(base::format_duration(duration));
    json_.end_array();
  }
  // Valid JSON, embedded as it is.
  void payload(std::string_view name, const base::JsonText& text) {
    if (!text.empty()) json_.key(name).raw(text);
  }
  void payloads(std::string_view name, const std::vector<base::JsonText>& texts) {
    if (texts.empty()) return;
    json_.key(name).begin_array();
    for (const base::JsonText& text : texts) json_.raw(text);
    json_.end_array();
  }
  template <class Enum, std::size_t N>
  void choice(std::string_view name, Enum value, const std::array<std::string_view, N>& names) {
    json_.key(name).string(names[static_cast<std::size_t>(value)]);
  }
  // Left out when it is the first; the record's default must be the first, too.
  template <class Enum, std::size_t N>
  void choice_or_first(std::string_view name, Enum value,
                       const std::array<std::string_view, N>& names) {
    if (static_cast<std::size_t>(value) != 0) choice(name, value, names);
  }
  template <class T>
  void nested(std::string_view name, const T& record) {
    json_.key(name).begin_object();
    describe(*this, record);
    json_.end_object();
  }
  template <class T>
  void nested(std::string_view name, const std::optional<T>& record) {
    if (record) nested(name, *record);
  }
  template <class T>
  void list(std::string_view name, const std::vector<T>& records) {
    if (records.empty()) return;
    json_.key(name).begin_array();
    for (const T& record : records) {
      json_.begin_object();
      describe(*this, record);
      json_.end_object();
    }
    json_.end_array();
  }

 private:
  bool is_key_of_path(std::string_view key, std::string_view path) const {
    const std::string_view id = row_->machine_id;
    return key.size() == id.size() + 1 + path.size() && key.starts_with(id) &&
           key[id.size()] == '/' && key.ends_with(path);
  }

  base::JsonWriter json_;
  const RowHead* row_;
};

// Reads what RecordWriter wrote; `failed` names the first field that is of another kind, that every
// writer writes and isn't there, or that nobody asked for.
class RecordReader {
 public:
  static constexpr bool kReads = true;
  explicit RecordReader(const base::Json& json, const RowHead* row = nullptr)
      : json_(json), row_(row) {}
  [[nodiscard]] const std::string& failed() const { return failed_; }
  [[nodiscard]] const base::Json& json() const { return json_; }

  // A member by name, which counts as known from here on; null if there is none.
  const base::Json* take(std::string_view name) {
    const base::Json* at = json_.find(name);
    if (at != nullptr) known_.push_back(at);
    return at;
  }
  // After all fields were read: fails at the first member that none of them is.
  void finish() {
    if (known_.size() == json_.members.size()) return;
    for (const auto& [name, member] : json_.members) {
      if (std::find(known_.begin(), known_.end(), &member) == known_.end()) return fail(name);
    }
  }

  void field(std::string_view name, std::string& text) {
    if (const base::Json* at = find(name, base::Json::Kind::kString)) text = at->text;
  }
  void field(std::string_view name, bool& flag) {
    if (const base::Json* at = find(name, base::Json::Kind::kBool)) flag = at->boolean;
  }
  void field(std::string_view name, std::uint32_t& number) {
    std::uint64_t wide = number;
    field(name, wide);
    if (wide > UINT32_MAX) return fail(name);
    number = static_cast<std::uint32_t>(wide);
  }
  void field(std::string_view name, std::uint64_t& number) {
    if (take(name) == nullptr) return;
    const std::optional<std::int64_t> value = json_.integer(name);
    if (!value || *value < 0) return fail(name);
    number = static_cast<std::uint64_t>(*value);
  }
  void field(std::string_view name, base::TimePoint& time) {
    std::optional<base::TimePoint> read;
    field(name, read);
    if (read) time = *read;
  }
  void field(std::string_view name, std::optional<base::TimePoint>& time) {
    const base::Json* at = find(name, base::Json::Kind::kString);
    if (at == nullptr) return;
    const base::Result<base::TimePoint> read = base::parse_time(at->text);
    if (!read) return fail(name);
    time = *read;
  }
  void field(std::string_view name, std::optional<base::Duration>& duration) {
    const base::Json* at = find(name, base::Json::Kind::kString);
    if (at == nullptr) return;
    const base::Result<base::Duration> read = base::parse_duration(at->text);
    if (!read) return fail(name);
    duration = *read;
  }
  void moment(std::string_view name, base::TimePoint& time) {
    if (row_ != nullptr) time = row_->at;
    field(name, time);
  }
  void key_of_path(std::string_view name, std::string& key, const std::string& path) {
    field(name, key);
    if (row_ != nullptr && key.empty()) key = std::string(row_->machine_id) + "/" + path;
  }
  void seq(std::string_view name, std::uint64_t& number) {
    if (row_ == nullptr) return field(name, number);
    number = row_->first_seq;
  }
  void id(std::string_view name, std::uint32_t& number) { field(name, number); }
  void field(std::string_view name, std::int32_t& number) {
    std::int64_t wide = number;
    field(name, wide);
    if (wide > INT32_MAX || wide < INT32_MIN) return fail(name);
    number = static_cast<std::int32_t>(wide);
  }
  void field(std::string_view name, std::int64_t& number) {
    if (take(name) == nullptr) return;
    const std::optional<std::int64_t> value = json_.integer(name);
    if (!value) return fail(name);
    number = *value;
  }
  void field(std::string_view name, base::Duration& duration) {
    std::optional<base::Duration> read;
    field(name, read);
    if (read) duration = *read;
  }
  void ids(std::string_view name, std::vector<std::uint32_t>& numbers) {
    const base::Json* at = find(name, base::Json::Kind::kArray);
    if (at == nullptr) return;
    for (const base::Json& item : at->items) {
      std::uint32_t number = 0;
      const char* end = item.text.data() + item.text.size();
      const auto [stop, error] = std::from_chars(item.text.data(), end, number);
      const bool sound =
          item.kind == base::Json::Kind::kNumber && error == std::errc{} && stop == end;
      if (!sound) return fail(name);
      numbers.push_back(number);
    }
  }
  void texts(std::string_view name, std::vector<std::string>& all) {
    const base::Json* at = find(name, base::Json::Kind::kArray);
    if (at == nullptr) return;
    for (const base::Json& item : at->items) {
      if (item.kind != base::Json::Kind::kString) return fail(name);
      all.push_back(item.text);
    }
  }
  void durations(std::string_view name, std::vector<base::Duration>& all) {
    std::vector<std::string> read;
    texts(name, read);
    for (const std::string& text : read) {
      const base::Result<base::Duration> duration = base::parse_duration(text);
      if (!duration) return fail(name);
      all.push_back(*duration);
    }
  }
  void payload(std::string_view name, base::JsonText& text) {
    if (const base::Json* at = take(name)) text = base::to_text(*at);
  }
  void payloads(std::string_view name, std::vector<base::JsonText>& texts) {
    const base::Json* at = find(name, base::Json::Kind::kArray);
    if (at == nullptr) return;
    for (const base::Json& item : at->items) texts.push_back(base::to_text(item));
  }
  template <class Enum, std::size_t N>
  void choice(std::string_view name, Enum& value, const std::array<std::string_view, N>& names) {
    const base::Json* at = find(name, base::Json::Kind::kString);
    if (at == nullptr) return fail(name);
    for (std::size_t i = 0; i < N; ++i) {
      if (names[i] == at->text) {
        value = static_cast<Enum>(i);
        return;
      }
    }
    fail(name);
  }
  template <class Enum, std::size_t N>
  void choice_or_first(std::string_view name, Enum& value,
                       const std::array<std::string_view, N>& names) {
    if (json_.find(name) != nullptr) choice(name, value, names);
  }
  template <class T>
  void nested(std::string_view name, T& record) {
    const base::Json* at = find(name, base::Json::Kind::kObject);
    if (at == nullptr) return fail(name);
    read_into(*at, record);
  }
  template <class T>
  void nested(std::string_view name, std::optional<T>& record) {
    const base::Json* at = find(name, base::Json::Kind::kObject);
    if (at != nullptr) read_into(*at, record.emplace());
  }
  template <class T>
  void list(std::string_view name, std::vector<T>& records) {
    const base::Json* at = find(name, base::Json::Kind::kArray);
    if (at == nullptr) return;
    for (const base::Json& item : at->items) {
      if (item.kind != base::Json::Kind::kObject) return fail(name);
      read_into(item, records.emplace_back());
    }
  }
  void fail(std::string_view name) {
    if (failed_.empty()) failed_ = std::string(name);
  }

 private:
  template <class T>
  void read_into(const base::Json& json, T& record) {
    RecordReader inner(json);
    describe(inner, record);
    inner.finish();
    if (!inner.failed().empty()) fail(inner.failed());
  }
  const base::Json* find(std::string_view name, base::Json::Kind kind) {
    const base::Json* at = take(name);
    if (at != nullptr && at->kind != kind) {
      fail(name);
      return nullptr;
    }
    return at;
  }

  const base::Json& json_;
  const RowHead* row_;
  std::vector<const base::Json*> known_;
  std::string failed_;
};

}  // namespace saga::core::detail
