#include "bench/measure.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace saga::bench {
namespace {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

Stopwatch::Stopwatch(std::uint64_t sagas)
    : sagas_(sagas), began_(std::chrono::steady_clock::now()), cpu_before_(cpu_seconds()) {
  latencies_.reserve(sagas);
}

Figures Stopwatch::stop(const std::string& file) {
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began_;
  const auto sagas = static_cast<double>(sagas_);
  Figures figures;
  figures.cpu_us = (cpu_seconds() - cpu_before_) * 1e6 / sagas;
  figures.sagas_per_second = sagas / took.count();
  figures.bytes = static_cast<double>(file_bytes(file)) / sagas;
  if (latencies_.empty()) return figures;
  std::sort(latencies_.begin(), latencies_.end());
  const auto at = [&](double share) {
    const auto index = static_cast<std::size_t>(share * static_cast<double>(latencies_.size() - 1));
    return std::chrono::duration<double, std::milli>(latencies_[index]).count();
  };
  figures.p50_ms = at(0.50);
  figures.p95_ms = at(0.95);
  figures.p99_ms = at(0.99);
  return figures;
}

std::uint64_t file_bytes(const std::string& path) {
  std::uint64_t bytes = 0;
  for (const std::string& file : {path, path + "-wal"}) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(file, error);
    if (!error) bytes += size;
  }
  return bytes;
}

Folder::Folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "saga-bench.XXXXXX").string();
  const char* made = mkdtemp(pattern.data());
  path_ = made == nullptr ? "." : made;
}

Folder::~Folder() {
  if (path_ != ".") std::filesystem::remove_all(path_);
}

}  // namespace saga::bench
