#include "tests/runtime/simulation.hpp"

#include <algorithm>

namespace saga::test {

using runtime::RequestId;

Simulation::Simulation(Definitions definitions, std::uint64_t seed)
    : definitions_(std::move(definitions)),
      random_(seed),
      journal_(std::make_unique<journal::MemoryJournal>(std::string(32, 's'))) {
  reader_ = *journal_->open_reader();
}

void Simulation::boot() {
  runtime::OrchestratorOptions options;
  options.seed = random_.next();
  options.max_timers = 3;  // so that all the paging is seen
  orchestrator_ = std::make_unique<runtime::Orchestrator>(std::move(options));
  for (const auto& definition : definitions_) orchestrator_->register_definition(definition);
  orchestrator_->recover(now_);
  is_holding_ = false;
}

// The process dies: what wasn't committed is gone, what was sent may still arrive.
void Simulation::crash() {
  ++crashes_;
  orchestrator_.reset();
  submitted_.clear();
  loads_.clear();
  ghosts_.insert(ghosts_.end(), calls_.begin(), calls_.end());
  calls_.clear();
  asked_.clear();
  boot();
}

void Simulation::start() {
  const std::string id = "O" + std::to_string(random_.between(1, options_.starts));
  const std::string input = R"({"id":")" + id + R"(","items":["x","y","z"]})";
  asked_[++last_request_] = input;
  orchestrator_->start(last_request_, {definitions_.back()->hash, input}, now_);
}

void Simulation::cancel() {
  if (started_.empty()) return;
  auto chosen = started_.begin();
  std::advance(chosen, random_.between(0, static_cast<std::int64_t>(started_.size()) - 1));
  runtime::OperateRequest request{chosen->second, {}};
  request.input.verb = core::OperatorVerb::kCancel;
  orchestrator_->operate(++last_request_, std::move(request), now_);
}

void Simulation::commit() {
  runtime::Submission submission = std::move(submitted_.front());
  submitted_.pop_front();
  const base::Result<void> committed = journal_->commit(submission.batch);
  if (!committed) return fault("commit: " + committed.error().message);
  if (random_.between(0, 999) < options_.crash_per_mille) return crash();  // before it knows
  orchestrator_->committed(submission.number, now_);
}

void Simulation::take_outputs() {
  runtime::Outputs outputs = orchestrator_->take_outputs();
  for (const runtime::Reply& reply : outputs.replies) take_reply(reply);
  for (ports::CallRequest& call : outputs.calls) {
    check_call(call);
    calls_.push_back(std::move(call));
  }
  for (runtime::Load& load : outputs.loads) loads_.push_back(std::move(load));
  for (const runtime::Problem& problem : outputs.problems) {
    fault("problem " + problem.saga_id + ": " + problem.error.message);
  }
}

// Its intent must be durable by now.
void Simulation::check_call(const ports::CallRequest& call) {
  const auto saga = runtime::restore_saga(*reader_, cache_, call.saga_id);
  if (!saga || !*saga) return fault("a call of a saga that isn't stored");
  const core::State& state = (*saga)->state;
  const bool known =
      call.effect.frame < state.frames.size() && state.frames[call.effect.frame].step.has_value();
  if (!known) fault("a call before its commit: " + call.effect.key);
}

void Simulation::take_reply(const runtime::Reply& reply) {
  const auto* started = std::get_if<runtime::StartReply>(&reply.body);
  if (started == nullptr) return;
  const std::string input = asked_[reply.request];
  using Kind = runtime::StartReply::Kind;
  if (started->kind == Kind::kRefused) {
    if (!is_holding_) fault("refused: " + started->error.message);
    return;
  }
  if (!reader_->saga(started->saga_id)) fault("acknowledged and not stored: " + started->saga_id);
  const auto [known, is_new] = started_.emplace(input, started->saga_id);
  if (known->second != started->saga_id) fault("two sagas for one key");
  if (!is_new && started->kind == Kind::kStarted) fault("started twice: " + input);
}

void Simulation::answer(std::size_t index) {
  const ports::CallRequest call = calls_[index];
  calls_.erase(calls_.begin() + static_cast<std::ptrdiff_t>(index));
  core::AnswerInput input{call.effect.frame, call.effect.phase, call.effect.attempt,
                          participants_.call(call, random_)};
  orchestrator_->answer(call.saga_id, std::move(input), now_);
}

bool Simulation::work() {
  if (std::optional<runtime::Submission> batch = orchestrator_->take_batch()) {
    submitted_.push_back(std::move(*batch));
  }
  const auto pick = random_.between(0, 3);
  if (!submitted_.empty() && !is_holding_ && pick <= 1) return commit(), true;
  if (!loads_.empty() && pick != 3) {
    const runtime::Load load = std::move(loads_.front());
    loads_.pop_front();
    orchestrator_->loaded(runtime::load(*reader_, cache_, load), now_);
    return true;
  }
  if (!calls_.empty()) {
    answer(
        static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(calls_.size()) - 1)));
    return true;
  }
  return (!submitted_.empty() && !is_holding_) || !loads_.empty();
}

void Simulation::step() {
  const auto luck = [&](int per_mille) { return random_.between(0, 999) < per_mille; };
  if (luck(options_.crash_per_mille)) crash();
  if (luck(options_.hold_per_mille)) {
    is_holding_ = !is_holding_;
    orchestrator_->hold(is_holding_ ? std::optional(base::Error{base::ErrorCode::kDiskFull, "", ""})
                                    : std::nullopt);
  }
  if (luck(60)) start();
  if (luck(options_.cancel_per_mille)) cancel();
  if (!ghosts_.empty() && luck(100)) {
    participants_.call_late(ghosts_.back());
    ghosts_.pop_back();
  }
  if (!work() || luck(30)) {
    now_ += base::Duration{random_.between(1, 2'000)};
    const std::optional<base::TimePoint> wake = orchestrator_->wake_at();
    if (wake && *wake > now_ && luck(300)) now_ = *wake;
    orchestrator_->tick(now_);
  }
  take_outputs();
}

std::vector<std::string> Simulation::run(const Options& options) {
  options_ = options;
  boot();
  take_outputs();
  for (int i = 0; i < options_.steps && faults_.empty(); ++i) step();
  settle();
  judge();
  return faults_;
}

// Everything works again: all sagas must end by themselves, or by a person's `retry`.
void Simulation::settle() {
  options_.crash_per_mille = 0;
  participants_.calm();
  if (std::exchange(is_holding_, false)) orchestrator_->hold(std::nullopt);
  for (const ports::CallRequest& ghost : ghosts_) participants_.call_late(ghost);
  for (int rounds = 0; rounds < 20'000 && faults_.empty(); ++rounds) {
    const bool worked = work();
    take_outputs();
    if (worked || orchestrator_->has_uncommitted()) continue;
    retry_stuck();
    take_outputs();
    const bool has_unfinished =
        std::any_of(started_.begin(), started_.end(), [&](const auto& each) {
          const auto row = reader_->saga(each.second);
          return row && !core::is_ended(row->status);
        });
    if (!has_unfinished && loads_.empty()) return;
    const std::optional<base::TimePoint> wake = orchestrator_->wake_at();
    if (wake) now_ = std::max(now_, *wake);
    orchestrator_->tick(now_);
    take_outputs();
  }
  if (!faults_.empty()) return;
  const std::optional<base::TimePoint> wake = orchestrator_->wake_at();
  fault("not all sagas end: now " + base::format_time(now_) + ", wake " +
        (wake ? base::format_time(*wake) : "never") + ", in memory " +
        std::to_string(orchestrator_->hot_sagas()));
}

void Simulation::retry_stuck() {
  ports::SagaFilter filter;
  filter.status = core::Status::kStuck;
  const auto page = reader_->sagas(filter);
  for (const ports::SagaRow& row : page->items) {
    runtime::OperateRequest request{row.id, {}};
    request.input.verb = core::OperatorVerb::kRetry;
    orchestrator_->operate(++last_request_, std::move(request), now_);
  }
}

void Simulation::judge() {
  ports::SagaFilter filter;
  filter.limit = 500;
  const auto page = reader_->sagas(filter);
  std::set<std::string> stored;
  for (const ports::SagaRow& row : page->items) {
    stored.insert(row.id);
    const auto view = runtime::read_saga(*reader_, row.id);
    if (!view) {
      fault("unreadable: " + view.error().message);
    } else {
      judge(row.id, *view);
    }
  }
  for (const auto& [input, id] : started_) {
    if (!stored.contains(id)) fault("lost: " + id);
  }
  if (!reader_->message_receivers()->empty()) fault("messages are left");
  if (!reader_->timers(now_ + std::chrono::hours(24 * 365), 10, std::nullopt)->empty()) {
    fault("timers are left");
  }
  for (const std::string& text : participants_.faults()) fault(text);
}

void Simulation::judge(const std::string& id, const runtime::SagaView& view) {
  ++endings_[std::string(core::name_of(view.status))];
  const std::vector<std::string> standing = participants_.standing(id);
  const std::string where = view.definition + " " + id + " ";
  if (view.status == core::Status::kCompensated && !standing.empty()) {
    fault(where + "is compensated, but " + standing.front() + " stands");
  } else if (view.status == core::Status::kCompleted) {
    const std::size_t wanted = view.parent_id.empty() ? 8 : 2;
    if (standing.size() != wanted) {
      fault(where + "is completed with " + std::to_string(standing.size()) + " effects");
    }
  } else if (view.status != core::Status::kCompensated) {
    fault(where + "is open: " + runtime::to_json(view));
  }
}

}  // namespace saga::test
