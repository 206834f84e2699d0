#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "engine/base/json.hpp"

namespace saga::base {
namespace {

// The length of the valid UTF-8 sequence at `at`, or 0.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const unsigned first = byte(at);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(at + 1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned second = byte(at + 1);
    if (first == 0xe0 && second < 0xa0) return 0;
    if (first == 0xed && second > 0x9f) return 0;
    return follows(at + 1) && follows(at + 2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned second = byte(at + 1);
    if (first == 0xf0 && second < 0x90) return 0;
    if (first == 0xf4 && second > 0x8f) return 0;
    return follows(at + 1) && follows(at + 2) && follows(at + 3) ? 4 : 0;
  }
  return 0;
}

// Where, from `at` on, the first byte stands that is no plain ASCII, or needs an escape.
std::size_t plain_length(std::string_view text, std::size_t at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = 0x8080808080808080;
  const auto has_zero = [](std::uint64_t word) { return (word - kOnes) & ~word & kHighs; };
  // Eight bytes at once. Source: Warren, "Hacker's Delight", 6-1.
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    const std::uint64_t control = (word - kOnes * 0x20) & ~word & kHighs;
    if (control | (word & kHighs) | has_zero(word ^ (kOnes * '"')) |
        has_zero(word ^ (kOnes * '\\'))) {
      break;
    }
  }
  for (; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') break;
  }
  return at;
}

void append_escaped(std::string& out, char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default:
      out += "\\u00";
      out += kHex[(static_cast<unsigned char>(c) >> 4) & 15];
      out += kHex[c & 15];
  }
}

void append_date(std::string& out, const Date& date) {
  const std::string day = format_time(TimePoint(std::chrono::sys_days(date.day)));
  out.append(day, 0, 10);
}

}  // namespace

std::string valid_utf8(std::string text) {
  std::size_t sound = 0;
  while (sound < text.size()) {
    const std::size_t length = utf8_length(text, sound);
    if (length == 0) break;
    sound += length;
  }
  if (sound == text.size()) return text;
  std::string out = text.substr(0, sound);
  for (std::size_t at = sound; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    out += length > 0 ? text.substr(at, length) : "\xEF\xBF\xBD";
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

void JsonWriter::comma() {
  if (out_.empty()) return;
  const char last = out_.back();
  if (last != '{' && last != '[' && last != ':' && last != ',') out_ += ',';
}

JsonWriter& JsonWriter::begin_object() {
  comma();
  out_ += '{';
  return *this;
}
JsonWriter& JsonWriter::end_object() {
  out_ += '}';
  return *this;
}
JsonWriter& JsonWriter::begin_array() {
  comma();
  out_ += '[';
  return *this;
}
JsonWriter& JsonWriter::end_array() {
  out_ += ']';
  return *this;
}
JsonWriter& JsonWriter::key(std::string_view name) {
  string(name);
  out_ += ':';
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
  comma();
  out_ += '"';
  std::size_t plain = 0;
  std::size_t at = plain_length(text, 0);
  while (at < text.size()) {
    const bool ascii = static_cast<unsigned char>(text[at]) < 0x80;
    const std::size_t length = ascii ? 0 : utf8_length(text, at);
    if (length > 0) {
      at = plain_length(text, at + length);
      continue;
    }
    out_.append(text, plain, at - plain);
    if (ascii) {
      append_escaped(out_, text[at]);
    } else {
      out_ += "\xEF\xBF\xBD";
    }
    plain = at + 1;
    at = plain_length(text, plain);
  }
  out_.append(text, plain, text.size() - plain);
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  comma();
  std::array<char, 24> digits;
  out_.append(digits.data(),
              std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
  return *this;
}
JsonWriter& JsonWriter::boolean(bool value) {
  comma();
  out_ += value ? "true" : "false";
  return *this;
}
JsonWriter& JsonWriter::null() {
  comma();
  out_ += "null";
  return *this;
}
JsonWriter& JsonWriter::raw(std::string_view json) {
  comma();
  out_ += json;
  return *this;
}

JsonWriter& JsonWriter::value(const Value& value) {
  struct Writer {
    JsonWriter& json;
    void operator()(std::monostate) const { json.null(); }
    void operator()(bool flag) const { json.boolean(flag); }
    void operator()(std::int64_t number) const { json.integer(number); }
    void operator()(const Decimal& decimal) const { json.string(decimal.to_string()); }
    void operator()(const std::string& text) const { json.string(text); }
    void operator()(TimePoint time) const { json.string(format_time(time)); }
    void operator()(const Date& date) const {
      std::string text;
      append_date(text, date);
      json.string(text);
    }
    void operator()(Duration duration) const { json.string(format_duration(duration)); }
    void operator()(const Money& money) const {
      json.begin_object().key("amount").string(money.amount.to_string());
      json.key("currency").string(money.currency).end_object();
    }
    void operator()(const std::shared_ptr<const List>& list) const {
      json.begin_array();
      for (const Value& item : *list) json.value(item);
      json.end_array();
    }
    void operator()(const Record& record) const {
      json.begin_object();
      if (record.kind == RecordKind::kUnion) json.key("case").string(record.tag);
      if (record.kind == RecordKind::kError) json.key("error").string(record.tag);
      for (const Field& field : *record.fields) json.key(field.name).value(field.value);
      json.end_object();
    }
  };
  std::visit(Writer{*this}, value.held());
  return *this;
}

JsonText to_json(const Value& value) {
  JsonText text;
  JsonWriter(text).value(value);
  return text;
}

}  // namespace saga::base
