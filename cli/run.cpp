#include <filesystem>
#include <future>

#include "cli/exit_code.hpp"
#include "cli/family.hpp"
#include "cli/follower.hpp"
#include "cli/mock.hpp"
#include "cli/options.hpp"
#include "cli/parked.hpp"
#include "cli/same_start.hpp"
#include "cli/session.hpp"
#include "cli/stop_signal.hpp"
#include "cli/wait.hpp"
#include "cli/workflow.hpp"
#include "engine/runtime/restore.hpp"
#include "engine/runtime/system_clock.hpp"

namespace saga::cli {
namespace {

struct Prepared {
  Config config;
  Definitions definitions;
  std::shared_ptr<const core::Definition> definition;
  base::JsonText input;
  base::JsonText canonical;  // the input as the journal keeps it
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
  out.canonical = start->canonical;
  base::Result<Config> config = load_config(options);
  if (!config) return report(console, config.error());
  out.config = std::move(*config);
  base::Result<std::optional<base::Duration>> wait = parse_wait(options.wait);
  if (!wait) return report(console, wait.error());
  out.wait = *wait;
  return std::nullopt;
}

// `db` is the journal's file; empty: it is in memory.
void print_parked(const std::string& who, const runtime::SagaView& view, const std::string& db,
                  const Console& console) {
  for (const runtime::SagaView::ParkedStep& parked : view.parked) {
    console.err("stuck at " + (parked.step.empty() ? who : who + ", step `" + parked.step + "`") +
                ": " + printable(parked.reason));
    if (!db.empty()) console.err("next: " + next_verbs(view, parked) + " --db " + db);
  }
  if (!view.parked.empty() && db.empty())
    console.err("nothing of it is kept; with --db FILE a person can go on with it");
}

// Ends with the saga as the last line where that is wanted.
int finish(const runtime::SagaView& view, int code, OutputFormat format, const Console& console) {
  if (format != OutputFormat::kText) {
    console.out(runtime::to_json(view));
  } else if (!view.left_over.empty()) {
    console.err("left over: " + joined(view.left_over, ", "));
  }
  return code;
}

// What a started saga came to, once its engine has stopped.
int conclude(WaitEnd end, const std::string& id, ports::JournalReader& reader, const Wait& wait,
             const std::string& db, OutputFormat format, const Console& console) {
  base::Result<runtime::SagaView> view = runtime::read_saga(reader, id);
  if (end == WaitEnd::kBroken) return wait.give_up(end, "");
  if (!view) return report(console, view.error());
  if (end == WaitEnd::kRanOut || end == WaitEnd::kStopped) {
    const int code =
        wait.give_up(end, "saga " + id + " isn't finished: " +
                              (db.empty() ? "nothing of it is kept, for want of --db FILE"
                                          : "the same command again goes on with it"));
    return finish(*view, code, format, console);
  }
  if (end == WaitEnd::kReady && view->status != core::Status::kStuck)
    return finish(*view, exit_code_of(view->status), format, console);
  base::Result<Family> family = read_family(reader, id);
  if (!family) return report(console, family.error());
  for (const Family::Member& member : family->members) {
    if (!member.saga) continue;
    print_parked(member.id == id ? "the saga" : "the called saga " + member.id, *member.saga, db,
                 console);
  }
  return finish(*view, kStuck, format, console);
}

int refuse(const runtime::StartReply& reply, const Console& console) {
  const std::string holder = reply.saga_id.empty() ? "" : " (saga " + reply.saga_id + ")";
  console.error(reply.error.message + holder);
  return exit_code_of(reply.error.code);
}

// The saga that goes on in place of a new one, where the definition has no key to tell. Before the
// session: its engine takes up what isn't finished, and may finish it.
base::Result<std::optional<std::string>> same_start(const Prepared& prepared,
                                                    const Console& console) {
  std::error_code ignored;
  const std::string& db = prepared.config.db;
  if (prepared.definition->key != core::kNone || db.empty() ||
      !std::filesystem::exists(db, ignored)) {
    return std::optional<std::string>{};
  }
  base::Result<std::unique_ptr<ports::JournalReader>> reader = open_reader(prepared.config);
  if (!reader) return base::fail(reader.error());
  std::vector<base::Error> unreadable;
  auto found = find_same_start(**reader, *prepared.definition, prepared.canonical, unreadable);
  for (base::Error& each : unreadable) {
    each.message += "; if it is the same start, this is a second one";
    if (found && !*found) console.error(each);
  }
  return found;
}

struct Started {
  std::optional<runtime::StartReply> reply;
  int code = kOk;  // without a reply: the wait ended before
};

// Starts the saga, or says that it has been.
Started start(Session& session, const Prepared& prepared, const std::optional<std::string>& same,
              Wait& wait, const Console& console) {
  if (same) {
    console.err("`" + prepared.definition->name + "` has no `key`: the unfinished saga " + *same +
                " with this input goes on, and no other is started");
    return {runtime::StartReply{runtime::StartReply::Kind::kKnown, *same, {}}};
  }
  runtime::StartRequest request;
  request.definition_hash = prepared.definition->hash;
  request.input = prepared.input;
  std::future<runtime::StartReply> reply = session.engine().start(std::move(request));
  if (const WaitEnd end = wait.until(reply); end != WaitEnd::kReady) {
    wait.close(session, end);
    return {std::nullopt, wait.give_up(end, "whether the saga was started is seen by `saga list`")};
  }
  return {reply.get()};
}

// Whether two definitions of one name came from other texts. Their hashes tell more: they differ
// where the same file was named by another path.
bool has_changed(const core::Definition& stored, const core::Definition& compiled) {
  return !std::equal(stored.sources.begin(), stored.sources.end(), compiled.sources.begin(),
                     compiled.sources.end(),
                     [](const core::Source& one, const core::Source& other) {
                       return one.text && other.text && *one.text == *other.text;
                     });
}

// Starts the saga and shows it until it is at rest.
int drive(Session& session, const Prepared& prepared, const std::optional<std::string>& same,
          base::TimePoint opened_at, Follower& follower, Wait& wait, const RunOptions& options,
          const Console& console) {
  runtime::Engine& engine = session.engine();
  engine.register_definitions({prepared.definitions.begin(), prepared.definitions.end()});
  const Started answer = start(session, prepared, same, wait, console);
  if (!answer.reply) return answer.code;
  const runtime::StartReply& started = *answer.reply;
  if (started.kind == runtime::StartReply::Kind::kRefused) return refuse(started, console);
  base::Result<std::unique_ptr<ports::JournalReader>> reader = session.open_reader();
  if (!reader) return report(console, reader.error());
  base::Result<std::unique_ptr<ports::JournalReader>> shown = session.open_reader();
  if (!shown) return report(console, shown.error());
  // A known saga keeps the definition with which it was started.
  base::Result<ports::SagaRow> row = (*reader)->saga(started.saga_id);
  if (!row) return report(console, row.error());
  runtime::DefinitionCache definitions;
  auto definition = definitions.find(**reader, row->definition_hash);
  if (!definition) return report(console, definition.error());
  const bool is_known = started.kind == runtime::StartReply::Kind::kKnown;
  if (is_known && !same && options.format == OutputFormat::kText) {
    console.err("this start is known: saga " + started.saga_id);
  }
  if (is_known && !core::is_ended(row->status) && has_changed(**definition, *prepared.definition)) {
    console.err("the file has changed since this saga was started: it goes on with the `" +
                prepared.definition->name + "` of then");
  }
  follower.follow(started.saga_id, *definition, std::move(*shown), opened_at);
  const WaitEnd end = wait.until_rest(engine, **reader, started.saga_id);
  wait.close(session, end);
  follower.finish();
  return conclude(end, started.saga_id, **reader, wait, prepared.config.db, options.format,
                  console);
}

}  // namespace

int run_run(const RunOptions& options, const Console& console) {
  Prepared prepared;
  if (const std::optional<int> code = prepare(options, console, prepared)) return *code;
  if (options.mock && !prepared.config.db.empty() && !options.services.empty()) {
    console.error(
        "--mock with --db takes no --service: a saga that goes on later must not find a mock where "
        "a "
        "real service was");
    return kUsage;
  }
  std::unique_ptr<mock::MockServer> mocks;  // outlives the session, which calls it
  if (options.mock) {
    base::Result<std::unique_ptr<mock::MockServer>> opened =
        serve_mocks(with_called(prepared.definition, prepared.definitions), options.setup,
                    prepared.config, console);
    if (!opened) return report(console, opened.error());
    mocks = std::move(*opened);
  }
  const base::Result<std::optional<std::string>> same = same_start(prepared, console);
  if (!same) return report(console, same.error());
  Follower follower(options.format, console);
  Wait wait(console, prepared.wait);
  runtime::EngineEvents events =
      wait.events([&](const std::vector<ports::HistoryRow>& rows) { follower.on_committed(rows); });
  const base::TimePoint opened_at = runtime::SystemClock().now();
  Session::Work work{Session::Drives::kAll, with_called(prepared.definition, prepared.definitions),
                     prepared.definitions, options.mock};
  base::Result<std::unique_ptr<Session>> session =
      Session::open(prepared.config, std::move(work), std::move(events));
  if (!session) return report(console, session.error());
  return drive(**session, prepared, *same, opened_at, follower, wait, options, console);
}

}  // namespace saga::cli
