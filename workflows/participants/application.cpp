#include "workflows/participants/application.hpp"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "workflows/participants/arguments.hpp"

namespace saga::demo {

namespace {

using participant::Answer;
using participant::Op;
using participant::Outcome;

constexpr int kDied = 70;

// How often the business of a key was committed: the proof that it is once.
constexpr const char* kEffects =
    "CREATE TABLE IF NOT EXISTS effects ("
    "  key TEXT NOT NULL, op TEXT NOT NULL, operation TEXT NOT NULL, count INTEGER NOT NULL,"
    "  PRIMARY KEY (key, op)) WITHOUT ROWID;";

HttpReply reply_of(const Answer& answer) {
  return {answer.status, answer.body, participant::headers_of(answer)};
}

HttpReply problem(int status, std::string_view name, std::string_view message) {
  return reply_of(participant::defect(status, name, message));
}

bool is(const std::optional<Fault>& fault, FaultKind kind) { return fault && fault->kind == kind; }

Answer rejection(const Fault& fault) {
  return participant::rejected(fault.error, "rejected by a fault switch", fault.fields);
}

void count_effect(sqlite3* db, const participant::Request& request, std::string_view operation) {
  const std::string_view op = request.op == Op::kAction ? "action" : "compensate";
  execute(db,
          "INSERT INTO effects VALUES (?1, ?2, ?3, 1) "
          "ON CONFLICT (key, op) DO UPDATE SET count = count + 1",
          request.key, op, operation);
}

std::string operation_in(const HttpRequest& request) {
  const bool is_path = request.target.size() > 1 && request.target.front() == '/';
  return is_path ? request.target.substr(1) : std::string();
}

// The faults that leave the work undone, or nothing.
std::optional<HttpReply> instead_of_work(const std::optional<Fault>& fault) {
  if (is(fault, FaultKind::kUnavailable)) {
    return HttpReply{503,
                     R"({"error":"unavailable","message":"by a fault switch"})",
                     {{"Retry-After", std::to_string(fault->retry_after.count())}}};
  }
  if (is(fault, FaultKind::kError) && !fault->after) {
    return HttpReply{500, R"({"error":"internal","message":"by a fault switch"})", {}};
  }
  return std::nullopt;
}

// The faults that spoil the answer to work that is done.
void spoil(HttpReply& reply, const std::optional<Fault>& fault) {
  if (is(fault, FaultKind::kDie)) _exit(kDied);
  if (is(fault, FaultKind::kDropAnswer)) reply.drop = true;
  if (is(fault, FaultKind::kBadJson)) reply.body = R"({"half":)";
  if (is(fault, FaultKind::kDelay) && fault->after) reply.wait = fault->delay;
  if (is(fault, FaultKind::kError)) {
    reply = {500, R"({"error":"internal","message":"by a fault switch"})", {}};
  }
}

}  // namespace

Application::Application(Role role, std::string path)
    : role_(std::move(role)), path_(std::move(path)), db_(open_database(path_)) {
  if (const participant::Status made = participant::Barrier::create_tables(db_.get()); !made) {
    throw DatabaseError(made.message);
  }
  execute_script(db_.get(), kEffects);
  execute_script(db_.get(), role_.tables);
}

Work Application::admit(HttpRequest request) {
  const std::string operation = operation_in(request);
  std::optional<Fault> fault;
  if (request.method == "POST" && role_.find(operation) != nullptr) {
    fault = faults_.take(operation, request.header("Saga-Op").value_or("action"));
  }
  Work work;
  if (is(fault, FaultKind::kDelay) && !fault->after) work.wait = fault->delay;
  work.run = [this, request = std::move(request), fault = std::move(fault)] {
    try {
      return call(request, fault);
    } catch (const std::exception& error) {
      return problem(500, "internal", error.what());
    }
  };
  return work;
}

HttpReply Application::call(const HttpRequest& request, const std::optional<Fault>& fault) {
  const Operation* operation = role_.find(operation_in(request));
  if (operation == nullptr) return serve(request);
  if (request.method != "POST") return problem(405, "bad-method", "an operation is a POST");
  if (std::optional<HttpReply> instead = instead_of_work(fault)) return *std::move(instead);
  HttpReply reply = reply_of(answer_to(*operation, request, fault));
  spoil(reply, fault);
  return reply;
}

Answer Application::answer_to(const Operation& operation, const HttpRequest& request,
                              const std::optional<Fault>& fault) {
  const nlohmann::json object = nlohmann::json::parse(request.body, nullptr, false);
  if (!object.is_object()) {
    return participant::defect(400, "BadArguments", "the body must be one JSON object");
  }
  Arguments arguments(object);
  const bool resolves = request.header("Saga-Op") == "resolve";
  if (operation.kind == Kind::kWrite || resolves) {
    return behind_barrier(operation, request, arguments, fault);
  }
  if (is(fault, FaultKind::kReject)) return rejection(*fault);
  if (is(fault, FaultKind::kDie) && !fault->after) _exit(kDied);
  return operation.run(db_.get(), arguments, "");
}

Answer Application::behind_barrier(const Operation& operation, const HttpRequest& request,
                                   Arguments& arguments, const std::optional<Fault>& fault) {
  const auto header = [&](std::string_view name) { return request.header(name); };
  const participant::Parsed parsed = participant::request_of(header, operation.name, request.body);
  if (parsed.refusal) return *parsed.refusal;
  const participant::Request& call = parsed.request;
  const auto business = [&](sqlite3* db) {
    if (is(fault, FaultKind::kReject)) return rejection(*fault);
    Answer answer = operation.run(db, arguments, call.key);
    if (answer.outcome == Outcome::kDone && call.op != Op::kResolve) {
      count_effect(db, call, operation.name);
    }
    if (is(fault, FaultKind::kDie) && !fault->after) _exit(kDied);
    return answer;
  };
  if (!is(fault, FaultKind::kLock)) return barrier_.run(db_.get(), call, business);
  const Database other = open_database(path_);
  const participant::Transaction holds_the_lock(other.get());
  return participant::Barrier({.lock_wait = fault->delay}).run(db_.get(), call, business);
}

HttpReply Application::serve(const HttpRequest& request) {
  if (request.target == "/faults") return change_faults(request);
  if (request.method == "GET" && request.target == "/ledger") {
    return {200, role_.ledger(db_.get()).dump(), {}};
  }
  if (request.method == "GET" && request.target == "/effects") return {200, effects(), {}};
  if (request.method == "GET" && request.target == "/healthz") return {200, "{}", {}};
  return problem(404, "no-such-operation", "there is no " + request.method + " " + request.target);
}

std::string Application::switch_on(std::string_view json) {
  std::string wrong;
  std::optional<Fault> fault = fault_of(json, wrong);
  if (!fault) return wrong;
  if (fault->operation != "*" && role_.find(fault->operation) == nullptr) {
    return "there is no operation " + fault->operation;
  }
  return faults_.add(*std::move(fault)) ? "" : "too many faults are on: clear them first";
}

HttpReply Application::change_faults(const HttpRequest& request) {
  if (request.method == "DELETE") faults_.clear();
  if (request.method == "POST") {
    const std::string wrong = switch_on(request.body);
    if (!wrong.empty()) return problem(400, "bad-fault", wrong);
  }
  return {200, faults_.list(), {}};
}

std::string Application::effects() const {
  nlohmann::json all = nlohmann::json::array();
  Rows rows(db_.get(), "SELECT key, op, operation, count FROM effects ORDER BY key, op");
  while (rows.next()) {
    all.push_back({{"key", rows.text(0)},
                   {"op", rows.text(1)},
                   {"operation", rows.text(2)},
                   {"count", rows.number(3)}});
  }
  return all.dump();
}

}  // namespace saga::demo
