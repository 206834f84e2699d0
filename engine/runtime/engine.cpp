#include "engine/runtime/engine.hpp"

#include "engine/runtime/engine_parts.hpp"

namespace saga::runtime {

Engine::Engine(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Engine::~Engine() = default;

base::Result<std::unique_ptr<Engine>> Engine::open(ports::Journal& journal,
                                                   const ports::Clock& clock,
                                                   const CallerFactory& make_caller,
                                                   EngineOptions options) {
  base::Result<std::unique_ptr<ports::JournalReader>> reader = journal.open_reader();
  if (!reader) return base::fail(reader.error());
  auto parts =
      std::make_unique<Parts>(journal, std::move(*reader), clock, make_caller, std::move(options));
  return std::unique_ptr<Engine>(new Engine(std::move(parts)));
}

void Engine::register_definitions(
    std::vector<std::shared_ptr<const core::Definition>> definitions) {
  parts_->post([parts = parts_.get(), definitions = std::move(definitions)] {
    for (const auto& definition : definitions) {
      parts->orchestrator().register_definition(definition);
    }
  });
}

void Engine::start(StartRequest request, std::function<void(StartReply)> done) {
  parts_->post([parts = parts_.get(), request = std::move(request), done = std::move(done)] {
    const std::optional<RequestId> id = parts->expect(done);
    if (id) parts->orchestrator().start(*id, request, parts->now());
  });
}

void Engine::operate(OperateRequest request, std::function<void(OperateReply)> done) {
  parts_->post([parts = parts_.get(), request = std::move(request), done = std::move(done)] {
    const std::optional<RequestId> id = parts->expect(done);
    if (id) parts->orchestrator().operate(*id, request, parts->now());
  });
}

void Engine::wait_rest(std::string saga_id, std::function<void(RestReply)> done) {
  parts_->post([parts = parts_.get(), saga_id = std::move(saga_id), done = std::move(done)] {
    const std::optional<RequestId> id = parts->expect(done);
    if (id) parts->orchestrator().wait_rest(*id, saga_id, parts->now());
  });
}

namespace {

// A callback and the future that it fulfills.
template <class Body>
std::pair<std::function<void(Body)>, std::future<Body>> promised() {
  auto promise = std::make_shared<std::promise<Body>>();
  std::future<Body> future = promise->get_future();
  return {[promise](Body body) { promise->set_value(std::move(body)); }, std::move(future)};
}

}  // namespace

std::future<StartReply> Engine::start(StartRequest request) {
  auto [done, future] = promised<StartReply>();
  start(std::move(request), std::move(done));
  return std::move(future);
}

std::future<OperateReply> Engine::operate(OperateRequest request) {
  auto [done, future] = promised<OperateReply>();
  operate(std::move(request), std::move(done));
  return std::move(future);
}

std::future<RestReply> Engine::wait_rest(std::string saga_id) {
  auto [done, future] = promised<RestReply>();
  wait_rest(std::move(saga_id), std::move(done));
  return std::move(future);
}

void Engine::answered(std::string saga_id, core::AnswerInput answer,
                      std::function<void(AnswerReply)> done) {
  parts_->post([parts = parts_.get(), saga_id = std::move(saga_id), answer = std::move(answer),
                done = std::move(done)] {
    const std::optional<RequestId> id = parts->expect(done);
    if (id) parts->orchestrator().answer(saga_id, answer, parts->now(), id);
  });
}

void Engine::stop(base::Duration drain) { parts_->stop(drain); }

}  // namespace saga::runtime
