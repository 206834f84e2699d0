#include <doctest/doctest.h>

#include "tests/cli/command.hpp"

namespace saga::cli::test {
namespace {

const Words kVerbs = {"new",       "mock",  "check", "test",   "fmt",     "explain",
                      "run",       "demo",  "list",  "show",   "history", "cancel",
                      "terminate", "retry", "skip",  "settle", "inbox",   "version"};

TEST_CASE("help names every verb and says what exit codes mean") {
  const Ended help = saga({"--help"});
  CHECK(help.code == 0);
  CHECK(help.err.empty());
  for (const std::string& verb : kVerbs) CHECK_MESSAGE(has(help.out, "\n  " + verb + " "), verb);
  CHECK(has(help.out, "3 compensated"));
}

TEST_CASE("help and version are found where other commands have them") {
  CHECK(saga({"help"}).out == saga({"--help"}).out);
  CHECK(saga({"help", "run"}).out == saga({"run", "--help"}).out);
  CHECK(saga({"help", "rnu"}).code == 2);
  CHECK(saga({"--version"}).code == 0);
  CHECK(saga({"--version"}).out == saga({"version"}).out);
}

TEST_CASE("each verb's help shows an example of it") {
  for (const std::string& verb : kVerbs) {
    const Ended help = saga({verb, "--help"});
    CHECK(help.code == 0);
    CHECK(help.err.empty());
    CHECK_MESSAGE(has(help.out, "Example:\n  saga " + verb), help.out);
    CHECK(has(help.out, "Usage: saga " + verb));
  }
}

TEST_CASE("a call without a verb is told where help is") {
  const Ended ended = saga({});
  CHECK(ended.code == 2);
  CHECK(ended.out.empty());
  CHECK(has(ended.err, "see `saga --help`"));
}

TEST_CASE("a misspelt verb or flag is told the nearest") {
  const Ended verb = saga({"chekc", "x.saga"});
  CHECK(verb.code == 2);
  CHECK(has(verb.err, "there is no verb `chekc`"));
  CHECK(has(verb.err, "did you mean `saga check`?"));
  const Ended flag = saga({"list", "--statsu", "stuck"});
  CHECK(flag.code == 2);
  CHECK(has(flag.err, "--statsu"));
  CHECK(has(flag.err, "did you mean `--status`?"));
  CHECK(has(flag.err, "see `saga list --help`"));
  const Ended own = saga({"--versio"});
  CHECK(own.code == 2);
  CHECK(has(own.err, "there is no option `--versio`"));
  CHECK(has(own.err, "did you mean `saga --version`?"));
  CHECK(saga({"help", "help"}).code == 0);
}

TEST_CASE("a missing or wrong argument is named") {
  CHECK(has(saga({"show"}).err, "id"));
  CHECK(saga({"show"}).code == 2);
  const Ended format = saga({"version", "-o", "yaml"});
  CHECK(format.code == 2);
  CHECK(has(format.err, "-o takes text, json or jsonl, and no `yaml`"));
  for (const char* after : {"-1", "x", "1.5", "99999999999999999999"}) {
    const Ended history = saga({"history", "X", "--after", after, "--db", "x.db"});
    CHECK_MESSAGE(history.code == 2, after);
    CHECK(has(history.err, "--after takes a SEQ, and no `" + std::string(after) + "`"));
  }
  for (const char* flag : {"--db", "--wait", "--config"}) {
    const Ended empty = saga({"run", fixture("sells.saga"), "Sell", flag, ""});
    CHECK(empty.code == 2);
    CHECK(has(empty.err, std::string(flag) + " is empty: give it a value, or leave it out"));
  }
  const Ended outcome = saga({"settle", "X", "maybe", "--db", "x.db"});
  CHECK(outcome.code == 2);
  CHECK(has(outcome.err, "not_done"));
  const Ended limit = saga({"list", "--limit", "501", "--db", "x.db"});
  CHECK(limit.code == 2);
  CHECK(has(limit.err, "500"));
}

TEST_CASE("the version is one line or one object") {
  CHECK(saga({"version"}).out.starts_with("saga "));
  CHECK(lines_of(saga({"version"}).out).size() == 1);
  CHECK(parse(saga({"version", "-o", "json"}).out)["version"].is_string());
  CHECK(parse(saga({"version", "-o", "jsonl"}).out)["version"].is_string());
}

TEST_CASE("a diagnostic's code is explained") {
  const Ended text = saga({"explain", "E0307"});
  CHECK(text.code == 0);
  CHECK(text.out.starts_with("E0307: "));
  CHECK(lines_of(text.out).size() > 3);
  const nlohmann::json page = parse(saga({"explain", "E0307", "-o", "json"}).out);
  CHECK(page["code"] == "E0307");
  CHECK(has(text.out, page["title"]));
  CHECK(has(text.out, page["explanation"]));
  const Ended none = saga({"explain", "E9999"});
  CHECK(none.code == 6);
  CHECK(none.out.empty());
  CHECK(has(none.err, "E9999"));
}

TEST_CASE("colour is for terminals, or where it is wanted, and never against NO_COLOR") {
  Launch launch = command({"explain", "E9999"});
  CHECK_FALSE(has(saga::test::run(launch).err, "\x1b["));
  launch.added["CLICOLOR_FORCE"] = "1";
  CHECK(has(saga::test::run(launch).err, "\x1b["));
  launch.added["NO_COLOR"] = "1";
  CHECK_FALSE(has(saga::test::run(launch).err, "\x1b["));
}

TEST_CASE("an answer that can't be written is no success") {
  Launch launch;
  launch.words = {"/bin/sh", "-c", std::string(SAGA_COMMAND) + " version > /dev/full"};
  const Ended ended = saga::test::run(launch);
  CHECK(ended.code == 5);
  CHECK(has(ended.err, "can't be written"));
}

}  // namespace
}  // namespace saga::cli::test
