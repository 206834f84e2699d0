#include "bench/sample.hpp"

#include <cstdio>
#include <cstdlib>

#include "adapters/http/in_process.hpp"
#include "bench/workflow.hpp"
#include "engine/journal/memory_journal.hpp"
#include "engine/runtime/system_clock.hpp"

namespace saga::bench {

runtime::CallerFactory in_process() {
  return [](boost::asio::io_context& loop) {
    auto participants = std::make_unique<http::InProcessParticipants>(loop);
    const auto done = [](const ports::CallRequest& request) {
      core::Outcome outcome;
      const bool is_declined = request.effect.arguments.find("\"declined\"") != std::string::npos;
      outcome.kind = is_declined ? core::Outcome::Kind::kRejected : core::Outcome::Kind::kDone;
      outcome.body = is_declined ? R"({"error":"Declined","message":"no","reason":"no funds"})"
                                 : "\"R-10293847\"";
      if (is_declined) outcome.error = "Declined";
      return outcome;
    };
    for (const char* name : {"reserve", "release", "hold", "drop", "book", "unbook"}) {
      participants->add(std::string("Shop.") + name, done);
    }
    return std::unique_ptr<ports::ParticipantCaller>(std::move(participants));
  };
}

std::vector<ports::HistoryRow> sample_rows() {
  journal::MemoryJournal journal;
  const runtime::SystemClock clock;
  auto engine = runtime::Engine::open(journal, clock, in_process(), {});
  const auto definitions = three_steps();
  (*engine)->register_definitions(definitions);
  const runtime::StartReply started =
      (*engine)->start({definitions.back()->hash, three_steps_input(1, false)}).get();
  (*engine)->wait_rest(started.saga_id).get();
  (*engine)->stop(base::Duration{0});
  auto reader = journal.open_reader();
  auto rows = runtime::read_history(**reader, started.saga_id);
  if (rows && rows->size() == 4) return std::move(*rows);
  std::fprintf(stderr, "a three-step saga doesn't have four rows\n");
  std::exit(1);
}

}  // namespace saga::bench
