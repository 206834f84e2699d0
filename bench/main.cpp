#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "adapters/http/http_participants.hpp"
#include "bench/answering_server.hpp"
#include "bench/bare_client.hpp"
#include "bench/engine_load.hpp"
#include "bench/raw_sqlite.hpp"
#include "bench/sample.hpp"
#include "engine/runtime/system_clock.hpp"

// What the engine costs, beside what the same work costs without one, in one run.
namespace saga::bench {
namespace {

struct Options {
  std::uint64_t sagas = 60'000;  // of each measurement; fewer where few are in flight
  std::uint64_t rounds = 3;
  std::string only;  // a part's name
};

void print(const char* what, std::uint64_t in_flight, const Figures& figures) {
  std::printf("%-30s %5llu %9.0f %8.2f %8.2f %8.2f %9.1f %8.0f\n", what,
              static_cast<unsigned long long>(in_flight), figures.sagas_per_second, figures.p50_ms,
              figures.p95_ms, figures.p99_ms, figures.cpu_us, figures.bytes);
  std::fflush(stdout);
}

void print_head(const char* title) {
  std::printf("\n%s\n%-30s %5s %9s %8s %8s %8s %9s %8s\n", title, "", "open", "sagas/s", "p50 ms",
              "p95 ms", "p99 ms", "CPU us", "bytes");
}

runtime::CallerFactory over_http(const ports::Clock& clock, std::uint16_t port) {
  return [&clock, port](boost::asio::io_context& loop) {
    http::Config config;
    config.services["Shop"].url = "http://127.0.0.1:" + std::to_string(port);
    config.services["Shop"].connections = 512;
    return std::make_unique<http::HttpParticipants>(loop, clock, std::move(config));
  };
}

void in_process_part(const Options& options, const std::vector<ports::HistoryRow>& rows) {
  print_head("Participants in the same process, beside SQLite alone with the same rows");
  for (std::uint64_t round = 0; round < options.rounds; ++round) {
    for (const std::uint64_t batch : {256U, 1'000U}) {
      const Folder folder;
      Figures raw;
      raw.sagas_per_second =
          raw_sagas_per_second(folder.file("raw.db"), options.sagas, rows, batch);
      raw.bytes = static_cast<double>(file_bytes(folder.file("raw.db"))) /
                  static_cast<double>(options.sagas);
      print(batch == 256 ? "SQLite, 256 rows a commit" : "SQLite, 1,000 rows a commit", 1'000, raw);
    }
    for (const std::uint64_t percent : {0U, 10U}) {
      const Folder folder;
      const Load load{options.sagas, 2'000, percent};
      print(percent == 0 ? "engine" : "engine, 10 % compensated", load.in_flight,
            run_engine(folder.file("saga.db"), in_process(), load));
    }
  }
}

void http_part(const Options& options, const AnsweringServer& server,
               const std::vector<ports::HistoryRow>& rows) {
  const runtime::SystemClock clock;
  print_head("Three calls over loopback HTTP, beside a bare Beast client with the same commits");
  for (std::uint64_t round = 0; round < options.rounds; ++round) {
    for (const std::uint64_t in_flight : {1U, 16U, 128U, 512U}) {
      const std::uint64_t sagas = in_flight == 1    ? options.sagas / 20
                                  : in_flight == 16 ? options.sagas / 4
                                                    : options.sagas;
      const Folder folder;
      print("bare client", in_flight,
            run_bare_client(folder.file("bare.db"), server.port(), rows, {sagas, in_flight, 0}));
      print("engine", in_flight,
            run_engine(folder.file("saga.db"), over_http(clock, server.port()),
                       {sagas, in_flight, 0}));
      if (in_flight != 128) continue;
      print("engine, 10 % compensated", in_flight,
            run_engine(folder.file("comp.db"), over_http(clock, server.port()),
                       {sagas, in_flight, 10}));
    }
  }
}

int run(int argc, char** argv) {
  CLI::App app{"Measures the engine beside raw SQLite and a bare HTTP client."};
  Options options;
  app.add_option("--sagas", options.sagas, "sagas of each measurement");
  app.add_option("--rounds", options.rounds, "how often each is repeated");
  app.add_option("--only", options.only, "one part: process or http")
      ->check(CLI::IsMember({"process", "http"}));
  CLI11_PARSE(app, argc, argv);
  const AnsweringServer server;  // forks: first
  const std::vector<ports::HistoryRow> rows = sample_rows();
  if (options.only != "http") in_process_part(options, rows);
  if (options.only != "process") http_part(options, server, rows);
  return 0;
}

}  // namespace
}  // namespace saga::bench

int main(int argc, char** argv) { return saga::bench::run(argc, argv); }
