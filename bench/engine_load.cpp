#include "bench/engine_load.hpp"

#include <cstdio>
#include <cstdlib>
#include <future>

#include "bench/workflow.hpp"
#include "engine/journal/sqlite_journal.hpp"
#include "engine/runtime/system_clock.hpp"

namespace saga::bench {
namespace {

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "the benchmark failed: %s\n", why.c_str());
  std::exit(1);
}

// Starts sagas, one after the other in each of its lanes. On the engine's thread but for `run`.
class Driver {
 public:
  Driver(runtime::Engine& engine, std::string definition_hash, const Load& load, Stopwatch& watch)
      : engine_(engine), hash_(std::move(definition_hash)), load_(load), watch_(watch) {}

  void run() {
    std::future<void> done = done_.get_future();
    for (std::uint64_t lane = 0; lane < load_.in_flight; ++lane) next();
    done.wait();
  }

 private:
  void next() {
    const std::uint64_t number = started_.fetch_add(1);
    if (number >= load_.sagas) return;
    const bool is_declined = number % 100 < load_.declined_percent;
    const SteadyTime began = std::chrono::steady_clock::now();
    engine_.start({hash_, three_steps_input(number, is_declined)},
                  [this, began, is_declined](const runtime::StartReply& reply) {
                    if (reply.kind != runtime::StartReply::Kind::kStarted) {
                      give_up(reply.error.message);
                    }
                    wait(reply.saga_id, began, is_declined);
                  });
  }

  void wait(const std::string& id, SteadyTime began, bool is_declined) {
    engine_.wait_rest(id, [this, began, is_declined](const runtime::RestReply& reply) {
      if (!reply.saga) give_up(reply.error.message);
      const core::Status wanted =
          is_declined ? core::Status::kCompensated : core::Status::kCompleted;
      if (reply.saga->status != wanted) give_up("a saga is " + runtime::to_json(*reply.saga));
      watch_.ended(began);
      if (++ended_ == load_.sagas) return done_.set_value();
      next();
    });
  }

  runtime::Engine& engine_;
  const std::string hash_;
  const Load load_;
  Stopwatch& watch_;
  std::atomic<std::uint64_t> started_{0};
  std::uint64_t ended_ = 0;
  std::promise<void> done_;
};

}  // namespace

Figures run_engine(const std::string& file, const runtime::CallerFactory& make_caller,
                   const Load& load) {
  auto journal = journal::SqliteJournal::open(file);
  if (!journal) give_up(journal.error().message);
  const runtime::SystemClock clock;
  auto engine = runtime::Engine::open(**journal, clock, make_caller, {});
  if (!engine) give_up(engine.error().message);
  const auto definitions = three_steps();
  (*engine)->register_definitions(definitions);
  Stopwatch watch(load.sagas);
  Driver driver(**engine, definitions.back()->hash, load, watch);
  driver.run();
  Figures figures = watch.stop(file);
  (*engine)->stop(base::Duration{0});
  return figures;
}

}  // namespace saga::bench
