#include "adapters/mock/fault.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/base/limits.hpp"
#include "engine/base/time.hpp"

namespace saga::mock {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::size_t kMaxFaults = 1'000;
constexpr std::int64_t kMaxTimes = 1'000'000;
constexpr std::chrono::milliseconds kMaxDelay{3'600'000};
constexpr base::JsonLimits kLimits{base::limits::kMaxPayloadBytes, base::limits::kMaxJsonDepth};

constexpr std::array<std::string_view, 6> kNames = {"reject",      "delay", "drop_answer",
                                                    "unavailable", "error", "bad_json"};

std::string all_names() {
  std::string names;
  for (const std::string_view each : kNames) {
    names += (names.empty() ? "" : ", ") + std::string(each);
  }
  return names;
}

base::Unexpected bad(const std::string& why) {
  return base::fail(ErrorCode::kInvalidArgument, why, "fault");
}

Result<FaultKind> kind_of(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) {
    return bad("`" + std::string(name) + "` is none; there are " + all_names());
  }
  return static_cast<FaultKind>(found - kNames.begin());
}

Result<std::int64_t> times_of(std::string_view text) {
  if (text == "always") return std::int64_t{0};
  std::int64_t times = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, times);
  if (error != std::errc{} || stop != end || times < 1 || times > kMaxTimes) {
    return bad("`*" + std::string(text) + "` is neither a number of calls nor `*always`");
  }
  return times;
}

// `2s`, `250ms`.
Result<std::chrono::milliseconds> delay_of(std::string_view text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  const bool known = error == std::errc{} && (unit == "s" || unit == "ms") && number > 0;
  if (known && number <= kMaxDelay.count()) {
    const std::chrono::milliseconds delay(unit == "s" ? number * 1'000 : number);
    if (delay <= kMaxDelay) return delay;
  }
  return bad("`delay` needs how long, up to an hour: `delay:2s`, `delay:250ms`");
}

// What a reject's or a delay's fault lacks, or has too much.
Result<Fault> checked(Fault fault) {
  if (fault.operation != "*" && fault.operation.find('.') == std::string::npos) {
    return bad("`" + fault.operation + "` names no operation such as `Payment.charge`, nor `*`");
  }
  if (fault.kind == FaultKind::kReject && fault.error.string("error").value_or("").empty()) {
    return bad("`reject` needs the declared error: `reject:Declined`");
  }
  return fault;
}

Result<Fault> with_detail(Fault fault, std::string_view detail) {
  if (fault.kind == FaultKind::kDelay) {
    const Result<std::chrono::milliseconds> delay = delay_of(detail);
    if (!delay) return base::fail(delay.error());
    fault.delay = *delay;
  } else if (fault.kind == FaultKind::kReject) {
    base::Json name;
    name.kind = base::Json::Kind::kString;
    name.text = detail;
    fault.error.kind = base::Json::Kind::kObject;
    fault.error.members.emplace_back("error", std::move(name));
  } else if (!detail.empty()) {
    return bad("`" + std::string(name_of(fault.kind)) + "` takes nothing behind a `:`");
  }
  return checked(std::move(fault));
}

}  // namespace

std::string_view name_of(FaultKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

Result<Fault> parse_fault(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return bad("`" + std::string(text) + "` is not of the form OPERATION=FAULT");
  }
  Fault fault{std::string(text.substr(0, equals))};
  std::string_view rest = text.substr(equals + 1);
  if (const std::size_t star = rest.rfind('*'); star != std::string_view::npos) {
    const Result<std::int64_t> times = times_of(rest.substr(star + 1));
    if (!times) return base::fail(times.error());
    fault.times = *times;
    rest = rest.substr(0, star);
  }
  const std::size_t colon = std::min(rest.find(':'), rest.size());
  const Result<FaultKind> kind = kind_of(rest.substr(0, colon));
  if (!kind) return base::fail(kind.error());
  fault.kind = *kind;
  return with_detail(std::move(fault), rest.substr(std::min(colon + 1, rest.size())));
}

Result<Fault> read_fault(std::string_view json) {
  const Result<base::Json> object = base::parse_json(json, kLimits);
  if (!object) return base::fail(object.error());
  if (object->kind != base::Json::Kind::kObject) return bad("a fault is a JSON object");
  constexpr std::array<std::string_view, 6> kKnown = {"operation", "fault", "op",
                                                      "times",     "ms",    "error"};
  for (const base::Json::Member& member : object->members) {
    if (std::find(kKnown.begin(), kKnown.end(), member.first) == kKnown.end()) {
      return bad("a fault has no member `" + member.first + "`");
    }
  }
  Fault fault{object->string("operation").value_or("")};
  const Result<FaultKind> kind = kind_of(object->string("fault").value_or(""));
  if (!kind) return base::fail(kind.error());
  fault.kind = *kind;
  fault.op = object->string("op").value_or("");
  fault.times = object->integer("times").value_or(object->find("times") == nullptr ? 1 : -1);
  if (fault.times < 0 || fault.times > kMaxTimes) {
    return bad("`times` is a number of calls, and 0 means until it is cleared");
  }
  if (fault.kind == FaultKind::kDelay) {
    fault.delay = std::chrono::milliseconds(object->integer("ms").value_or(0));
    if (fault.delay.count() <= 0 || fault.delay > kMaxDelay) {
      return bad("`delay` needs `ms`, up to 3600000");
    }
  }
  if (const base::Json* error = object->find("error")) fault.error = *error;
  return checked(std::move(fault));
}

Result<void> Faults::add(Fault fault) {
  if (faults_.size() >= kMaxFaults) {
    return base::fail(ErrorCode::kOverloaded, "a thousand faults are on: clear them first");
  }
  faults_.push_back(std::move(fault));
  return {};
}

std::optional<Fault> Faults::take(std::string_view operation, std::string_view op) {
  const auto found = std::find_if(faults_.begin(), faults_.end(), [&](const Fault& each) {
    return (each.operation == "*" || each.operation == operation) &&
           (each.op.empty() || each.op == op);
  });
  if (found == faults_.end()) return std::nullopt;
  Fault fault = *found;
  if (found->times > 0 && --found->times == 0) faults_.erase(found);
  return fault;
}

base::JsonText Faults::list() const {
  base::JsonText text;
  base::JsonWriter out(text);
  out.begin_array();
  for (const Fault& each : faults_) {
    out.begin_object().key("operation").string(each.operation);
    out.key("fault").string(name_of(each.kind)).key("times").integer(each.times);
    if (!each.op.empty()) out.key("op").string(each.op);
    if (each.delay.count() > 0) out.key("ms").integer(each.delay.count());
    if (!each.error.is_null()) out.key("error").raw(base::to_text(each.error));
    out.end_object();
  }
  out.end_array();
  return text;
}

}  // namespace saga::mock
