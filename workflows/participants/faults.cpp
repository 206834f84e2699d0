#include "workflows/participants/faults.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace saga::demo {

namespace {

using nlohmann::json;

constexpr std::size_t kMostFaults = 1000;
constexpr std::int64_t kMostCount = 1'000'000;

constexpr std::array<std::pair<std::string_view, FaultKind>, 8> kNames = {{
    {"reject", FaultKind::kReject},
    {"delay", FaultKind::kDelay},
    {"drop_answer", FaultKind::kDropAnswer},
    {"unavailable", FaultKind::kUnavailable},
    {"error", FaultKind::kError},
    {"bad_json", FaultKind::kBadJson},
    {"lock", FaultKind::kLock},
    {"die", FaultKind::kDie},
}};

std::string_view name_of(FaultKind kind) {
  for (const auto& [name, named] : kNames) {
    if (named == kind) return name;
  }
  return "error";
}

// Reads members into a Fault; the first problem sticks.
struct Reader {
  const json& object;
  std::string& problem;

  void complain(const std::string& text) const {
    if (problem.empty()) problem = text;
  }

  void text(const char* name, std::string& target) const {
    if (!object.contains(name)) return;
    if (object[name].is_string()) {
      target = object[name].get<std::string>();
    } else {
      complain(std::string(name) + " must be a string");
    }
  }

  void count(const char* name, std::int64_t& target) const {
    if (!object.contains(name)) return;
    const json& value = object[name];
    if (value.is_number_integer() && value >= 0 && value <= kMostCount) {
      target = value.get<std::int64_t>();
    } else {
      complain(std::string(name) + " must be a whole number from 0 to 1000000");
    }
  }

  void kind(FaultKind& target) const {
    std::string wanted;
    text("fault", wanted);
    std::string all;
    for (const auto& [name, named] : kNames) {
      if (name == wanted) {
        target = named;
        return;
      }
      all += ' ' + std::string(name);
    }
    complain("fault must be one of" + all);
  }

  void when(bool& after) const {
    std::string word = "before";
    text("when", word);
    if (word != "before" && word != "after") complain("when must be before or after");
    after = word == "after";
  }

  void error(Fault& fault) const {
    if (fault.kind != FaultKind::kReject) return;
    if (!object.contains("error") || !object["error"].is_object()) {
      return complain(R"(a reject needs its error: {"error":"Declined","reason":"no funds"})");
    }
    for (const auto& [name, value] : object["error"].items()) {
      if (name == "error" && value.is_string()) {
        fault.error = value.get<std::string>();
      } else {
        fault.fields += ',' + json(name).dump() + ':' + value.dump();
      }
    }
    if (fault.error.empty()) complain("the error of a reject must name itself in \"error\"");
  }

  void known_only() const {
    constexpr std::array<std::string_view, 9> kKnown = {
        "operation", "fault", "op", "times", "skip", "when", "ms", "retry_after", "error"};
    for (const auto& [name, value] : object.items()) {
      if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) {
        complain("a fault has no member " + name);
      }
    }
  }
};

}  // namespace

std::optional<Fault> fault_of(std::string_view text, std::string& problem) {
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object()) {
    problem = "a fault is a JSON object";
    return std::nullopt;
  }
  Fault fault;
  std::int64_t delay_ms = 0;
  std::int64_t retry_after_seconds = 1;
  const Reader reader{object, problem};
  reader.text("operation", fault.operation);
  reader.kind(fault.kind);
  reader.text("op", fault.op);
  reader.count("times", fault.times);
  reader.count("skip", fault.skip);
  reader.when(fault.after);
  reader.count("ms", delay_ms);
  reader.count("retry_after", retry_after_seconds);
  reader.error(fault);
  reader.known_only();
  if (fault.operation.empty()) reader.complain("operation must be a name, or * for any");
  fault.delay = std::chrono::milliseconds(delay_ms);
  fault.retry_after = std::chrono::seconds(retry_after_seconds);
  if (!problem.empty()) return std::nullopt;
  return fault;
}

bool Faults::add(Fault fault) {
  const std::lock_guard lock(mutex_);
  if (faults_.size() >= kMostFaults) return false;
  faults_.push_back(std::move(fault));
  return true;
}

void Faults::clear() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
}

std::optional<Fault> Faults::take(std::string_view operation, std::string_view op) {
  const std::lock_guard lock(mutex_);
  for (auto fault = faults_.begin(); fault != faults_.end(); ++fault) {
    if (fault->operation != "*" && fault->operation != operation) continue;
    if (!fault->op.empty() && fault->op != op) continue;
    if (fault->skip > 0) {
      --fault->skip;
      continue;
    }
    Fault taken = *fault;
    if (fault->times > 0 && --fault->times == 0) faults_.erase(fault);
    return taken;
  }
  return std::nullopt;
}

std::string Faults::list() const {
  const std::lock_guard lock(mutex_);
  json all = json::array();
  for (const Fault& fault : faults_) {
    all.push_back({{"operation", fault.operation},
                   {"fault", name_of(fault.kind)},
                   {"times", fault.times},
                   {"skip", fault.skip}});
  }
  return all.dump();
}

}  // namespace saga::demo
