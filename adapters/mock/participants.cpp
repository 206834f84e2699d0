#include "adapters/mock/participants.hpp"

#include <algorithm>
#include <cctype>

#include "engine/base/ids.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/names.hpp"
#include "engine/core/declared_error.hpp"
#include "engine/core/type_codec.hpp"
#include "engine/verify/sample.hpp"

namespace saga::mock {
namespace {

using base::ErrorCode;
using base::Result;
using core::TypeKind;

constexpr std::size_t kMaxRows = 100'000;  // keys, and answers to be polled
constexpr std::string_view kFaults = "/-/faults";
constexpr std::string_view kPending = "/-/pending/";

bool is_same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

bool has_body(const std::string& method) { return method != "GET" && method != "DELETE"; }

// A problem in the words of RFC 9457.
Reply problem(int status, const std::string& detail) {
  Reply reply{status, {}, {{"Content-Type", "application/problem+json"}}};
  base::JsonWriter(reply.body).begin_object().key("detail").string(detail).end_object();
  return reply;
}

Reply too_many_keys() { return problem(507, "the mock has seen too many keys: start it anew"); }

Reply forestalled() {
  return Reply{409,
               R"({"error":"Forestalled","message":"it was compensated, or asked for, before"})",
               {{"Saga-Outcome", "rejected"}}};
}

// The declared error with the fields that were given for it, and samples of the others.
Reply rejection(const Route& route, const base::Json& given) {
  const std::string name = given.string("error").value_or("");
  const core::Definition& definition = *route.definition;
  const core::Type* type = core::declared_error(definition, *route.operation, name);
  Reply reply{409, {}, {{"Saga-Outcome", type->is_transient ? "transient" : "rejected"}}};
  base::JsonWriter out(reply.body);
  out.begin_object().key("error").string(name).key("message");
  out.string(given.string("message").value_or(name + " by the mock"));
  for (const core::FieldType& field : type->fields) {
    if (field.name == "message") continue;
    const base::Json* value = given.find(field.name);
    if (value == nullptr && field.default_value != core::kNone) continue;
    out.key(field.name);
    out.raw(value != nullptr ? base::to_text(*value) : verify::sample(definition, field.type));
  }
  out.end_object();
  return reply;
}

// What the fault does to the answer of a call that was carried out.
void spoil(Reply& reply, const Fault& fault) {
  if (fault.kind == FaultKind::kDelay) reply.delay = fault.delay;
  if (fault.kind == FaultKind::kDropAnswer) reply.drop = true;
  if (fault.kind != FaultKind::kBadJson) return;
  constexpr std::string_view kBad = "{ this is no JSON";
  (reply.callback.empty() ? reply.body : reply.answer) = kBad;
}

std::string described(const Reply& reply) {
  if (reply.drop) return "the answer is lost";
  const std::string late =
      reply.delay.count() > 0 ? ", " + std::to_string(reply.delay.count()) + " ms late" : "";
  return std::to_string(reply.status) + (reply.body.empty() ? "" : " " + reply.body) + late;
}

}  // namespace

std::string Request::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& each) { return is_same(each.first, name); });
  return found == headers.end() ? "" : found->second;
}

Result<const Route*> MockParticipants::route_of(const std::string& operation) const {
  if (const Route* route = contract_.find(operation)) return route;
  std::string known;
  for (const Route& each : contract_.routes()) known += (known.empty() ? "" : ", ") + each.name;
  return base::fail(ErrorCode::kNotFound,
                    "no operation is called `" + operation + "`; there are " + known);
}

Result<void> MockParticipants::set_answer(const std::string& operation, const std::string& json) {
  const Result<const Route*> route = route_of(operation);
  if (!route) return base::fail(route.error());
  const core::Definition& definition = *(*route)->definition;
  const core::TypeId result = (*route)->operation->result;
  const Result<core::Decoded> decoded =
      core::decode(definition, result, json, core::Strictness::kClosed);
  if (!decoded) return base::fail(decoded.error().code, operation + ": " + decoded.error().message);
  answers_[operation] = json;
  return {};
}

Result<void> MockParticipants::add_fault(Fault fault) {
  const bool rejects = fault.kind == FaultKind::kReject;
  if (fault.operation == "*" && rejects) {
    return base::fail(ErrorCode::kInvalidArgument,
                      "`reject` needs one operation: not each declares the error");
  }
  if (fault.operation == "*") return faults_.add(std::move(fault));
  const Result<const Route*> route = route_of(fault.operation);
  if (!route) return base::fail(route.error());
  const std::string name = fault.error.string("error").value_or("");
  const core::Operation& operation = *(*route)->operation;
  const core::Definition& definition = *(*route)->definition;
  if (rejects && core::declared_error(definition, operation, name) == nullptr) {
    std::string known;
    for (const core::TypeId id : operation.errors) {
      known += (known.empty() ? "" : ", ") + base::bare_name(definition.types[id].name);
    }
    return base::fail(ErrorCode::kInvalidArgument,
                      "`" + fault.operation + "` doesn't declare `" + name + "`" +
                          (known.empty() ? ", nor any other error" : "; it declares " + known));
  }
  return faults_.add(std::move(fault));
}

std::vector<std::string> MockParticipants::bad_samples() const {
  std::vector<std::string> bad;
  for (const Route& route : contract_.routes()) {
    if (answers_.contains(route.name)) continue;
    const Result<core::Decoded> decoded = core::decode(*route.definition, route.operation->result,
                                                       answer_of(route), core::Strictness::kOpen);
    if (!decoded) bad.push_back(route.name + ": " + decoded.error().message);
  }
  return bad;
}

std::string MockParticipants::answer_of(const Route& route) const {
  const auto given = answers_.find(route.name);
  if (given != answers_.end()) return given->second;
  return verify::sample(*route.definition, route.operation->result);
}

Reply MockParticipants::handle(const Request& request) {
  if (request.target == kFaults) return control(request);
  if (request.target.starts_with(kPending)) {
    const auto found = pending_.find(request.target);
    return found == pending_.end() ? problem(404, "no such call is pending") : found->second;
  }
  const Route* route = contract_.find(request.method, request.target);
  if (route == nullptr) {
    std::string known;
    for (const Route& each : contract_.routes()) known += "; " + each.method + " " + each.path;
    return problem(404, "no operation is at " + request.method + " " + request.target + known);
  }
  Call call{route->name, request.header("Saga-Op"), request.header("Idempotency-Key")};
  if (call.op.empty()) call.op = "action";
  const std::size_t query = std::min(request.target.find('?'), request.target.size());
  call.arguments = has_body(request.method) ? request.body : request.target.substr(query);
  Reply reply = operate(*route, request, call);
  call.outcome = described(reply);
  calls_.push_back(std::move(call));
  return reply;
}

Reply MockParticipants::control(const Request& request) {
  if (request.method == "GET") return Reply{200, faults_.list()};
  if (request.method == "DELETE") {
    faults_.clear();
    return Reply{204, ""};
  }
  if (request.method != "POST") return problem(405, "GET, POST or DELETE");
  Result<Fault> fault = read_fault(request.body);
  Result<void> added = fault ? add_fault(std::move(*fault)) : base::fail(fault.error());
  return added ? Reply{204, ""} : problem(400, added.error().message);
}

Reply MockParticipants::operate(const Route& route, const Request& request, Call& call) {
  if (has_body(request.method)) {
    const Result<core::Decoded> arguments = core::decode(*route.definition, route.operation->input,
                                                         request.body, core::Strictness::kOpen);
    if (!arguments) return problem(400, arguments.error().message);
  }
  if (call.op != "action" && call.op != "compensate" && call.op != "resolve") {
    return problem(400, "`Saga-Op` is `action`, `compensate` or `resolve`");
  }
  const std::optional<Fault> fault = faults_.take(call.operation, call.op);
  if (fault && fault->kind == FaultKind::kUnavailable) {
    return Reply{503, R"({"message":"unavailable by the mock"})", {{"Retry-After", "1"}}};
  }
  if (fault && fault->kind == FaultKind::kError) {
    return Reply{500, R"({"message":"an error by the mock"})"};
  }
  Reply reply;
  if (call.op == "resolve") {
    reply = resolve(route, request.header("Saga-Compensates"));
  } else if (route.operation->effect == core::OperationEffect::kRead) {
    reply = work(route, fault ? &*fault : nullptr).reply;
  } else {
    reply = write(route, request, fault ? &*fault : nullptr, call);
  }
  if (fault) spoil(reply, *fault);
  return reply;
}

// Asked after an action: it must not come any more once this says that it didn't.
Reply MockParticipants::resolve(const Route& route, const std::string& action) {
  if (action.empty()) return problem(400, "a `resolve` needs the header Saga-Compensates");
  const core::Definition& definition = *route.definition;
  const bool is_flag = definition.types[route.operation->result].kind == TypeKind::kBool;
  if (rows_.size() >= kMaxRows && !rows_.contains(action)) return too_many_keys();
  Row& row = rows_[action];
  if (!row.result.empty()) return Reply{200, is_flag ? "true" : row.result};
  return Reply{200, is_flag ? "false" : "null", {{"Saga-Fenced", "true"}}};
}

Reply MockParticipants::write(const Route& route, const Request& request, const Fault* fault,
                              Call& call) {
  if (call.key.empty()) return problem(400, "a write needs the header Idempotency-Key");
  const std::string whole = request.method + " " + request.target + "\n" + request.body;
  const bool is_action = call.op == "action";
  const auto known = rows_.find(call.key);
  if (known == rows_.end()) {
    if (rows_.size() >= kMaxRows) return too_many_keys();
    Done done = work(route, fault);
    // Only what is final is kept: a refused compensation is tried again, and so is what wasn't
    // done.
    const bool is_final = !done.result.empty() || (is_action && done.is_rejected);
    if (!is_final) return done.reply;
    rows_[call.key] = Row{whole, std::move(done.reply), std::move(done.result)};
    if (!is_action) take_back(request.header("Saga-Compensates"));
  } else if (!known->second.reply) {
    return forestalled();
  } else if (known->second.request != whole) {
    return problem(422, "this Idempotency-Key came with another request");
  }
  const Reply& answer = *rows_[call.key].reply;
  return route.operation->is_async && is_action ? promise(request, call.key, answer) : answer;
}

// The action of this key is undone, or won't be done any more.
void MockParticipants::take_back(const std::string& action) {
  if (!action.empty()) rows_[action].result.clear();
}

MockParticipants::Done MockParticipants::work(const Route& route, const Fault* fault) {
  if (fault != nullptr && fault->kind == FaultKind::kReject) {
    Reply reply = rejection(route, fault->error);
    const bool is_rejected = reply.headers.front().second == "rejected";
    return {std::move(reply), "", is_rejected};
  }
  std::string result = answer_of(route);
  return {Reply{200, result}, result, false};
}

// The 202 of an `async` operation, whose answer follows.
Reply MockParticipants::promise(const Request& request, const std::string& key,
                                const Reply& answer) {
  Reply reply{202, ""};
  reply.callback = request.header("Saga-Callback");
  if (!reply.callback.empty()) {
    reply.answer = answer.body;
    reply.outcome = answer.headers.empty() ? "done" : answer.headers.front().second;
    return reply;
  }
  const std::string path = std::string(kPending) + base::derive_uuid("", key);
  pending_[path] = answer;
  reply.headers = {{"Location", path}, {"Retry-After", "1"}};
  return reply;
}

}  // namespace saga::mock
