#include "tests/runtime/bench_of.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace saga::test {

Bench::Bench(std::string_view source, runtime::OrchestratorOptions options)
    : definitions_(compile_workflow(source)), reader_(*journal.open_reader()) {
  restart(std::move(options));
}

void Bench::restart(runtime::OrchestratorOptions options) {
  calls.clear();
  replies.clear();
  wanted_.clear();
  orchestrator = std::make_unique<runtime::Orchestrator>(std::move(options));
  for (const auto& definition : definitions_) orchestrator->register_definition(definition);
  orchestrator->recover(now);
  commit_all();
}

void Bench::restart_without_calls() {
  runtime::OrchestratorOptions options;
  options.takes_up_all = false;
  options.makes_calls = false;
  restart(std::move(options));
}

void Bench::start_only(runtime::RequestId request, const std::string& input) {
  orchestrator->start(request, {definitions_.back()->hash, input}, now);
}

runtime::StartReply Bench::start(const std::string& input) {
  const runtime::RequestId request = ++last_request_;
  start_only(request, input);
  commit_all();
  for (const runtime::Reply& reply : replies) {
    if (reply.request == request) return std::get<runtime::StartReply>(reply.body);
  }
  FAIL("no reply to a start");
  return {};
}

void Bench::take() {
  runtime::Outputs outputs = orchestrator->take_outputs();
  const auto move_to = [](auto& to, auto& from) {
    for (auto& each : from) to.push_back(std::move(each));
  };
  move_to(calls, outputs.calls);
  move_to(replies, outputs.replies);
  move_to(alerts, outputs.alerts);
  move_to(problems, outputs.problems);
  move_to(wanted_, outputs.loads);
}

void Bench::commit_all() {
  for (;;) {
    take();
    if (const std::optional<runtime::Submission> batch = orchestrator->take_batch()) {
      REQUIRE(journal.commit(batch->batch).has_value());
      orchestrator->committed(batch->number, now);
    } else if (!wanted_.empty()) {
      for (const runtime::Load& load : std::exchange(wanted_, {})) {
        ++loads;
        const auto* saga = std::get_if<runtime::LoadSaga>(&load);
        if (saga != nullptr && load_error) {
          const base::Error error = *std::exchange(load_error, std::nullopt);
          orchestrator->loaded(runtime::LoadedSaga{saga->id, base::fail(error), {}, nullptr}, now);
          continue;
        }
        orchestrator->loaded(runtime::load(*reader_, cache_, load), now);
      }
    } else {
      return;
    }
  }
}

void Bench::answer(const ports::CallRequest& call, core::Outcome outcome) {
  const core::AnswerInput input{call.effect.frame, call.effect.phase, call.effect.attempt,
                                std::move(outcome)};
  orchestrator->answer(call.saga_id, input, now);
  commit_all();
}

void Bench::answer_done(const ports::CallRequest& call, const std::string& body) {
  core::Outcome outcome;
  outcome.kind = core::Outcome::Kind::kDone;
  outcome.body = body;
  answer(call, std::move(outcome));
}

void Bench::operate(const std::string& id, core::OperatorVerb verb) {
  runtime::OperateRequest request{id, {}};
  request.input.verb = verb;
  orchestrator->operate(++last_request_, std::move(request), now);
  commit_all();
}

void Bench::pass(base::Duration time) {
  now += time;
  orchestrator->tick(now);
  commit_all();
}

runtime::SagaView Bench::view(const std::string& id) {
  base::Result<runtime::SagaView> view = runtime::read_saga(*reader_, id);
  REQUIRE(view.has_value());
  return std::move(*view);
}

std::vector<std::string> Bench::call_names() const {
  std::vector<std::string> names;
  for (const ports::CallRequest& call : calls) {
    names.push_back(call.definition->operations[call.effect.operation].name);
  }
  return names;
}

}  // namespace saga::test
