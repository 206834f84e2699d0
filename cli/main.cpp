#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <string>
#include <vector>

#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/usage.hpp"

// The command line of `saga`: one subcommand a verb, each with a structure of options and a
// function.
namespace saga::cli {
namespace {

constexpr const char* kWrite = "Write";
constexpr const char* kRun = "Run";
constexpr const char* kUse = "Use";
constexpr const char* kOther = "Other";

const std::map<std::string, OutputFormat> kFormats = {{"text", OutputFormat::kText},
                                                      {"json", OutputFormat::kJson},
                                                      {"jsonl", OutputFormat::kJsonLines}};

void add_output(CLI::App& app, CommonOptions& options) {
  app.add_option_function<std::string>(
         "-o,--output",
         [&options](const std::string& text) {
           const auto format = kFormats.find(text);
           if (format == kFormats.end())
             throw CLI::ValidationError("-o takes text, json or jsonl, and no `" + text + "`");
           options.format = format->second;
         },
         "text, json or jsonl")
      ->type_name("FORMAT");
}

// A value that a shell's empty variable left empty isn't the same as none.
CLI::Option* add_given(CLI::App& app, const std::string& name, std::string& to, const char* what) {
  return app.add_option_function<std::string>(
      name,
      [name, &to](const std::string& text) {
        if (text.empty())
          throw CLI::ValidationError(name + " is empty: give it a value, or leave it out");
        to = text;
      },
      what);
}

void add_store(CLI::App& app, CommonOptions& options) {
  add_output(app, options);
  add_given(app, "--db", options.db, "the journal's file (or SAGA_DB, or `db` in saga.toml)")
      ->type_name("FILE");
  add_given(app, "--config", options.config, "the configuration (default: ./saga.toml)")
      ->type_name("FILE");
}

void add_wait(CLI::App& app, std::string& wait) {
  add_given(app, "--wait", wait, "at most so long, such as 30s; the saga goes on later")
      ->type_name("DURATION");
}

void add_services(CLI::App& app, CommonOptions& options) {
  app.add_option("--service", options.services, "a participant's address; repeat for each service")
      ->type_name("NAME=URL")
      ->allow_extra_args(false);
  add_given(app, "--callback-port", options.callback_port,
            "where answers of `async` operations come; 0: as before, or a free one")
      ->type_name("PORT");
}

// Everything the parser fills in, and the verb to run afterwards.
struct Program {
  CLI::App app{"Saga: workflows across services that finish or are compensated.", "saga"};
  CheckOptions check;
  NewOptions create;
  TestOptions test;
  FmtOptions fmt;
  RunOptions run;
  MockOptions mock;
  ListOptions list;
  SagaOptions show;
  SagaOptions history;
  CommonOptions inbox;
  std::array<OperateOptions, 5> operate;
  DemoOptions demo;
  CommonOptions version;
  ExplainOptions explain;
  std::function<int(const Console&)> verb;

  CLI::App* add(const char* name, const char* what, const char* group, const char* example) {
    CLI::App* sub = app.add_subcommand(name, what);
    sub->group(group);
    sub->footer(std::string("Example:\n  ") + example);
    return sub;
  }
};

void add_check(Program& program) {
  CLI::App* sub =
      program.add("check", "find the faults of workflow files", kWrite, "saga check order.saga");
  sub->add_option("files", program.check.files, "workflow files, and folders of them")
      ->required()
      ->type_name("PATH...");
  add_output(*sub, program.check);
  sub->callback(
      [&program] { program.verb = [&](const Console& c) { return run_check(program.check, c); }; });
}

void add_new(Program& program) {
  CLI::App* sub = program.add("new", "write a first workflow file, with tests that pass", kWrite,
                              "saga new order.saga");
  sub->add_option("file", program.create.file, "a file that isn't there yet")
      ->required()
      ->type_name("FILE");
  add_output(*sub, program.create);
  sub->callback(
      [&program] { program.verb = [&](const Console& c) { return run_new(program.create, c); }; });
}

void add_test(Program& program) {
  TestOptions& options = program.test;
  CLI::App* sub = program.add("test", "run the `test` blocks of workflow files on mocks", kWrite,
                              "saga test workflows/ --only \"declined\"");
  sub->add_option("paths", options.paths, "workflow files, and folders of them")
      ->required()
      ->type_name("PATH...");
  add_given(*sub, "--only", options.only, "only tests whose names hold this")->type_name("TEXT");
  add_given(*sub, "--junit", options.junit, "write a JUnit report, too")->type_name("FILE");
  add_output(*sub, options);
  sub->callback(
      [&program] { program.verb = [&](const Console& c) { return run_test(program.test, c); }; });
}

void add_fmt(Program& program) {
  FmtOptions& options = program.fmt;
  CLI::App* sub = program.add("fmt", "put workflow files into the one layout of the language",
                              kWrite, "saga fmt order.saga workflows/");
  sub->add_option("paths", options.paths,
                  "workflow files, folders with such files, or - for standard input to output")
      ->required()
      ->type_name("PATH...");
  CLI::Option* check = sub->add_flag("--check", options.check,
                                     "write nothing, list what would change, and say no if any");
  sub->add_flag("--diff", options.diff, "write nothing, show what would change, and say no if any")
      ->excludes(check);
  add_output(*sub, options);
  sub->callback(
      [&program] { program.verb = [&](const Console& c) { return run_fmt(program.fmt, c); }; });
}

void add_explain(Program& program) {
  CLI::App* sub =
      program.add("explain", "tell what a diagnostic means", kWrite, "saga explain E0307");
  sub->add_option("code", program.explain.code, "a diagnostic's code")
      ->required()
      ->type_name("CODE");
  add_output(*sub, program.explain);
  sub->callback([&program] {
    program.verb = [&](const Console& c) { return run_explain(program.explain, c); };
  });
}

std::pair<CLI::Option*, CLI::Option*> add_setup(CLI::App& app, MockSetup& setup) {
  return {app.add_option("--answer", setup.answers,
                         "what a mock answers, in place of a sample; repeat for each operation")
              ->type_name("OPERATION=JSON")
              ->allow_extra_args(false),
          app.add_option("--fault", setup.faults,
                         "what goes wrong, once or `*N` times or `*always`: reject:ERROR, "
                         "delay:TIME, drop_answer, unavailable, error, bad_json")
              ->type_name("OPERATION=FAULT")
              ->allow_extra_args(false)};
}

void add_mock(Program& program) {
  MockOptions& options = program.mock;
  CLI::App* sub = program.add("mock", "serve the services of workflow files as mocks", kRun,
                              "saga mock order.saga --port 9100 \\\n"
                              "    --fault \"Payment.authorise=reject:Declined*2\"");
  sub->add_option("paths", options.paths, "workflow files, and folders of them")
      ->required()
      ->type_name("PATH...");
  sub->add_option("--port", options.port,
                  "at this port of the loopback address (default: a free one)")
      ->type_name("PORT");
  add_setup(*sub, options.setup);
  add_output(*sub, options);
  sub->callback(
      [&program] { program.verb = [&](const Console& c) { return run_mock(program.mock, c); }; });
}

void add_run(Program& program) {
  RunOptions& options = program.run;
  CLI::App* sub =
      program.add("run", "run one saga and show its steps; with --db it goes on where it was", kRun,
                  "saga run order.saga PlaceOrder --input @order.json --db saga.db \\\n"
                  "    --service Payment=http://127.0.0.1:9102");
  sub->add_option("file", options.file, "the workflow file, or a folder")
      ->required()
      ->type_name("FILE");
  sub->add_option("saga", options.saga, "its saga's name; may be left out where there is one only")
      ->type_name("SAGA");
  sub->add_option("-i,--input", options.input, "the input: JSON, @FILE, or - for standard input")
      ->type_name("JSON");
  add_wait(*sub, options.wait);
  add_store(*sub, options);
  add_services(*sub, options);
  CLI::Option* mock = sub->add_flag("--mock", options.mock,
                                    "mocks answer for the services that `--service` doesn't name");
  const auto [answer, fault] = add_setup(*sub, options.setup);
  answer->needs(mock);
  fault->needs(mock);
  sub->callback(
      [&program] { program.verb = [&](const Console& c) { return run_run(program.run, c); }; });
}

void add_demo(Program& program) {
  DemoOptions& options = program.demo;
  CLI::App* sub =
      program.add("demo", "start demo participants and place orders that succeed, fail and crash",
                  kRun, "saga demo");
  sub->add_option("--participant", options.participant, "the participants' program")
      ->type_name("FILE");
  sub->add_option("--workflow", options.workflow, "the order workflow")->type_name("FILE");
  sub->callback(
      [&program] { program.verb = [&](const Console& c) { return run_demo(program.demo, c); }; });
}

void add_list(Program& program) {
  ListOptions& options = program.list;
  CLI::App* sub = program.add("list", "list sagas, newest first", kUse,
                              "saga list --db saga.db --status stuck");
  add_given(*sub, "--status", options.status, "only these")->type_name("STATUS");
  add_given(*sub, "--definition", options.definition, "only this definition's")->type_name("NAME");
  add_given(*sub, "--key", options.key, "only with this key")->type_name("KEY");
  sub->add_option("--limit", options.limit, "at most so many")
      ->check(CLI::Range(1, 500))
      ->type_name("N");
  add_given(*sub, "--cursor", options.cursor, "go on after the last page")->type_name("CURSOR");
  add_store(*sub, options);
  sub->callback(
      [&program] { program.verb = [&](const Console& c) { return run_list(program.list, c); }; });
}

void add_id(CLI::App& sub, std::string& id) {
  sub.add_option("id", id, "the saga's id, its beginning, or its key")->required()->type_name("ID");
}

void add_show(Program& program) {
  CLI::App* show = program.add("show", "show one saga", kUse, "saga show 0197a3 --db saga.db");
  add_id(*show, program.show.id);
  add_store(*show, program.show);
  show->callback(
      [&program] { program.verb = [&](const Console& c) { return run_show(program.show, c); }; });
  CLI::App* history = program.add("history", "show all that happened to a saga", kUse,
                                  "saga history 0197a3 --db saga.db -o jsonl");
  add_id(*history, program.history.id);
  history
      ->add_option_function<std::string>(
          "--after",
          [&after = program.history.after](const std::string& text) {
            const char* end = text.data() + text.size();
            const auto [stop, error] = std::from_chars(text.data(), end, after);
            if (error != std::errc{} || stop != end)
              throw CLI::ValidationError("--after takes a SEQ, and no `" + text + "`");
          },
          "only records after this one")
      ->type_name("SEQ");
  add_store(*history, program.history);
  history->callback([&program] {
    program.verb = [&](const Console& c) { return run_history(program.history, c); };
  });
  CLI::App* inbox =
      program.add("inbox", "list what waits for a person", kUse, "saga inbox --db saga.db");
  add_store(*inbox, program.inbox);
  inbox->callback(
      [&program] { program.verb = [&](const Console& c) { return run_inbox(program.inbox, c); }; });
}

CLI::App* add_operation(Program& program, core::OperatorVerb verb, const char* what,
                        const char* example) {
  OperateOptions& options = program.operate[static_cast<std::size_t>(verb)];
  options.verb = verb;
  CLI::App* sub = program.add(std::string(core::name_of(verb)).c_str(), what, kUse, example);
  add_id(*sub, options.id);
  sub->add_option("--reason", options.reason, "why; kept in the history")->type_name("TEXT");
  sub->add_option("--actor", options.actor, "who; default: the user")->type_name("NAME");
  add_wait(*sub, options.wait);
  add_store(*sub, options);
  add_services(*sub, options);
  sub->callback([&program, &options] {
    program.verb = [&](const Console& c) { return run_operate(options, c); };
  });
  return sub;
}

void add_operations(Program& program) {
  using Verb = core::OperatorVerb;
  const auto add_step = [&](CLI::App* sub, Verb verb) {
    sub->add_option("--step", program.operate[static_cast<std::size_t>(verb)].step,
                    "the parked step's path; may be left out where one is parked only")
        ->type_name("PATH");
  };
  add_operation(program, Verb::kCancel, "stop at the next safe point and compensate",
                "saga cancel 0197a3 --db saga.db --reason \"the buyer changed her mind\"");
  add_operation(program, Verb::kTerminate, "stop without compensating and list what is left",
                "saga terminate 0197a3 --db saga.db --reason \"…\"");
  add_step(add_operation(program, Verb::kRetry, "try a parked step again",
                         "saga retry 0197a3 --db saga.db"),
           Verb::kRetry);
  add_step(add_operation(program, Verb::kSkip, "leave a parked compensation undone",
                         "saga skip 0197a3 --db saga.db --reason \"…\""),
           Verb::kSkip);
  CLI::App* settle = add_operation(program, Verb::kSettle, "say what became of a parked step",
                                   "saga settle 0197a3 done --result '\"C-77\"' --db saga.db");
  OperateOptions& options = program.operate[static_cast<std::size_t>(Verb::kSettle)];
  settle->add_option("outcome", options.outcome, "done or not_done")
      ->required()
      ->check(CLI::IsMember({"done", "not_done"}));
  settle->add_option("--result", options.result, "the step's result: JSON or @FILE")
      ->type_name("JSON");
  add_step(settle, Verb::kSettle);
}

void add_version(Program& program) {
  CLI::App* sub = program.add("version", "print the version", kOther, "saga version");
  add_output(*sub, program.version);
  sub->callback([&program] {
    program.verb = [&](const Console& c) { return run_version(program.version, c); };
  });
}

int run(int argc, char** argv) {
  const Console console;
  Program program;
  program.app.require_subcommand(1);
  program.app.set_version_flag("--version", "saga " SAGA_VERSION, "print the version");
  program.app.footer(
      "Exit status: 0 ok, 1 negative answer, 2 usage, 3 compensated, 4 stuck, 5 unreachable or "
      "refused,\n"
      "6 not found, 7 conflict, 8 the wait ran out.");
  add_new(program);
  add_check(program);
  add_test(program);
  add_fmt(program);
  add_explain(program);
  add_run(program);
  add_mock(program);
  add_demo(program);
  add_list(program);
  add_show(program);
  add_operations(program);
  add_version(program);
  // `saga help VERB` is `saga VERB --help`.
  std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words[0] == "help") {
    words.erase(words.begin());
    if (!words.empty() && words[0] == "help") words.clear();
    const bool is_known = words.empty() || has_verb(program.app, words[0]);
    words.resize(std::min<std::size_t>(words.size(), 1));
    if (is_known) words.emplace_back("--help");
  }
  const std::string first = words.empty() ? "" : words[0];
  try {
    std::reverse(words.begin(), words.end());  // as CLI11 wants them
    program.app.parse(std::move(words));
  } catch (const CLI::CallForVersion&) {
    console.out("saga " SAGA_VERSION);
    return kOk;
  } catch (const CLI::CallForHelp&) {
    const auto chosen = program.app.get_subcommands();
    console.out(chosen.empty() ? program.app.help() : chosen.front()->help("saga"));
    return kOk;
  } catch (const CLI::ParseError& error) {
    explain_usage(program.app, error, first, console);
    return kUsage;
  }
  const int code = program.verb(console);
  if (Console::is_out_whole()) return code;
  console.error("the standard output can't be written");
  return code == kOk ? kUnreachable : code;
}

}  // namespace
}  // namespace saga::cli

int main(int argc, char** argv) {
  try {
    return saga::cli::run(argc, argv);
  } catch (const std::exception& exception) {
    saga::cli::Console().error(exception.what());
    return saga::cli::kUnreachable;
  }
}
