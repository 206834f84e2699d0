#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace saga::bench {

using SteadyTime = std::chrono::steady_clock::time_point;

// What one run gave.
struct Figures {
  double sagas_per_second = 0;
  double p50_ms = 0;
  double p95_ms = 0;
  double p99_ms = 0;
  double cpu_us = 0;  // of this process, user and system, a saga
  double bytes = 0;   // of the journal's file, a saga
};

// Times a run of so many sagas. Not thread-safe.
class Stopwatch {
 public:
  explicit Stopwatch(std::uint64_t sagas);
  void ended(SteadyTime began) { latencies_.push_back(std::chrono::steady_clock::now() - began); }
  [[nodiscard]] Figures stop(const std::string& file);

 private:
  std::uint64_t sagas_;
  SteadyTime began_;
  double cpu_before_;
  std::vector<std::chrono::steady_clock::duration> latencies_;
};

// The size of a journal with its write-ahead log.
std::uint64_t file_bytes(const std::string& path);

// A folder of the run's own, removed with it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace saga::bench
