#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/session.hpp"
#include "cli/workflow.hpp"
#include "engine/base/limits.hpp"
#include "engine/runtime/restore.hpp"

namespace saga::cli {
namespace {

constexpr base::Duration kDrain{2'000};

std::string current_user() {
  const char* user = std::getenv("USER");
  return user != nullptr && *user != '\0' ? user : "uid " + std::to_string(getuid());
}

base::Result<core::OperatorInput> read_input(const OperateOptions& options) {
  core::OperatorInput input;
  input.verb = options.verb;
  input.step = options.step;
  input.reason = options.reason;
  input.actor = options.actor.empty() ? current_user() : options.actor;
  if (options.verb != core::OperatorVerb::kSettle) return input;
  input.outcome_done = options.outcome == "done";
  if (options.result.empty()) return input;
  base::Result<std::string> result =
      options.result.starts_with("@")
          ? read_text_file(options.result.substr(1), base::limits::kMaxPayloadBytes)
          : base::Result<std::string>(options.result);
  if (!result) return base::fail(result.error());
  input.result = *result;
  return input;
}

// Without a participant's address a verb is journaled, and the saga goes on when it is run next.
bool can_drive(const Config& config) { return !config.services.empty(); }

}  // namespace

int run_operate(const OperateOptions& options, const Console& console) {
  base::Result<core::OperatorInput> input = read_input(options);
  if (!input) return report(console, input.error());
  base::Result<Config> config = load_config(options);
  if (!config) return report(console, config.error());
  base::Result<std::unique_ptr<ports::JournalReader>> reader = open_reader(*config);
  if (!reader) return report(console, reader.error());
  base::Result<std::string> id = find_saga_id(**reader, options.id);
  if (!id) return report(console, id.error());
  base::Result<ports::SagaRow> row = (*reader)->saga(*id);
  if (!row) return report(console, row.error());
  runtime::DefinitionCache definitions;
  base::Result<std::shared_ptr<const core::Definition>> definition =
      definitions.find(**reader, row->definition_hash);
  if (!definition) return report(console, definition.error());

  runtime::EngineEvents events;
  events.on_alert = [&](const runtime::Alert& alert) { console.err("alert: " + alert.text); };
  const bool drives = can_drive(*config);
  base::Result<std::unique_ptr<Session>> session = Session::open(
      *config, {*definition}, drives ? Session::Drives::kNamed : Session::Drives::kNothing,
      std::move(events));
  if (!session) return report(console, session.error());
  runtime::Engine& engine = (*session)->engine();
  runtime::OperateRequest request;
  request.saga_id = *id;
  request.input = *input;
  const runtime::OperateReply reply = engine.operate(std::move(request)).get();
  if (reply.error) return report(console, *reply.error);
  if (drives) engine.wait_rest(*id).wait();
  (*session)->close(drives ? kDrain : base::Duration{0});
  base::Result<runtime::SagaView> view = runtime::read_saga(**reader, *id);
  if (!view) return report(console, view.error());
  if (options.format == OutputFormat::kText) {
    console.out(std::string(core::name_of(options.verb)) + " " + *id + ": now " +
                std::string(core::name_of(view->status)));
    if (!drives) console.err("no --service is given: the saga goes on when it is run next");
  } else {
    console.out(runtime::to_json(*view));
  }
  return kOk;
}

}  // namespace saga::cli
