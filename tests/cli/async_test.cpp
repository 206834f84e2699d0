#include <doctest/doctest.h>

#include <condition_variable>
#include <csignal>
#include <mutex>

#include "tests/cli/full_disk.hpp"
#include "tests/support/service.hpp"

namespace saga::cli::test {
namespace {

using saga::test::Connection;
using saga::test::Reply;
using saga::test::Request;
using saga::test::Service;

// A printer that takes each order (202), or leaves it without an answer, and a journal.
class Printer {
 public:
  ~Printer() { let_go(); }
  // Leaves calls without an answer until `let_go`.
  void hold() { set(true); }
  void let_go() { set(false); }
  Service& service() { return service_; }
  [[nodiscard]] const Folder& folder() const { return folder_; }
  [[nodiscard]] std::string db() const { return folder_.file("saga.db"); }

  [[nodiscard]] Words run(const std::string& saga, const std::string& input,
                          const Words& more = {}) const {
    Words words = {"run",       fixture("prints.saga"),     saga, "--input", input, "--db", db(),
                   "--service", "Printer=" + service_.url()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  [[nodiscard]] Words print(const std::string& order, const Words& more = {}) const {
    return run("Print", R"({"order":")" + order + "\"}", more);
  }
  // Where the answer of the call with this number goes.
  std::string callback(std::size_t call = 1) {
    return service_.wait_for("print", call).headers.at("Saga-Callback");
  }

 private:
  void set(bool holds) {
    {
      const std::lock_guard lock(mutex_);
      holds_ = holds;
    }
    changed_.notify_all();
  }
  Reply answer(const Request& request) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !holds_; });
    return {request.target == "/print" ? 202 : 200, {}, "null"};
  }

  Folder folder_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool holds_ = false;
  Service service_{[this](const Request& request) { return answer(request); }};
};

}  // namespace

TEST_CASE("an async answer comes by its callback, and the saga goes on") {
  Printer printer;
  Program run(command(printer.print("O1")));
  REQUIRE(run.wait_for("job: accepted"));
  CHECK(saga::test::post(printer.callback(), "\"page\"").status == 200);
  const Ended ended = run.wait();
  CHECK(ended.code == 0);
  CHECK(has(ended.out, "\"page\""));
}

TEST_CASE("a start that is refused while other sagas have async calls ends in order") {
  Printer printer;
  printer.hold();
  std::string orders;
  for (int i = 0; i < 60; ++i) orders += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\"";
  Program run(command(printer.run("PrintAll", R"({"name":"N","orders":[)" + orders + "]}")));
  printer.service().wait_for("print", 60);
  run.kill();
  for (int i = 0; i < 10; ++i) {
    const Ended refused = saga(printer.run("PrintAll", R"({"name":"N","orders":[]})"));
    CHECK_MESSAGE(refused.code == 7, refused.err);
  }
}

TEST_CASE("a callback is confirmed only once it is durable") {
  Printer printer;
  const FullDisk disk(printer.folder());
  Program run(disk.under(command(printer.print("O1"))));
  REQUIRE(run.wait_for("job: accepted"));
  const std::string url = printer.callback();
  disk.fill();
  Connection caller = Connection::to(saga::test::port_of(url));
  caller.send(to_text(Request{"POST", url.substr(url.find("/v1/")), {}, "\"page\""}));
  REQUIRE(run.wait_for("waiting: the journal can't be written"));
  CHECK(caller.is_silent_for(100));
  disk.make_room();
  CHECK(caller.read_reply().status == 200);
  CHECK(run.wait().code == 0);
}

TEST_CASE("a callback that comes again, or too late, is confirmed too") {
  Printer printer;
  Program run(command(printer.run("PrintAll", R"({"name":"N","orders":["O1","O2"]})")));
  const std::string first = printer.callback(1);
  const std::string second = printer.callback(2);
  CHECK(saga::test::post(first, "\"page\"").status == 200);
  CHECK(saga::test::post(first, "\"page\"").status == 200);
  CHECK(saga::test::post(first, "\"another\"").status == 200);
  CHECK(saga::test::post(second, "\"page\"").status == 200);
  CHECK(run.wait().code == 0);
}

TEST_CASE("the URL of a callback holds after a restart") {
  Printer printer;
  Program first(command(printer.print("O1")));
  REQUIRE(first.wait_for("job: accepted"));
  const std::string url = printer.callback();
  SUBCASE("by SIGTERM") { first.signal(SIGTERM); }
  SUBCASE("by SIGKILL") { first.signal(SIGKILL); }
  CHECK(first.wait().code > 128);
  Program second(command(printer.print("O1")));
  REQUIRE(second.wait_for("this start is known"));
  CHECK(saga::test::post(url, "\"page\"").status == 200);
  CHECK(second.wait().code == 0);
}

TEST_CASE("a port of callbacks that is taken meanwhile is told, and another may be given") {
  Printer printer;
  Program first(command(printer.print("O1")));
  REQUIRE(first.wait_for("job: accepted"));
  const std::uint16_t port = saga::test::port_of(printer.callback());
  first.kill();
  const Service other([](const Request&) { return Reply{}; }, port);
  const Ended refused = saga(printer.print("O1"));
  CHECK(refused.code == 5);
  CHECK(has(refused.err, std::to_string(port)));
  CHECK(has(refused.err, "--callback-port"));
  const Service picked([](const Request&) { return Reply{}; });
  const Ended taken = saga(
      printer.print("O1", {"--callback-port", std::to_string(saga::test::port_of(picked.url()))}));
  CHECK(taken.code == 5);
  CHECK_FALSE(has(taken.err, "were told"));
}

TEST_CASE("a participant that refuses its credentials is told to a person, once") {
  const Folder folder;
  const Service service([](const Request&) { return Reply{401, {}, ""}; });
  const Ended ended =
      saga({"run", fixture("prints.saga"), "PrintAll", "--input",
            R"({"name":"N","orders":["O1","O2","O3"]})", "--service", "Printer=" + service.url()});
  CHECK(ended.code == 3);
  const std::string told = "alert: shop.prints.Printer at " + service.url();
  CHECK(has(ended.err, told));
  CHECK(has(ended.err, "(401)"));
  CHECK(ended.err.find(told) == ended.err.rfind(told));
}

TEST_CASE("an output that nobody reads doesn't stop the saga, and then has all of it") {
  Printer printer;
  std::string lines;
  for (int i = 0; i < 1'000; ++i)
    lines += (i == 0 ? "\"" : ",\"") + std::string(200, 'x') + std::to_string(i) + "\"";
  const std::string input = printer.folder().write("input.json", R"({"lines":[)" + lines + "]}");
  printer.hold();
  Program run(command(printer.run("Notes", "@" + input, {"-o", "jsonl"})));
  REQUIRE(run.wait_for("attempt_sent"));
  printer.let_go();
  printer.service().wait_for("drop", 2);  // while nobody reads
  const Ended ended = run.wait();
  CHECK(ended.code == 0);
  const std::vector<std::string> shown = lines_of(ended.out);
  REQUIRE(shown.size() > 1'000);
  for (std::size_t i = 0; i + 1 < shown.size(); ++i) CHECK(parse(shown[i])["seq"] == i + 1);
  CHECK(parse(shown.back())["status"] == "completed");
}

}  // namespace saga::cli::test
