#include "engine/verify/test_drive.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/test_limits.hpp"

namespace saga::verify {

using base::ErrorCode;

namespace {

runtime::OrchestratorOptions options() {
  runtime::OrchestratorOptions made;
  made.seed = 1;
  return made;
}

}  // namespace

TestDrive::TestDrive(const std::vector<std::shared_ptr<const core::Definition>>& definitions,
                     ports::Journal& journal, ports::JournalReader& reader,
                     TestParticipants& participants)
    : journal_(journal), reader_(reader), participants_(participants), orchestrator_(options()) {
  for (const auto& definition : definitions) orchestrator_.register_definition(definition);
  orchestrator_.recover(now_);
}

base::Result<std::string> TestDrive::run(const core::Definition& saga, base::JsonText input) {
  orchestrator_.start(1, {saga.hash, std::move(input)}, now_);
  base::Result<void> settled = settle();
  for (std::size_t inputs = 0; settled && !is_refused_; ++inputs) {
    std::optional<base::TimePoint> next = next_timer();
    if (!deliveries_.empty())
      next = next ? std::min(*next, deliveries_.top().at) : deliveries_.top().at;
    // What is late may still come after the ending; timers don't matter any more.
    if (!next || (deliveries_.empty() && has_ended())) break;
    if (inputs >= base::limits::kMaxTestInputs || timers_ >= base::limits::kMaxTestTimers) {
      return base::fail(ErrorCode::kOverloaded,
                        "it doesn't end: " + std::to_string(inputs - timers_) + " answers and " +
                            std::to_string(timers_) + " timers came, and it is still going on");
    }
    if (*next > kTestBegin + base::limits::kMaxTestTime) {
      return base::fail(ErrorCode::kOverloaded,
                        "it doesn't end: it still waits after " +
                            base::describe_duration(std::chrono::duration_cast<base::Duration>(
                                base::limits::kMaxTestTime)) +
                            " of virtual time");
    }
    settled = step(std::max(now_, *next));
  }
  if (!settled) return base::fail(settled.error());
  if (is_refused_) return base::fail(refused_);
  return saga_id_;
}

base::Result<void> TestDrive::step(base::TimePoint to) {
  now_ = to;
  if (!deliveries_.empty() && deliveries_.top().at <= now_) {
    Delivery delivery = deliveries_.top();
    deliveries_.pop();
    const core::CallEffect& effect = delivery.call.effect;
    orchestrator_.answer(delivery.call.saga_id,
                         {effect.frame, effect.phase, effect.attempt, std::move(delivery.outcome)},
                         now_);
  } else {
    ++timers_;
    orchestrator_.tick(now_);
  }
  return settle();
}

// The orchestrator holds the timers of the next minutes only, and wakes to look for more: what is
// far is found in the journal at once, unless a saga is active, whose timers are in memory.
std::optional<base::TimePoint> TestDrive::next_timer() const {
  const std::optional<base::TimePoint> wake = orchestrator_.wake_at();
  const auto rows = reader_.timers(base::kLastTime, 1, std::nullopt);
  // It would wake for timers that nobody has.
  if (rows && rows->empty() && orchestrator_.hot_sagas() == 0) return std::nullopt;
  if (!wake || !rows || rows->empty() || rows->front().due == base::TimePoint{}) return wake;
  return std::max(*wake, rows->front().due);
}

bool TestDrive::has_ended() const {
  const base::Result<ports::SagaRow> row = reader_.saga(saga_id_);
  return row && core::is_ended(row->status);
}

// Until there is nothing to do at this time.
base::Result<void> TestDrive::settle() {
  for (;;) {
    if (base::Result<void> taken = take_outputs(); !taken) return taken;
    if (std::optional<runtime::Submission> batch = orchestrator_.take_batch()) {
      base::Result<void> committed = journal_.commit(batch->batch);
      if (!committed) return committed;
      orchestrator_.committed(batch->number, now_);
    } else if (!loads_.empty()) {
      const runtime::Load load = std::move(loads_.front());
      loads_.pop_front();
      orchestrator_.loaded(runtime::load(reader_, cache_, load), now_);
    } else {
      return {};
    }
  }
}

base::Result<void> TestDrive::take_outputs() {
  runtime::Outputs outputs = orchestrator_.take_outputs();
  for (const runtime::Reply& reply : outputs.replies) {
    const auto* started = std::get_if<runtime::StartReply>(&reply.body);
    if (started == nullptr) continue;
    saga_id_ = started->saga_id;
    is_refused_ = started->kind == runtime::StartReply::Kind::kRefused;
    refused_ = started->error;
  }
  for (ports::CallRequest& call : outputs.calls) {
    base::Result<std::vector<TestAnswer>> answers = participants_.call(call, now_);
    if (!answers) return base::fail(answers.error());
    for (TestAnswer& answer : *answers)
      deliveries_.push({answer.at, numbers_++, call, std::move(answer.outcome)});
  }
  for (runtime::Load& load : outputs.loads) loads_.push_back(std::move(load));
  for (runtime::Alert& alert : outputs.alerts) alerts_.push_back(std::move(alert));
  if (!outputs.problems.empty()) return base::fail(outputs.problems.front().error);
  return {};
}

}  // namespace saga::verify
