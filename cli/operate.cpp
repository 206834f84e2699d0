#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include "cli/addresses.hpp"
#include "cli/exit_code.hpp"
#include "cli/family.hpp"
#include "cli/options.hpp"
#include "cli/parked.hpp"
#include "cli/wait.hpp"
#include "cli/workflow.hpp"
#include "engine/base/limits.hpp"
#include "engine/runtime/restore.hpp"
#include "engine/runtime/system_clock.hpp"

namespace saga::cli {
namespace {

std::string current_user() {
  if (const char* user = std::getenv("USER"); user != nullptr && *user != '\0') return user;
  const passwd* entry = getpwuid(getuid());
  if (entry != nullptr && *entry->pw_name != '\0') return entry->pw_name;
  return "uid " + std::to_string(getuid());
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
  if (!input.outcome_done) {
    return base::fail(base::ErrorCode::kInvalidArgument,
                      "what was not done has no result: leave it out", "--result");
  }
  base::Result<std::string> result =
      options.result.starts_with("@")
          ? read_text_file(options.result.substr(1), base::limits::kMaxPayloadBytes)
          : base::Result<std::string>(options.result);
  if (!result) return base::fail(result.error());
  input.result = *result;
  return input;
}

// What no compensation takes back any more: all of a saga that was terminated, and of one that
// goes on the step whose compensation was just skipped.
void print_left_over(const OperateOptions& options, const runtime::SagaView& before,
                     const runtime::SagaView& view, const Console& console) {
  const bool skips = options.verb == core::OperatorVerb::kSkip;
  if (!skips && options.verb != core::OperatorVerb::kTerminate) return;
  if (view.status == core::Status::kTerminated) {
    console.out(view.left_over.empty() ? "nothing is left over"
                                       : "left over: " + joined(view.left_over, ", "));
    return;
  }
  for (const runtime::SagaView::ParkedStep& parked : before.parked) {
    if (skips && (options.step.empty() || options.step == parked.step))
      console.out("left over: " + parked.step);
  }
}

// Before it happens: that an effect is made and undone again.
void warn_of_undoing(const OperateOptions& options, const runtime::SagaView& view,
                     const Console& console) {
  if (options.verb != core::OperatorVerb::kRetry) return;
  for (const runtime::SagaView::ParkedStep& parked : view.parked) {
    if (!options.step.empty() && options.step != parked.step) continue;
    const core::Cause cause = runtime::undone_by(view, parked, runtime::SystemClock().now());
    if (cause != core::Cause::kNone)
      console.err("notice: " + notice_of_undoing(parked.step, cause));
  }
}

int print(const OperateOptions& options, const runtime::SagaView& before,
          const runtime::SagaView& view, bool drives, const Console& console) {
  // A verb that isn't followed by calls leaves a saga as stuck as it was.
  const int code = drives && view.status == core::Status::kStuck ? kStuck : kOk;
  if (options.format != OutputFormat::kText) {
    console.out(runtime::to_json(view));
    return code;
  }
  console.out(std::string(core::name_of(options.verb)) + " " + view.id + ": now " +
              std::string(core::name_of(view.status)));
  print_left_over(options, before, view, console);
  if (view.cancel_requested) console.err("the cancel is " + std::string(kCancelWaits));
  const bool goes_on =
      view.status == core::Status::kRunning || view.status == core::Status::kCompensating;
  if (!drives && goes_on)
    console.err("no address of a service is given: the saga goes on when it is run next");
  if (code == kStuck) {
    for (const runtime::SagaView::ParkedStep& parked : view.parked)
      console.err("next: " + next_verbs(view, parked));
  }
  return code;
}

// Feeds the verb and, if the session drives, the whole family until it is at rest.
int operate(Session& session, const Family& family, runtime::OperateRequest request, bool drives,
            ports::JournalReader& reader, Wait& wait, const Console& console) {
  runtime::Engine& engine = session.engine();
  std::future<runtime::OperateReply> reply = engine.operate(std::move(request));
  if (const WaitEnd end = wait.until(reply); end != WaitEnd::kReady) {
    wait.close(session, end);
    return wait.give_up(end, "whether it was taken is seen by `saga history`");
  }
  if (const runtime::OperateReply done = reply.get(); done.error)
    return report(console, *done.error);
  WaitEnd end = WaitEnd::kReady;
  if (drives) {
    // Who waits for a member takes it into memory, and what is in memory goes on.
    for (const Family::Member& member : family.members) {
      engine.wait_rest(member.id, [](const runtime::RestReply&) {});
    }
    end = wait.until_rest(engine, reader, family.root().id);
  }
  wait.close(session, end);
  const bool is_at_rest = end == WaitEnd::kReady || end == WaitEnd::kNeedsPerson;
  return is_at_rest ? kOk
                    : wait.give_up(end, "saga " + family.root().id +
                                            " isn't finished: it goes on when it is "
                                            "run next");
}

}  // namespace

int run_operate(const OperateOptions& options, const Console& console) {
  base::Result<core::OperatorInput> input = read_input(options);
  if (!input) return report(console, input.error());
  base::Result<std::optional<base::Duration>> longest = parse_wait(options.wait);
  if (!longest) return report(console, longest.error());
  base::Result<Config> config = load_config(options);
  if (!config) return report(console, config.error());
  base::Result<std::unique_ptr<ports::JournalReader>> reader = open_reader(*config);
  if (!reader) return report(console, reader.error());
  base::Result<std::string> id = find_saga_id(**reader, options.id);
  if (!id) return report(console, id.error());
  base::Result<Family> family = read_family(**reader, *id);
  if (!family) return report(console, family.error());

  base::Result<runtime::SagaView> before = runtime::read_saga(**reader, *id);
  if (!before) return report(console, before.error());
  warn_of_undoing(options, *before, console);

  // Without an address a verb is journaled, and the saga goes on when it is run next.
  const bool drives = has_address(*config, family->definitions);
  Wait wait(console, *longest);
  Session::Work work{
      drives ? Session::Drives::kNamed : Session::Drives::kNothing, family->definitions, {}};
  base::Result<std::unique_ptr<Session>> session =
      Session::open(*config, std::move(work), wait.events({}));
  if (!session) return report(console, session.error());
  runtime::OperateRequest request;
  request.saga_id = *id;
  request.input = *input;
  const int code = operate(**session, *family, std::move(request), drives, **reader, wait, console);
  if (code != kOk) return code;
  base::Result<runtime::SagaView> view = runtime::read_saga(**reader, *id);
  if (!view) return report(console, view.error());
  return print(options, *before, *view, drives, console);
}

}  // namespace saga::cli
