#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/ports/journal.hpp"
#include "engine/runtime/requests.hpp"

namespace saga::runtime {

// The journal's thread: commits batches in order, all that came in during the last commit in one
// (group commit). While the journal is full or can't be written it keeps them and tries again;
// after any other error it commits nothing more.
// Thread-safety: submit and stop from one thread; the events run on the queue's own thread.
class CommitQueue {
 public:
  struct Events {
    // All up to `number` are durable.
    std::function<void(std::uint64_t number, std::vector<ports::HistoryRow> rows)> on_committed;
    std::function<void(const base::Error& why)> on_holding;
    std::function<void()> on_going_on;
    std::function<void(const base::Error& why)> on_fatal;
  };

  CommitQueue(ports::Journal& journal, Events events);
  ~CommitQueue();  // as stop()
  CommitQueue(const CommitQueue&) = delete;
  CommitQueue& operator=(const CommitQueue&) = delete;

  void submit(Submission submission);
  // Commits what was submitted and ends the thread; what the journal can't take now is dropped.
  void stop();
  // Submitted and not yet taken for a commit.
  [[nodiscard]] std::size_t waiting() const;

 private:
  void run();
  void commit_all();
  std::vector<Submission> take();
  bool commit(const ports::Batch& batch);
  bool wait_before_retry();

  ports::Journal& journal_;
  const Events events_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Submission> queue_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace saga::runtime
