#include "engine/runtime/commit_queue.hpp"

#include <iterator>
#include <utility>

#include "engine/base/limits.hpp"
#include "engine/runtime/caught.hpp"

namespace saga::runtime {
namespace {

constexpr std::chrono::milliseconds kRetryAfter{250};

template <class Row>
void append(std::vector<Row>& to, std::vector<Row>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void merge(ports::Batch& to, ports::Batch& from) {
  append(to.history, from.history);
  append(to.sagas, from.sagas);
  append(to.timers, from.timers);
  append(to.sent, from.sent);
  append(to.consumed, from.consumed);
  append(to.definitions, from.definitions);
  append(to.snapshots, from.snapshots);
}

// Surely nothing happened, and it may go well later.
bool may_retry(base::ErrorCode code) {
  return code == base::ErrorCode::kDiskFull || code == base::ErrorCode::kReadOnly ||
         code == base::ErrorCode::kLocked;
}

}  // namespace

CommitQueue::CommitQueue(ports::Journal& journal, Events events)
    : journal_(journal), events_(std::move(events)), thread_([this] { run(); }) {}

CommitQueue::~CommitQueue() { stop(); }

void CommitQueue::submit(Submission submission) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(submission));
  }
  changed_.notify_one();
}

void CommitQueue::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::size_t CommitQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

// What one commit holds: everything that waits, up to a limit. Empty at the end.
std::vector<Submission> CommitQueue::take() {
  std::unique_lock lock(mutex_);
  if (queue_.empty() && !is_stopping_) {
    lock.unlock();
    journal_.idle();
    lock.lock();
  }
  changed_.wait(lock, [&] { return is_stopping_ || !queue_.empty(); });
  std::size_t taken = 0;
  std::size_t transitions = 0;
  while (taken < queue_.size() && transitions < base::limits::kMaxBatchTransitions) {
    transitions += queue_[taken++].batch.history.size();
  }
  std::vector<Submission> submissions;
  if (taken == queue_.size()) {
    submissions.swap(queue_);
  } else {
    const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(taken);
    submissions.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
    queue_.erase(queue_.begin(), end);
  }
  return submissions;
}

void CommitQueue::run() {
  // Thrown before, during or after a commit: what the journal holds of it isn't known.
  if (const std::optional<base::Error> why = caught([this] { commit_all(); })) {
    events_.on_fatal(*why);
  }
}

void CommitQueue::commit_all() {
  for (;;) {
    std::vector<Submission> submissions = take();
    if (submissions.empty()) return;
    ports::Batch& batch = submissions.front().batch;
    for (std::size_t i = 1; i < submissions.size(); ++i) merge(batch, submissions[i].batch);
    if (!commit(batch)) return;
    events_.on_committed(submissions.back().number, std::move(batch.history));
  }
}

bool CommitQueue::commit(const ports::Batch& batch) {
  bool is_holding = false;
  for (;;) {
    const base::Result<void> result = journal_.commit(batch);
    if (result) {
      if (is_holding) events_.on_going_on();
      return true;
    }
    if (!may_retry(result.error().code)) {
      events_.on_fatal(result.error());
      return false;
    }
    if (!std::exchange(is_holding, true)) events_.on_holding(result.error());
    if (!wait_before_retry()) return false;
  }
}

bool CommitQueue::wait_before_retry() {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, kRetryAfter, [&] { return is_stopping_; });
}

}  // namespace saga::runtime
