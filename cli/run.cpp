#include <chrono>
#include <future>
#include <mutex>

#include "cli/exit_code.hpp"
#include "cli/history.hpp"
#include "cli/options.hpp"
#include "cli/session.hpp"
#include "cli/stop_signal.hpp"
#include "cli/workflow.hpp"
#include "engine/runtime/restore.hpp"

namespace saga::cli {
namespace {

constexpr base::Duration kDrain{2'000};

// Shows one saga's history as it is committed. Called on the engine's thread, and before the saga
// is known on none.
class Follower {
 public:
  Follower(std::shared_ptr<const core::Definition> definition, OutputFormat format,
           const Console& console)
      : definition_(std::move(definition)),
        history_(definition_),
        format_(format),
        console_(console) {}

  // What was committed before is shown by `catch_up`; rows that it showed are passed over here.
  void on_committed(const std::vector<ports::HistoryRow>& rows) {
    const std::lock_guard lock(mutex_);
    for (const ports::HistoryRow& row : rows) {
      if (saga_id_.empty()) {
        early_.push_back(row);
      } else {
        show(row);
      }
    }
  }

  void follow(const std::string& saga_id, const std::vector<ports::HistoryRow>& known) {
    const std::lock_guard lock(mutex_);
    saga_id_ = saga_id;
    for (const ports::HistoryRow& row : known) show(row);
    for (const ports::HistoryRow& row : early_) show(row);
    early_.clear();
  }

 private:
  void show(const ports::HistoryRow& row) {
    if (row.machine_id != saga_id_ || row.first_seq <= shown_) return;
    shown_ = row.last_seq;
    if (format_ == OutputFormat::kJson) return;
    const base::Result<std::vector<HistoryRecord>> records = history_.read(row);
    if (!records) return console_.error(records.error());
    for (const HistoryRecord& record : *records) {
      if (record.seq == 1) began_ = record.at;
      if (format_ == OutputFormat::kJsonLines) {
        console_.out(to_json(record, *definition_));
      } else if (!record.text.empty()) {
        console_.out(to_line(record, began_));
      }
    }
  }

  std::mutex mutex_;
  std::shared_ptr<const core::Definition> definition_;
  HistoryReader history_;
  OutputFormat format_;
  const Console& console_;
  std::string saga_id_;
  std::uint64_t shown_ = 0;
  base::TimePoint began_;
  std::vector<ports::HistoryRow> early_;
};

struct Prepared {
  Config config;
  Definitions definitions;
  std::shared_ptr<const core::Definition> definition;
  base::JsonText input;
  std::optional<base::Duration> wait;
};

// All that can be wrong before anything is started. A failed check of the file has no error: its
// diagnostics are printed.
std::optional<int> prepare(const RunOptions& options, const Console& console, Prepared& out) {
  base::Result<dsl::Compilation> compilation = compile_files({options.file});
  if (!compilation) return report(console, compilation.error());
  print_diagnostics(*compilation, console);
  if (has_errors(*compilation)) return kNegative;
  out.definitions = compilation->definitions;
  auto definition = choose_definition(out.definitions, options.saga);
  if (!definition) return report(console, definition.error());
  out.definition = *definition;
  base::Result<std::string> input = read_input(options.input);
  if (!input) return report(console, input.error());
  base::Result<core::PreparedStart> start = core::prepare_start(*out.definition, *input);
  if (!start) {
    console.error("the input of " + out.definition->name + ": " + start.error().message);
    return kUsage;
  }
  out.input = *input;
  base::Result<Config> config = load_config(options);
  if (!config) return report(console, config.error());
  out.config = std::move(*config);
  if (options.wait.empty()) return std::nullopt;
  base::Result<base::Duration> wait = parse_wait(options.wait);
  if (!wait) return report(console, wait.error());
  out.wait = *wait;
  return std::nullopt;
}

// The saga at rest, or nothing if the wait ran out or a signal came.
std::optional<runtime::RestReply> wait_for_rest(runtime::Engine& engine, const std::string& saga_id,
                                                const std::optional<base::Duration>& wait,
                                                std::future<base::Error>& fatal,
                                                const StopSignal& stop) {
  std::future<runtime::RestReply> rest = engine.wait_rest(saga_id);
  const auto end = std::chrono::steady_clock::now() + wait.value_or(std::chrono::hours(24 * 365));
  constexpr std::chrono::milliseconds kLook{50};
  while (std::chrono::steady_clock::now() < end && !stop.came()) {
    if (rest.wait_for(kLook) == std::future_status::ready) return rest.get();
    if (fatal.wait_for(std::chrono::seconds(0)) == std::future_status::ready) break;
  }
  if (rest.wait_for(std::chrono::seconds(0)) == std::future_status::ready) return rest.get();
  return std::nullopt;
}

int finish(const runtime::SagaView& view, OutputFormat format, const Console& console) {
  if (format != OutputFormat::kText) console.out(runtime::to_json(view));
  if (format == OutputFormat::kText && view.status == core::Status::kStuck) {
    for (const runtime::SagaView::ParkedStep& parked : view.parked) {
      console.err("stuck at " + (parked.step.empty() ? "the saga" : "`" + parked.step + "`") +
                  ": " + parked.reason);
    }
    console.err("next: saga retry|settle|skip " + view.id + " --db FILE");
  }
  return exit_code_of(view.status);
}

}  // namespace

int run_run(const RunOptions& options, const Console& console) {
  Prepared prepared;
  if (const std::optional<int> code = prepare(options, console, prepared)) return *code;
  Follower follower(prepared.definition, options.format, console);
  std::promise<base::Error> broken;
  std::future<base::Error> fatal = broken.get_future();
  runtime::EngineEvents events;
  events.on_committed = [&](const std::vector<ports::HistoryRow>& rows) {
    follower.on_committed(rows);
  };
  events.on_alert = [&](const runtime::Alert& alert) { console.err("alert: " + alert.text); };
  events.on_problem = [&](const runtime::Problem& problem) { console.error(problem.error); };
  events.on_holding = [&](const base::Error& error) {
    console.err("waiting: the journal can't be written: " + error.message);
  };
  events.on_going_on = [&] { console.err("the journal can be written again; going on"); };
  events.on_fatal = [&](const base::Error& error) { broken.set_value(error); };
  const StopSignal stop;
  base::Result<std::unique_ptr<Session>> session = Session::open(
      prepared.config, prepared.definitions, Session::Drives::kAll, std::move(events));
  if (!session) return report(console, session.error());
  runtime::Engine& engine = (*session)->engine();
  engine.register_definitions({prepared.definitions.begin(), prepared.definitions.end()});
  runtime::StartRequest request;
  request.definition_hash = prepared.definition->hash;
  request.input = prepared.input;
  const runtime::StartReply started = engine.start(std::move(request)).get();
  if (started.kind == runtime::StartReply::Kind::kRefused) {
    const std::string holder = started.saga_id.empty() ? "" : " (saga " + started.saga_id + ")";
    console.error(started.error.message + holder);
    return exit_code_of(started.error.code);
  }
  base::Result<std::unique_ptr<ports::JournalReader>> reader = (*session)->open_reader();
  if (!reader) return report(console, reader.error());
  base::Result<std::vector<ports::HistoryRow>> known =
      runtime::read_history(**reader, started.saga_id);
  if (!known) return report(console, known.error());
  if (started.kind == runtime::StartReply::Kind::kKnown && options.format == OutputFormat::kText) {
    console.err("this start is known: saga " + started.saga_id);
  }
  follower.follow(started.saga_id, *known);
  const std::optional<runtime::RestReply> rest =
      wait_for_rest(engine, started.saga_id, prepared.wait, fatal, stop);
  (*session)->close(kDrain);
  if (fatal.wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
    console.error(fatal.get().message + ": run the same command again, it goes on where it was");
    return kUnreachable;
  }
  if (!rest) {
    console.err(stop.came() ? "stopped; run the same command with the same --db to go on"
                            : "the wait ran out; the saga is not finished");
    return stop.came() ? 128 + stop.number() : kWaitRanOut;
  }
  if (!rest->saga) return report(console, rest->error);
  return finish(*rest->saga, options.format, console);
}

}  // namespace saga::cli
