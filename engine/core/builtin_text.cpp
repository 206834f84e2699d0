#include <re2/re2.h>

#include <algorithm>

#include "engine/base/ids.hpp"
#include "engine/base/limits.hpp"
#include "engine/core/builtin.hpp"

namespace saga::core::detail {
namespace {

constexpr int kPatternSteps = 100;

const std::string* text_at(Arguments arguments, std::size_t index) {
  return index < arguments.size() ? arguments[index].as<std::string>() : nullptr;
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::size_t characters(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues));
}

// The byte at which character number `count` begins, or the end.
std::size_t byte_of(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (continues(text[at])) continue;
    if (count == 0) return at;
    --count;
  }
  return at;
}

template <char From, char To>
Result<Value> change_case(Caller&, Arguments arguments) {
  std::string text = *text_at(arguments, 0);
  for (char& c : text) {
    if (c >= From && c <= From + 25) c = static_cast<char>(c - From + To);
  }
  return Value(std::move(text));
}

Result<Value> trim(Caller&, Arguments arguments) {
  const std::string& text = *text_at(arguments, 0);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return Value(std::string());
  return Value(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

Result<Value> truncate(Caller&, Arguments arguments) {
  const std::string& text = *text_at(arguments, 0);
  const auto* length = arguments[1].as<std::int64_t>();
  if (length == nullptr || *length < 0) return wrong_argument("truncate");
  const auto wanted = static_cast<std::size_t>(*length);
  if (characters(text) <= wanted) return arguments[0];
  if (wanted == 0) return Value(std::string());
  return Value(text.substr(0, byte_of(text, wanted - 1)) + "…");
}

Result<Value> starts_with(Caller&, Arguments arguments) {
  return Value(text_at(arguments, 0)->starts_with(*text_at(arguments, 1)));
}
Result<Value> ends_with(Caller&, Arguments arguments) {
  return Value(text_at(arguments, 0)->ends_with(*text_at(arguments, 1)));
}

Result<Value> split(Caller& caller, Arguments arguments) {
  const std::string& text = *text_at(arguments, 0);
  if (arguments.size() < 2 || text_at(arguments, 1)->empty()) return wrong_argument("split");
  const std::string& separator = *text_at(arguments, 1);
  base::List parts;
  std::size_t from = 0;
  for (;;) {
    if (Result<void> ok = caller.step(); !ok) return base::fail(ok.error());
    const std::size_t at = text.find(separator, from);
    parts.emplace_back(text.substr(from, at == std::string::npos ? at : at - from));
    if (at == std::string::npos) return Value(std::move(parts));
    from = at + separator.size();
  }
}

Result<Value> replace(Caller& caller, Arguments arguments) {
  const std::string& text = *text_at(arguments, 0);
  const std::string& from = *text_at(arguments, 1);
  const std::string& to = *text_at(arguments, 2);
  if (from.empty()) return arguments[0];
  std::string out;
  std::size_t at = 0;
  for (std::size_t found = text.find(from); found != std::string::npos;
       found = text.find(from, at)) {
    if (Result<void> ok = caller.step(); !ok) return base::fail(ok.error());
    out.append(text, at, found - at).append(to);
    at = found + from.size();
    if (out.size() > base::limits::kMaxPayloadBytes) return defect("a text is too long");
  }
  return Value(out.append(text, at));
}

Result<Value> matches(Caller& caller, Arguments arguments) {
  for (int i = 0; i < kPatternSteps; ++i) {  // to compile it
    if (Result<void> ok = caller.step(); !ok) return base::fail(ok.error());
  }
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  const RE2 pattern(*text_at(arguments, 1), options);
  if (!pattern.ok())
    return defect("`" + *text_at(arguments, 1) + "` is no pattern: " + pattern.error());
  return Value(RE2::FullMatch(*text_at(arguments, 0), pattern));
}

Result<Value> pad(Caller&, Arguments arguments) {
  const std::string& text = *text_at(arguments, 0);
  const auto* width = arguments[1].as<std::int64_t>();
  const std::string* with = text_at(arguments, 2);
  const bool sound = width != nullptr && *width >= 0 &&
                     static_cast<std::size_t>(*width) <= base::limits::kMaxPayloadBytes &&
                     (with == nullptr || with->size() == 1);
  if (!sound) return wrong_argument("pad");
  const std::size_t has = characters(text);
  const auto wanted = static_cast<std::size_t>(*width);
  if (has >= wanted) return arguments[0];
  return Value(std::string(wanted - has, with == nullptr ? ' ' : (*with)[0]) + text);
}

Result<Value> hash64(Caller&, Arguments arguments) {
  return Value(static_cast<std::int64_t>(base::hash64(*text_at(arguments, 0)) & INT64_MAX));
}

// Checks that all arguments but those of other kinds are text before the function runs.
template <Function Inner, std::size_t Texts>
Result<Value> texts(Caller& caller, Arguments arguments) {
  for (std::size_t i = 0; i < Texts && i < arguments.size(); ++i) {
    if (text_at(arguments, i) == nullptr) return defect("a string is wanted here");
  }
  return Inner(caller, arguments);
}

}  // namespace

const std::vector<Row>& text_functions() {
  static const std::vector<Row> rows = {
      {"upper", 1, 1, texts<change_case<'a', 'A'>, 1>},
      {"lower", 1, 1, texts<change_case<'A', 'a'>, 1>},
      {"trim", 1, 1, texts<trim, 1>},
      {"truncate", 2, 2, texts<truncate, 1>},
      {"starts_with", 2, 2, texts<starts_with, 2>},
      {"ends_with", 2, 2, texts<ends_with, 2>},
      {"replace", 3, 3, texts<replace, 3>},
      {"matches", 2, 2, texts<matches, 2>},
      {"pad", 2, 3, texts<pad, 1>},
      {"hash64", 1, 1, texts<hash64, 1>},
  };
  return rows;
}

Result<Value> split_text(Caller& caller, Arguments arguments) {
  return texts<split, 2>(caller, arguments);
}

std::size_t text_size(std::string_view text) { return characters(text); }

}  // namespace saga::core::detail
