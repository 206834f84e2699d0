#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace saga::demo {

// Purpose: one thread that does jobs in the order they came. offer() is thread-safe; stop() is for
// the owner: it lets the job that runs end, destroys the others, and nothing is taken after it.
class Worker {
 public:
  explicit Worker(std::size_t most_waiting) : most_waiting_(most_waiting) {}
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // False when too many wait already.
  bool offer(std::function<void()> job);
  void stop();

 private:
  void loop();

  const std::size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::thread thread_{[this] { loop(); }};  // last: it uses the members above
};

}  // namespace saga::demo
