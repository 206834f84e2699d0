#include "bench/bare_client.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <unordered_map>

#include "bench/workflow.hpp"
#include "engine/journal/sqlite_journal.hpp"
#include "engine/runtime/commit_queue.hpp"

namespace saga::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using beast::error_code;

constexpr std::size_t kCalls = 3;
constexpr std::size_t kFlushAt = 48;  // as the engine does

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "the bare client failed: %s\n", why.c_str());
  std::exit(1);
}

class BareClient;

// One saga after the other on one connection.
class Lane {
 public:
  Lane(BareClient& client, asio::io_context& loop) : client_(client), stream_(loop) {}
  void connect(const asio::ip::tcp::endpoint& server);
  void begin();
  void committed();

 private:
  void call();

  BareClient& client_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
  SteadyTime began_;
  std::string id_;
  std::size_t calls_ = 0;
};

class BareClient {
 public:
  BareClient(ports::Journal& journal, const std::vector<ports::HistoryRow>& rows, const Load& load,
             Stopwatch& watch)
      : rows_(rows),
        load_(load),
        watch_(watch),
        work_(loop_.get_executor()),
        commits_(journal, events()) {}

  void run(std::uint16_t port) {
    const asio::ip::tcp::endpoint server(asio::ip::address_v4::loopback(), port);
    for (std::uint64_t i = 0; i < load_.in_flight; ++i) {
      lanes_.push_back(std::make_unique<Lane>(*this, loop_));
      lanes_.back()->connect(server);
      asio::post(loop_, [lane = lanes_.back().get()] { lane->begin(); });
    }
    loop_.run();
    commits_.stop();
  }

  // The id of the next saga; empty at the end.
  std::string next_id() {
    if (started_ == load_.sagas) return {};
    char id[37];
    std::snprintf(id, sizeof id, "00000000-0000-7000-8000-%012llu",
                  static_cast<unsigned long long>(++started_));
    return id;
  }
  void ended(SteadyTime began) {
    watch_.ended(began);
    if (++ended_ == load_.sagas) loop_.stop();
  }

  // Commits the saga's row of this number; the lane is told.
  void keep(Lane& lane, const std::string& id, std::size_t number) {
    ports::HistoryRow row = rows_[number];
    row.machine_id = id;
    const bool is_last = number + 1 == rows_.size();
    if (number == 0 || is_last) {
      ports::SagaRow listed;
      listed.id = id;
      listed.definition = "bench.ThreeSteps";
      listed.definition_hash = "h";
      listed.status = is_last ? core::Status::kCompleted : core::Status::kRunning;
      listed.started_at = listed.updated_at = row.at;
      batch_.sagas.push_back(std::move(listed));
      batch_.timers.push_back(
          {id, is_last ? std::nullopt : std::optional<base::TimePoint>(base::TimePoint{})});
    }
    batch_.history.push_back(std::move(row));
    waiting_.push_back(&lane);
    if (batch_.history.size() >= kFlushAt) return flush();
    if (!std::exchange(is_flush_posted_, true)) asio::post(loop_, [this] { flush(); });
  }

 private:
  void flush() {
    is_flush_posted_ = false;
    if (batch_.history.empty()) return;
    submitted_.push_back(std::exchange(waiting_, {}));
    commits_.submit({++number_, std::exchange(batch_, {})});
  }

  runtime::CommitQueue::Events events() {
    runtime::CommitQueue::Events events;
    events.on_committed = [this](std::uint64_t number, const std::vector<ports::HistoryRow>&) {
      asio::post(loop_, [this, number] { committed(number); });
    };
    events.on_holding = events.on_fatal = [](const base::Error& why) { give_up(why.message); };
    events.on_going_on = [] {};
    return events;
  }

  void committed(std::uint64_t number) {
    for (; committed_ < number; ++committed_) {
      const std::vector<Lane*> lanes = std::move(submitted_.front());
      submitted_.pop_front();
      for (Lane* lane : lanes) lane->committed();
    }
  }

  const std::vector<ports::HistoryRow>& rows_;
  const Load load_;
  Stopwatch& watch_;
  asio::io_context loop_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  ports::Batch batch_;
  std::vector<Lane*> waiting_;
  std::deque<std::vector<Lane*>> submitted_;
  bool is_flush_posted_ = false;
  std::uint64_t number_ = 0;
  std::uint64_t committed_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t ended_ = 0;
  runtime::CommitQueue commits_;
};

void Lane::connect(const asio::ip::tcp::endpoint& server) {
  stream_.connect(server);
  stream_.socket().set_option(asio::ip::tcp::no_delay(true));
}

void Lane::begin() {
  id_ = client_.next_id();
  if (id_.empty()) return;
  began_ = std::chrono::steady_clock::now();
  calls_ = 0;
  client_.keep(*this, id_, 0);
}

void Lane::committed() {
  if (calls_ < kCalls) return call();
  client_.ended(began_);
  begin();
}

void Lane::call() {
  request_ = {http::verb::post, "/reserve", 11};
  request_.set(http::field::host, "127.0.0.1");
  request_.set(http::field::content_type, "application/json");
  request_.set("Idempotency-Key", id_ + "/reserve");
  request_.set("Saga-Id", id_);
  request_.set("Saga-Step", "reserve");
  request_.set("Saga-Op", "action");
  request_.set("Saga-Attempt", "1");
  request_.body() = three_steps_input(calls_, false);
  request_.prepare_payload();
  response_ = {};
  stream_.expires_after(std::chrono::seconds(30));
  http::async_write(stream_, request_, [this](error_code error, std::size_t) {
    if (error) give_up(error.message());
    http::async_read(stream_, buffer_, response_, [this](error_code failed, std::size_t) {
      if (failed) give_up(failed.message());
      client_.keep(*this, id_, ++calls_);
    });
  });
}

}  // namespace

Figures run_bare_client(const std::string& file, std::uint16_t port,
                        const std::vector<ports::HistoryRow>& rows, const Load& load) {
  auto journal = journal::SqliteJournal::open(file);
  if (!journal) give_up(journal.error().message);
  Stopwatch watch(load.sagas);
  BareClient client(**journal, rows, load, watch);
  client.run(port);
  return watch.stop(file);
}

}  // namespace saga::bench
