#include "adapters/http/verdict.hpp"

#include <algorithm>
#include <array>

#include "adapters/http/retry_after.hpp"
#include "engine/base/limits.hpp"
#include "engine/core/declared_error.hpp"

namespace saga::http {
namespace {

using core::Outcome;

constexpr base::JsonLimits kLimits{base::limits::kMaxPayloadBytes, base::limits::kMaxJsonDepth};
// Of what a participant says about its failure; each attempt keeps it in the journal.
constexpr std::size_t kMaxToldBytes = 1'000;

enum class When { kAlways, kRetryAfter, kEmptyIsAnAnswer, kAsync, kCompensation, kPoll };
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
    // The Location is gone, and with it what was known: no word about the operation itself.
    Row{404, 404, When::kPoll, Meaning::kUnknown, "doesn't know the pending call any more"},
    Row{410, 410, When::kPoll, Meaning::kUnknown, "doesn't know the pending call any more"},
    Row{404, 404, When::kCompensation, Meaning::kEmpty, ""},
    Row{404, 404, When::kEmptyIsAnAnswer, Meaning::kEmpty, ""},
    Row{401, 401, When::kAlways, Meaning::kMisconfigured,
        "was refused, as our credentials are (401)"},
    Row{403, 403, When::kAlways, Meaning::kMisconfigured, "is forbidden to us (403)"},
    Row{404, 404, When::kAlways, Meaning::kMisconfigured, "isn't known there (404)"},
    Row{405, 405, When::kAlways, Meaning::kMisconfigured, "isn't known there by its method (405)"},
    Row{408, 408, When::kRetryAfter, Meaning::kTransient, "asks to come later (408)"},
    Row{425, 425, When::kAlways, Meaning::kTransient, "asks to come later (425)"},
    Row{429, 429, When::kAlways, Meaning::kTransient, "has too many requests (429)"},
    Row{503, 503, When::kRetryAfter, Meaning::kTransient,
        "is unavailable and asks to come later (503)"},
    Row{408, 408, When::kAlways, Meaning::kUnknown, "gave up the request"},
    Row{500, 599, When::kAlways, Meaning::kUnknown, "failed inside"},
    Row{400, 499, When::kAlways, Meaning::kDefect,
        "refused the request with an error that its contract doesn't declare"},
};

struct Circumstances {
  bool has_retry_after = false;
  bool empty_is_an_answer = false;
  bool is_async = false;
  Purpose purpose;
};

bool holds(When when, const Circumstances& at) {
  switch (when) {
    case When::kAlways: return true;
    case When::kRetryAfter: return at.has_retry_after;
    case When::kEmptyIsAnAnswer: return at.empty_is_an_answer;
    case When::kAsync: return at.is_async;
    case When::kCompensation: return at.purpose.is_compensation;
    case When::kPoll: return at.purpose.is_poll;
  }
  return false;
}

const Row* find_row(int status, const Circumstances& at) {
  const auto found = std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) {
    return status >= row.low && status <= row.high && holds(row.when, at);
  });
  return found == kRows.end() ? nullptr : &*found;
}

Outcome make(Outcome::Kind kind, std::string_view error, std::string message) {
  Outcome outcome;
  outcome.kind = kind;
  outcome.error = error;
  outcome.message = std::move(message);
  return outcome;
}

// What is known when an answer is judged.
struct Case {
  const core::Definition& definition;
  const core::Operation& operation;
  Purpose purpose;
  Answer& answer;
  std::optional<base::Duration> retry_after;
  base::Json json;                       // the body, if it is read at all and is an object
  std::string error;                     // its `error`
  const core::Type* declared = nullptr;  // that error, if the operation declares it
};

Case look_at(const core::Definition& definition, const core::Operation& operation, Purpose purpose,
             Answer& answer, base::TimePoint now) {
  Case at{definition, operation, purpose, answer, parse_retry_after(answer.retry_after, now),
          {},         {}};
  if (answer.status < 400 && answer.outcome.empty()) return at;  // the bare result: not read here
  if (!answer.unreadable.empty()) return at;
  base::Result<base::Json> parsed = base::parse_json(answer.body, kLimits);
  if (!parsed || parsed->kind != base::Json::Kind::kObject) return at;
  at.json = std::move(*parsed);
  at.error = at.json.string("error").value_or("");
  if (!at.error.empty()) at.declared = core::declared_error(definition, operation, at.error);
  return at;
}

Outcome of_error(Outcome::Kind kind, std::string_view name, Case& at) {
  Outcome outcome = make(kind, name, at.json.string("message").value_or(""));
  if (at.json.kind == base::Json::Kind::kObject) outcome.body = std::move(at.answer.body);
  outcome.retry_after = at.retry_after;
  return outcome;
}

std::string shortened(std::string text) {
  if (text.size() <= kMaxToldBytes) return text;
  std::size_t end = kMaxToldBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

// What an error object says of itself: `: Locked: the row is busy`; or empty. Frameworks that don't
// know our names have `detail` and `title` (RFC 9457).
std::string told_by(const base::Json& json) {
  if (json.kind != base::Json::Kind::kObject) return {};
  std::string told = shortened(json.string("error").value_or(""));
  for (const std::string_view name : {"message", "detail", "title"}) {
    const std::string text = json.string(name).value_or("");
    if (text.empty()) continue;
    told += (told.empty() ? "" : ": ") + shortened(text);
    break;
  }
  return told.empty() ? told : ": " + told;
}

// Where there is no result, a body may still say that all isn't well: a proxy's page, an error. An
// object that isn't one is `null` with fields that nobody reads, as any answer may bring more.
std::string problem_of_no_result(const Answer& answer) {
  if (answer.body == "null") return {};
  const base::Result<base::Json> json = base::parse_json(answer.body, kLimits);
  if (!json) return json.error().message;
  if (json->is_null()) return {};
  if (json->kind != base::Json::Kind::kObject)
    return "a value, but its contract declares no result";
  const base::Json* error = json->find("error");
  if (error == nullptr || error->is_null()) return {};
  return std::to_string(answer.status) + " with an error, which only another status or " +
         "`Saga-Outcome` can tell" + told_by(*json);
}

std::string problem_of_body(const Case& at, bool has_result) {
  if (!at.answer.unreadable.empty()) return at.answer.unreadable;
  if (!has_result) return problem_of_no_result(at.answer);
  const base::Result<void> valid = base::validate_json(at.answer.body, kLimits);
  return valid ? "" : valid.error().message;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

Outcome of_body(Case& at) {
  const bool has_result = at.definition.types[at.operation.result].kind != core::TypeKind::kNothing;
  Outcome outcome = make(Outcome::Kind::kDone, "", "");
  outcome.fenced = at.answer.is_fenced;
  outcome.body = "null";
  // What a compensation returns is read by nobody, so there may be nothing.
  const bool needs_no_body = !has_result || at.purpose.is_compensation;
  if (needs_no_body && at.answer.unreadable.empty() && is_blank(at.answer.body)) return outcome;
  const std::string problem = problem_of_body(at, has_result);
  if (!problem.empty())
    return make(Outcome::Kind::kDefect, "", "`" + at.operation.name + "` answered " + problem);
  if (has_result) outcome.body = std::move(at.answer.body);
  return outcome;
}

Outcome of_row(const Row& row, Case& at) {
  if (row.meaning == Meaning::kBody) return of_body(at);
  const std::string why = "`" + at.operation.name + "` " + std::string(row.why);
  const std::string told = told_by(at.json);
  Outcome outcome;
  switch (row.meaning) {
    case Meaning::kBody:
    case Meaning::kEmpty:
      outcome = make(Outcome::Kind::kDone, "", "");
      outcome.body = "null";
      outcome.fenced = at.answer.is_fenced;
      return outcome;
    case Meaning::kPending:
      outcome = make(Outcome::Kind::kPending, "", "");
      outcome.poll_url = at.answer.location;
      outcome.retry_after = at.retry_after;
      return outcome;
    case Meaning::kTransient:
    case Meaning::kMisconfigured:
      outcome = make(Outcome::Kind::kTransient, core::kUnavailable, why + told);
      outcome.retry_after = at.retry_after;
      outcome.misconfigured = row.meaning == Meaning::kMisconfigured;
      return outcome;
    case Meaning::kUnknown:
      return make(Outcome::Kind::kUnknown, core::kReset,
                  why + " (" + std::to_string(at.answer.status) + ")" + told);
    case Meaning::kDefect: break;
  }
  return make(Outcome::Kind::kDefect, "",
              why + " (" + std::to_string(at.answer.status) + ")" + told);
}

// The header Saga-Outcome goes before everything else.
std::optional<Outcome> of_header(Case& at) {
  if (at.answer.outcome == "rejected")
    return of_error(Outcome::Kind::kRejected, at.error.empty() ? "Rejected" : at.error, at);
  if (at.answer.outcome == "transient") {
    const bool is_named = at.declared != nullptr && at.declared->is_transient;
    return of_error(Outcome::Kind::kTransient, is_named ? at.error : core::kUnavailable, at);
  }
  if (at.answer.outcome == "unknown") {
    return make(Outcome::Kind::kUnknown, core::kReset,
                "`" + at.operation.name + "` doesn't know what became of it" + told_by(at.json));
  }
  return std::nullopt;
}

Circumstances circumstances_of(const Case& at) {
  const core::TypeKind result = at.definition.types[at.operation.result].kind;
  const bool needs_no_body = result == core::TypeKind::kNothing || at.purpose.is_compensation;
  Circumstances circumstances;
  circumstances.has_retry_after = at.retry_after.has_value();
  circumstances.empty_is_an_answer =
      result == core::TypeKind::kOptional || (at.answer.status == 204 && needs_no_body);
  circumstances.is_async = at.operation.is_async;
  circumstances.purpose = at.purpose;
  return circumstances;
}

}  // namespace

Outcome classify(const core::Definition& definition, const core::Operation& operation,
                 Purpose purpose, Answer answer, base::TimePoint now) {
  Case at = look_at(definition, operation, purpose, answer, now);
  if (std::optional<Outcome> told = of_header(at)) return std::move(*told);
  if (at.declared != nullptr && answer.status >= 400 && answer.status < 500) {
    const auto kind =
        at.declared->is_transient ? Outcome::Kind::kTransient : Outcome::Kind::kRejected;
    return of_error(kind, at.error, at);
  }
  if (const Row* row = find_row(answer.status, circumstances_of(at))) return of_row(*row, at);
  return make(Outcome::Kind::kDefect, "",
              "`" + operation.name + "` answered the status " + std::to_string(answer.status));
}

}  // namespace saga::http
