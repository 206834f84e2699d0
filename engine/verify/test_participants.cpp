#include "engine/verify/test_participants.hpp"

#include "engine/verify/sample.hpp"

namespace saga::verify {

using core::Outcome;
using core::TestMock;

namespace {

Outcome done(base::JsonText body) {
  Outcome outcome;
  outcome.kind = Outcome::Kind::kDone;
  outcome.body = std::move(body);
  return outcome;
}

Outcome fault(const std::string& name) {
  Outcome outcome;
  outcome.kind = name == core::kUnavailable ? Outcome::Kind::kTransient : Outcome::Kind::kUnknown;
  outcome.error = name;
  return outcome;
}

// What a `resolve` answers of an action that was done: its result, or true.
base::JsonText found_done(const core::Operation& resolve, const core::Definition& definition,
                          const base::JsonText& result) {
  const bool is_flag = resolve.result != core::kNone &&
                       definition.types[resolve.result].kind == core::TypeKind::kBool;
  return is_flag && result == "null" ? "true" : result;
}

}  // namespace

TestParticipants::TestParticipants(const core::TestPlan& plan, TestValues& values)
    : plan_(plan), values_(values) {
  for (std::size_t i = 0; i < plan.mocks.size(); ++i)
    turns_[plan.mocks[i].service + "." + plan.mocks[i].operation].mocks.push_back(i);
}

const TestMock* TestParticipants::next_mock(const std::string& operation) {
  const auto found = turns_.find(operation);
  if (found == turns_.end()) return nullptr;
  Turn& turn = found->second;
  const std::size_t mock = turn.mocks[turn.next];
  if (turn.next + 1 < turn.mocks.size()) ++turn.next;  // the last one stays
  used_.insert(mock);
  return &plan_.mocks[mock];
}

base::Result<std::vector<TestAnswer>> TestParticipants::call(const ports::CallRequest& request,
                                                             base::TimePoint now) {
  const core::CallEffect& effect = request.effect;
  const core::Operation& operation = request.definition->operations[effect.operation];
  SeenCall seen;
  seen.operation = operation.service + "." + operation.name;
  seen.saga_id = request.saga_id;
  seen.step = effect.step;
  seen.phase = effect.phase;
  seen.attempt = effect.attempt;
  seen.arguments = effect.arguments;
  seen.at = now;
  // Whoever did it already answers a repeated call as it would have the first, once no further mock
  // has its turn.
  const auto turn = turns_.find(seen.operation);
  const bool is_last = turn != turns_.end() && turn->second.next + 1 == turn->second.mocks.size();
  const auto known = done_.find(effect.key);
  std::vector<TestAnswer> answers;
  if (known != done_.end() && is_last) {
    seen.is_mocked = true;
    seen.answer = known->second + " (it was done before)";
    answers.push_back({now, done(known->second)});
  } else if (const TestMock* mock = next_mock(seen.operation)) {
    seen.is_mocked = true;
    base::Result<TestAnswer> answered = answer(*mock, request, now, seen);
    if (!answered) {
      return base::fail(answered.error().code, answered.error().message,
                        std::to_string(mock - plan_.mocks.data()));
    }
    answers.push_back(std::move(*answered));
  } else {
    answers.push_back({now, unmocked(request, seen)});
  }
  // Who waits for an answer gives up at the end of the attempt; what comes later is late.
  if (answers.front().at > effect.until)
    answers.insert(answers.begin(), {effect.until, fault(std::string(core::kTimeout))});
  calls_.push_back(std::move(seen));
  return answers;
}

base::Result<TestAnswer> TestParticipants::answer(const TestMock& mock,
                                                  const ports::CallRequest& request,
                                                  base::TimePoint now, SeenCall& seen) {
  TestAnswer answer{now, {}};
  std::string delay;
  if (mock.after != core::kNone) {
    const base::Result<base::Value> after = values_.value(mock.after);
    if (!after) return base::fail(after.error());
    const base::Duration* duration = after->as<base::Duration>();
    // A time that nobody can name is as good as none.
    if (duration != nullptr && *duration > base::Duration{0})
      answer.at = *duration < base::kLastTime - now ? now + *duration : base::kLastTime;
    if (duration != nullptr) delay = " after " + base::describe_duration(*duration);
  }
  base::JsonText body = "null";
  if (mock.value != core::kNone) {
    const base::Result<base::Value> value = values_.value(mock.value);
    if (!value) return base::fail(value.error());
    body = base::to_json(*value);
    if (const base::Record* error = value->record();
        mock.kind == TestMock::Kind::kFails && error != nullptr) {
      answer.outcome.error = error->tag;
    }
  }
  switch (mock.kind) {
    case TestMock::Kind::kReturns:
      seen.answer = body + delay;
      answer.outcome = done(std::move(body));
      break;
    case TestMock::Kind::kTimeout:
      seen.answer = "no answer, and nothing is done";
      answer = {request.effect.until, fault(std::string(core::kTimeout))};
      break;
    case TestMock::Kind::kLost:
      seen.answer = "no answer, and it is done";
      done_[request.effect.key] = std::move(body);
      answer = {request.effect.until, fault(std::string(core::kTimeout))};
      break;
    case TestMock::Kind::kFails:
      if (mock.fault.empty()) {
        answer.outcome.kind =
            mock.is_transient ? Outcome::Kind::kTransient : Outcome::Kind::kRejected;
        answer.outcome.body = body;
        seen.answer = "fails with " + body + delay;
      } else {
        answer.outcome = fault(mock.fault);
        seen.answer = "fails with " + mock.fault + delay;
      }
      break;
  }
  return answer;
}

Outcome TestParticipants::unmocked(const ports::CallRequest& request, SeenCall& seen) const {
  const core::Operation& operation = request.definition->operations[request.effect.operation];
  base::JsonText body = sample(*request.definition, operation.result);
  if (request.effect.phase == core::Phase::kResolve) {
    const auto known = done_.find(request.effect.compensates);
    if (known != done_.end()) body = found_done(operation, *request.definition, known->second);
  }
  seen.answer = body;
  return done(std::move(body));
}

std::vector<std::size_t> TestParticipants::unused() const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < plan_.mocks.size(); ++i) {
    if (!used_.contains(i)) found.push_back(i);
  }
  return found;
}

}  // namespace saga::verify
