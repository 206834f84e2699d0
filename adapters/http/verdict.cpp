#include "adapters/http/verdict.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "engine/base/limits.hpp"

namespace saga::http {
namespace {

using core::Outcome;

constexpr base::JsonLimits kLimits{base::limits::kMaxPayloadBytes, base::limits::kMaxJsonDepth};

enum class When { kAlways, kRetryAfter, kEmptyIsAnAnswer, kAsync, kCompensation };
enum class Meaning { kBody, kEmpty, kPending, kTransient, kMisconfigured, kUnknown, kDefect };

// The first row that fits an answer's status and circumstances tells what the attempt is.
struct Row {
  int low;
  int high;
  When when;
  Meaning meaning;
  std::string_view why;
};

constexpr std::array kRows = {
    Row{202, 202, When::kAsync, Meaning::kPending, ""},
    Row{202, 202, When::kAlways, Meaning::kDefect,
        "answered 202, but its contract doesn't say `async`"},
    Row{204, 204, When::kEmptyIsAnAnswer, Meaning::kEmpty, ""},
    Row{200, 299, When::kAlways, Meaning::kBody, ""},
    Row{300, 399, When::kAlways, Meaning::kDefect, "answered a redirect, which is never followed"},
    Row{404, 404, When::kCompensation, Meaning::kEmpty, ""},
    Row{404, 404, When::kEmptyIsAnAnswer, Meaning::kEmpty, ""},
    Row{401, 401, When::kAlways, Meaning::kMisconfigured, "refused our credentials (401)"},
    Row{403, 403, When::kAlways, Meaning::kMisconfigured, "forbids the operation (403)"},
    Row{404, 405, When::kAlways, Meaning::kMisconfigured, "doesn't know the operation"},
    Row{408, 408, When::kRetryAfter, Meaning::kTransient, "asks to come later (408)"},
    Row{425, 425, When::kAlways, Meaning::kTransient, "asks to come later (425)"},
    Row{429, 429, When::kAlways, Meaning::kTransient, "has too many requests (429)"},
    Row{503, 503, When::kRetryAfter, Meaning::kTransient,
        "is unavailable and asks to come later (503)"},
    Row{408, 408, When::kAlways, Meaning::kUnknown, "gave up the request (408)"},
    Row{500, 599, When::kAlways, Meaning::kUnknown, "failed inside"},
    Row{400, 499, When::kAlways, Meaning::kDefect,
        "refused the request with an error that its contract doesn't declare"},
};

struct Circumstances {
  bool has_retry_after = false;
  bool empty_is_an_answer = false;
  bool is_async = false;
  bool is_compensation = false;
};

bool holds(When when, const Circumstances& at) {
  switch (when) {
    case When::kAlways: return true;
    case When::kRetryAfter: return at.has_retry_after;
    case When::kEmptyIsAnAnswer: return at.empty_is_an_answer;
    case When::kAsync: return at.is_async;
    case When::kCompensation: return at.is_compensation;
  }
  return false;
}

const Row* find_row(int status, const Circumstances& at) {
  const auto found = std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) {
    return status >= row.low && status <= row.high && holds(row.when, at);
  });
  return found == kRows.end() ? nullptr : &*found;
}

std::string bare(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? name : name.substr(dot + 1);
}

// The declared error of a name, or null.
const core::Type* find_error(const core::Definition& definition, const core::Operation& operation,
                             const std::string& name) {
  for (const core::TypeId id : operation.errors) {
    if (bare(definition.types[id].name) == name) return &definition.types[id];
  }
  return nullptr;
}

Outcome make(Outcome::Kind kind, std::string_view error, std::string message) {
  Outcome outcome;
  outcome.kind = kind;
  outcome.error = error;
  outcome.message = std::move(message);
  return outcome;
}

Outcome of_error(Outcome::Kind kind, const std::string& name, const base::Json* json,
                 const Answer& answer) {
  Outcome outcome = make(kind, name, json != nullptr ? json->string("message").value_or("") : "");
  if (json != nullptr && json->kind == base::Json::Kind::kObject) outcome.body = answer.body;
  outcome.retry_after = answer.retry_after;
  return outcome;
}

Outcome of_body(const core::Definition& definition, const core::Operation& operation,
                bool is_compensation, const Answer& answer) {
  Outcome outcome = make(Outcome::Kind::kDone, "", "");
  outcome.fenced = answer.is_fenced;
  outcome.body = "null";
  if (definition.types[operation.result].kind == core::TypeKind::kNothing) return outcome;
  if (base::Result<void> valid = base::validate_json(answer.body, kLimits); !valid) {
    if (is_compensation) return outcome;  // that it is undone is all that counts
    return make(Outcome::Kind::kDefect, "",
                "`" + operation.name + "` answered " + valid.error().message);
  }
  outcome.body = answer.body;
  return outcome;
}

Outcome of_row(const Row& row, const core::Definition& definition, const core::Operation& operation,
               bool is_compensation, const Answer& answer) {
  const std::string why = "`" + operation.name + "` " + std::string(row.why);
  switch (row.meaning) {
    case Meaning::kBody: return of_body(definition, operation, is_compensation, answer);
    case Meaning::kEmpty: {
      Outcome outcome = make(Outcome::Kind::kDone, "", "");
      outcome.body = "null";
      outcome.fenced = answer.is_fenced;
      return outcome;
    }
    case Meaning::kPending: {
      Outcome outcome = make(Outcome::Kind::kPending, "", "");
      outcome.poll_url = answer.location;
      outcome.retry_after = answer.retry_after;
      return outcome;
    }
    case Meaning::kTransient:
    case Meaning::kMisconfigured: {
      Outcome outcome = make(Outcome::Kind::kTransient, core::kUnavailable, why);
      outcome.retry_after = answer.retry_after;
      outcome.misconfigured = row.meaning == Meaning::kMisconfigured;
      return outcome;
    }
    case Meaning::kUnknown:
      return make(Outcome::Kind::kUnknown, core::kReset,
                  why + " (" + std::to_string(answer.status) + ")");
    case Meaning::kDefect: break;
  }
  return make(Outcome::Kind::kDefect, "", why + " (" + std::to_string(answer.status) + ")");
}

}  // namespace

Outcome classify(const core::Definition& definition, const core::Operation& operation,
                 bool is_compensation, const Answer& answer) {
  if (answer.is_encoded) {
    return make(
        Outcome::Kind::kDefect, "",
        "`" + operation.name + "` answered with a Content-Encoding, which is never decoded");
  }
  const bool is_error = answer.status >= 400;
  base::Result<base::Json> parsed =
      is_error ? base::parse_json(answer.body, kLimits) : base::Result<base::Json>(base::Json{});
  const base::Json* json = is_error && parsed ? &*parsed : nullptr;
  const std::string name = json != nullptr ? json->string("error").value_or("") : "";
  const core::Type* declared = name.empty() ? nullptr : find_error(definition, operation, name);
  if (answer.outcome == "rejected") {
    return of_error(Outcome::Kind::kRejected, name.empty() ? "Rejected" : name, json, answer);
  }
  if (answer.outcome == "transient") {
    return of_error(
        Outcome::Kind::kTransient,
        declared != nullptr && declared->is_transient ? name : std::string(core::kUnavailable),
        json, answer);
  }
  if (answer.outcome == "unknown")
    return make(Outcome::Kind::kUnknown, core::kReset,
                "the participant doesn't know what became of it");
  const bool is_client_error = answer.status >= 400 && answer.status < 500;
  if (is_client_error && declared != nullptr) {
    const auto kind = declared->is_transient ? Outcome::Kind::kTransient : Outcome::Kind::kRejected;
    return of_error(kind, name, json, answer);
  }
  const core::TypeKind result = definition.types[operation.result].kind;
  const Circumstances at{
      answer.retry_after.has_value(),
      result == core::TypeKind::kOptional ||
          (answer.status == 204 && (result == core::TypeKind::kNothing || is_compensation)),
      operation.is_async, is_compensation};
  const Row* row = find_row(answer.status, at);
  if (row == nullptr) {
    return make(Outcome::Kind::kDefect, "",
                "`" + operation.name + "` answered the status " + std::to_string(answer.status));
  }
  return of_row(*row, definition, operation, is_compensation, answer);
}

std::optional<base::Duration> parse_retry_after(std::string_view text, base::TimePoint now) {
  std::int64_t seconds = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds);
  if (error == std::errc{} && stop == end) {
    if (seconds < 0) return std::nullopt;
    return base::Duration(std::min<std::int64_t>(seconds, 10'000'000) * 1'000);
  }
  std::tm date{};
  const std::string copy(text.substr(0, 64));
  const char* rest = strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
  if (rest == nullptr || *rest != '\0') return std::nullopt;
  const base::TimePoint at = std::chrono::time_point_cast<base::Duration>(
      std::chrono::system_clock::from_time_t(timegm(&date)));
  return std::max(at - now, base::Duration{0});
}

}  // namespace saga::http
