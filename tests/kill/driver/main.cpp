#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/http/http_participants.hpp"
#include "dsl/compile.hpp"
#include "engine/journal/hash.hpp"
#include "engine/journal/sqlite_journal.hpp"
#include "engine/runtime/engine.hpp"
#include "engine/runtime/system_clock.hpp"

// An engine that is killed: keeps so many sagas in flight on one journal file and prints a line for
// each thing that a client would know.
//   driver DB WORKFLOW IN_FLIGHT KEYED_FROM KEYED_TO UNKEYED NAME=URL…
// Starts orders with keys K<from>, K<from+1>, … up to K<to>, and by turns ones without a key whose
// ids begin with UNKEYED (none if it is `-`). Ends once all is done.
//   started ID ORDER    the start is acknowledged
//   rest ID STATUS
//   failed TEXT
namespace saga::kill {
namespace {

// One write a line: what a killed process has printed is whole.
void print(const std::string& line) {
  const std::string text = line + "\n";
  if (write(STDOUT_FILENO, text.data(), text.size()) < 0) std::_Exit(1);
}

[[noreturn]] void fail(const std::string& why) {
  print("failed " + why);
  std::_Exit(1);
}

struct Options {
  std::string db;
  std::string workflow;
  std::size_t in_flight = 0;
  std::uint64_t keyed_next = 0;
  std::uint64_t keyed_last = 0;
  std::string unkeyed;
  http::Config services;
};

Options read_options(const std::vector<std::string>& words) {
  Options options;
  options.db = words.at(0);
  options.workflow = words.at(1);
  options.in_flight = std::stoul(words.at(2));
  options.keyed_next = std::stoul(words.at(3));
  options.keyed_last = std::stoul(words.at(4));
  options.unkeyed = words.at(5);
  for (std::size_t i = 6; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    options.services.services[words[i].substr(0, equals)].url = words[i].substr(equals + 1);
  }
  return options;
}

std::map<std::string, std::shared_ptr<const core::Definition>> compile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const dsl::Compilation compilation =
      dsl::compile({dsl::SourceFile(path, std::move(text))}, {journal::sha256_hex});
  std::map<std::string, std::shared_ptr<const core::Definition>> definitions;
  for (const auto& each : compilation.definitions) definitions[each->name] = each;
  if (definitions.empty()) fail("the workflow doesn't compile");
  return definitions;
}

std::string input_of(const std::string& order) {
  return R"({"order":{"id":")" + order +
         R"(","items":[{"sku":"tea","qty":2,"price":{"amount":"12.50","currency":"CNY"}}],)"
         R"("address":{"name":"Li Wei","street":"1 Lake Road","city":"Hangzhou"},"card":"tok"}})";
}

// Called on the engine's thread but for `run`.
class Driver {
 public:
  explicit Driver(Options options)
      : options_(std::move(options)), definitions_(compile(options_.workflow)) {}

  void run() {
    auto journal = journal::SqliteJournal::open(options_.db);
    if (!journal) fail(journal.error().message);
    auto reader = (*journal)->open_reader();
    if (!reader) fail(reader.error().message);
    runtime::EngineOptions options;
    options.events.on_fatal = [](const base::Error& why) { fail(why.message); };
    options.events.on_problem = [](const runtime::Problem& problem) {
      fail(problem.saga_id + ": " + problem.error.message);
    };
    const runtime::CallerFactory make_caller = [this](boost::asio::io_context& loop) {
      return std::make_unique<http::HttpParticipants>(loop, clock_, options_.services);
    };
    auto engine = runtime::Engine::open(**journal, clock_, make_caller, std::move(options));
    if (!engine) fail(engine.error().message);
    engine_ = engine->get();
    engine_->register_definitions(definitions());
    for (const std::string& id : unfinished(**reader)) follow(id);
    std::unique_lock lock(mutex_);
    fill(lock);
    done_.wait(lock, [&] { return in_flight_ == 0; });
    lock.unlock();
    (*engine)->stop(base::Duration{0});
  }

 private:
  [[nodiscard]] std::vector<std::shared_ptr<const core::Definition>> definitions() const {
    std::vector<std::shared_ptr<const core::Definition>> all;
    for (const auto& [name, each] : definitions_) all.push_back(each);
    return all;
  }

  static std::vector<std::string> unfinished(ports::JournalReader& reader) {
    std::vector<std::string> ids;
    for (const core::Status status : {core::Status::kRunning, core::Status::kCompensating}) {
      ports::SagaFilter filter;
      filter.status = status;
      filter.limit = 500;
      do {
        auto page = reader.sagas(filter);
        if (!page) fail(page.error().message);
        for (const ports::SagaRow& row : page->items) {
          if (row.parent_id.empty()) ids.push_back(row.id);
        }
        filter.cursor = page->next_cursor;
      } while (!filter.cursor.empty());
    }
    return ids;
  }

  // Counts a saga that runs already.
  void follow(const std::string& id) {
    const std::lock_guard lock(mutex_);
    ++in_flight_;
    wait_rest(id);
  }

  void wait_rest(const std::string& id) {
    engine_->wait_rest(id, [this, id](const runtime::RestReply& reply) {
      if (!reply.saga) fail(id + ": " + reply.error.message);
      print("rest " + id + " " + std::string(core::name_of(reply.saga->status)));
      std::unique_lock lock(mutex_);
      --in_flight_;
      fill(lock);
      if (in_flight_ == 0) done_.notify_all();
    });
  }

  // Starts as many as are missing.
  void fill(const std::unique_lock<std::mutex>& /*held*/) {
    while (in_flight_ < options_.in_flight) {
      if (is_keyed_turn_ && options_.keyed_next <= options_.keyed_last) {
        start("shop.kill.PlaceOrder", "K" + std::to_string(options_.keyed_next++));
      } else if (options_.unkeyed != "-") {
        start("shop.kill.PlaceBasket", options_.unkeyed + std::to_string(++unkeyed_));
      } else if (options_.keyed_next > options_.keyed_last) {
        return;
      }
      is_keyed_turn_ = !is_keyed_turn_;
    }
  }

  void start(const std::string& definition, const std::string& order) {
    ++in_flight_;
    runtime::StartRequest request{definitions_.at(definition)->hash, input_of(order)};
    engine_->start(std::move(request), [this, order](const runtime::StartReply& reply) {
      if (reply.kind == runtime::StartReply::Kind::kRefused) fail(order + reply.error.message);
      print("started " + reply.saga_id + " " + order);
      wait_rest(reply.saga_id);
    });
  }

  Options options_;
  std::map<std::string, std::shared_ptr<const core::Definition>> definitions_;
  runtime::SystemClock clock_;
  runtime::Engine* engine_ = nullptr;
  std::mutex mutex_;
  std::condition_variable done_;
  std::size_t in_flight_ = 0;
  bool is_keyed_turn_ = true;
  std::uint64_t unkeyed_ = 0;
};

}  // namespace
}  // namespace saga::kill

int main(int argc, char** argv) {
  try {
    saga::kill::Driver(saga::kill::read_options({argv + 1, argv + argc})).run();
    return 0;
  } catch (const std::exception& problem) {
    saga::kill::fail(problem.what());
  }
}
